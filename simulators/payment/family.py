"""Payment gateways as a family: what a contract gets, each citizen's bank card, and every gateway's routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulators import catalog
from simulators.kernel.citizens import Citizen
from simulators.kernel.contracts import Contract, ContractRequest, Settings, settings_id
from simulators.kernel.courier import DeliveryKind
from simulators.kernel.gate import Gate
from simulators.kernel.records import Change, Instant, Key
from simulators.kernel.wire import Route
from simulators.payment.cards import CitizenCard
from simulators.payment.desk import Desk
from simulators.payment.effects import NOTICE, QUERY, RETURN
from simulators.payment.notices import Voice
from simulators.payment.records import Payment
from simulators.payment.spec import GatewaySpec
from simulators.payment.variance import variances
from simulators.payment.wires import vnpay, vnpay_query
from simulators.payment.wires.states import States
from simulators.payment.wires.vnpay_fields import OWN, notice_kinds, voice_of
from simulators.world import Family, World

WORDS = {
    "payment_requested": "a merchant's pay URL was let in",
    "payment_settled": "the payer paid",
    "payment_failed": "a payment ended unpaid",
    "payment_returned": "the payer's browser was sent back to the merchant",
    "payment_queried": "a merchant asked what became of a payment, and was answered",
}


@dataclass(frozen=True)
class Wire:
    """A gateway's words: its voice, its rule for notices, its routes."""

    own: frozenset[str]
    """Names of its notice's fields: no extra field may have one."""
    voice: Callable[[GatewaySpec], Voice]
    kinds: Callable[[GatewaySpec], tuple[DeliveryKind, ...]]
    routes: Callable[[Desk, Gate], tuple[Route, ...]]


WIRES = {
    "vnpay": Wire(
        OWN,
        voice_of,
        notice_kinds,
        lambda desk, gate: (*vnpay.Entry(desk, gate).routes(), *vnpay_query.Query(desk).routes()),
    )
}


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> Family:
    specs = catalog.load("simulators.payment.providers", GatewaySpec, overrides)
    for spec in specs.values():
        if taken := sorted(WIRES[spec.wire].own & set(spec.extra_fields)):
            raise catalog.BadOverride(
                f"provider {spec.id}: extra_fields cannot have {taken[0]!r}: the notice has its own."
            )
    desks = {spec.id: Desk(world, spec, WIRES[spec.wire].voice(spec)) for spec in specs.values()}
    gate = Gate(world.key, world.url)

    async def on_contract(contract: Contract, request: ContractRequest) -> list[Settings]:
        return [_settings(world, spec, contract, request) for spec in specs.values()]

    async def on_citizen(citizen: Citizen) -> None:
        card = CitizenCard(id=citizen.card, holder=citizen.card_holder, date=citizen.card_date, otp=citizen.card_otp)
        await world.store.change([Key(CitizenCard, card.id)], lambda _records, _now: Change(records=(card,)))

    def end(payment: Payment, now: Instant) -> Change:
        return desks[payment.id.partition("/")[0]].end_now(payment, now)

    return Family(
        name="payment",
        routes=tuple(route for desk in desks.values() for route in WIRES[desk.spec.wire].routes(desk, gate)),
        specs=specs,
        fault_sites={
            f"{gateway}.{site}": effects
            for gateway in specs
            for site, effects in (("notice", NOTICE), ("return", RETURN), ("query", QUERY))
        },
        variances={f"{spec.id}.{what}": names for spec in specs.values() for what, names in variances(spec).items()},
        journal_words=WORDS,
        delivery_kinds=tuple(kind for spec in specs.values() for kind in WIRES[spec.wire].kinds(spec)),
        ends={Payment: (None, end)},
        on_citizen=on_citizen,
        on_contract=on_contract,
        control_routes=States(tuple(desks.values())).routes(),
        background=tuple(desk.watch for desk in desks.values()),
    )


def _settings(world: World, spec: GatewaySpec, contract: Contract, request: ContractRequest) -> Settings:
    """A terminal: 8 letters and digits, a secret of 32."""
    code = world.entropy.token(f"payment.{spec.id}.terminal", 8).upper()
    base = world.address(f"/payment/{spec.id}")
    return Settings(
        id=settings_id(spec.id, code),
        contract=contract.id,
        about=contract.id,
        section=spec.id,
        values={
            "tmn_code": code,
            "hash_secret": world.entropy.token(f"payment.{spec.id}.secret", 32).upper(),
            "pay_url": f"{base}/paymentv2/vpcpay.html",
            "api_url": f"{base}/merchant_webapi/api/transaction",
        },
        private={"ipn_url": request.ipn_url, "return_url": request.return_url},
    )
