"""The CAs and the hub, mounted: their doors, their prompts, their part of every contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators import catalog
from simulators.ca import signing
from simulators.ca.desk import effects
from simulators.ca.desk.answers import Answers
from simulators.ca.desk.callers import agreed
from simulators.ca.desk.hub import Hub
from simulators.ca.desk.requests import Desk
from simulators.ca.desk.sweeping import expiring
from simulators.ca.signing import SigningRequest
from simulators.ca.spec import CaSpec, Door, HubSpec
from simulators.ca.subscribers import Subscribers
from simulators.ca.wires import csc_v1, mysign, qd769
from simulators.ca.wires import hub as hub_wire
from simulators.ca.wires.csc_words import CscDialect
from simulators.ca.wires.mysign_words import MysignDialect
from simulators.ca.wires.rows import variances
from simulators.kernel.contracts import Contract, ContractRequest, Settings
from simulators.kernel.courier import DeliveryKind, Outcome
from simulators.kernel.prompts import PromptKind
from simulators.kernel.records import Instant
from simulators.kernel.wire import Route
from simulators.world import Family, World

PROVIDERS = "simulators.ca.providers"
WORDS = {
    "certificates_listed": "a CA listed a person's certificates",
    "signing_requested": "a CA took a request to sign and asks the phone",
    "signing_approved": "the citizen approved: every digest of the request is signed",
    "signing_refused": "the citizen refused, or the certificate could no longer sign",
    "signing_expired": "nobody answered the phone in time",
    "signing_polled": "a service provider was told how its request stands",
}


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]] = {}) -> Family:  # never changed
    cas = catalog.load(PROVIDERS, CaSpec, overrides)
    hubs = catalog.load(PROVIDERS, HubSpec, overrides)
    _demand_known(hubs, cas)
    desks = {identity: _desk(world, spec) for identity, spec in cas.items()}
    routes = [route for desk in desks.values() for door in desk.spec.doors for route in _routes(desk, door)]
    routes += [route for spec in hubs.values() for route in hub_wire.routes(Hub(world, spec, desks), spec.door)]

    async def on_contract(contract: Contract, request: ContractRequest) -> list[Settings]:
        for desk in desks.values():
            await desk.subscribers.authority()
        doors: list[tuple[CaSpec | HubSpec, Door]] = [(spec, spec.doors[0]) for spec in cas.values()]
        doors += [(spec, spec.door) for spec in hubs.values()]
        return [
            agreed(world.entropy, spec, (_addresses(world, spec, door), _names(door)), contract, request)
            for spec, door in doors
        ]

    return Family(
        name="ca",
        routes=tuple(routes),
        specs={**cas, **hubs},
        fault_sites={site: names for spec in cas.values() for site, names in effects.sites(spec).items()},
        variances={label: names for spec in cas.values() for label, names in variances(spec).items()},
        journal_words=WORDS,
        delivery_kinds=tuple(_webhook(spec) for spec in cas.values() if spec.webhook != "none"),
        prompt_kinds=tuple(PromptKind(desk.source, Answers(desk).answer) for desk in desks.values()),
        ends={SigningRequest: (None, signing.ended)},
        on_contract=on_contract,
        background=(lambda: expiring(world.store),),
    )


def _demand_known(hubs: Mapping[str, HubSpec], cas: Mapping[str, CaSpec]) -> None:
    for hub in hubs.values():
        if lost := sorted(set(hub.routes.values()) - set(cas)):
            raise catalog.BadOverride(
                f"provider {hub.id}: routes cannot lead to {lost[0]!r}: there are the CAs {', '.join(sorted(cas))}."
            )


def _routes(desk: Desk, door: Door) -> tuple[Route, ...]:
    wires = {CscDialect: csc_v1.routes, MysignDialect: mysign.routes}
    return wires.get(type(door.dialect), qd769.routes)(desk, door)


def _addresses(world: World, spec: CaSpec | HubSpec, first: Door) -> dict[str, str]:
    """Of the first door, and of the standard one where there is one: what precedes /csc/v1."""
    others = spec.doors[1:] if isinstance(spec, CaSpec) else ()
    standard = [door.base for door in others if isinstance(door.dialect, CscDialect)]
    told = {"base_url": world.address(first.base)}
    told |= {"csc_url": world.address(standard[0])} if standard else {}
    return told | ({"profile_id": first.dialect.profile_id} if isinstance(first.dialect, MysignDialect) else {})


def _names(door: Door) -> tuple[str, str]:
    """What the wire calls a service provider's id and password."""
    return ("client_id", "client_secret") if isinstance(door.dialect, MysignDialect) else ("sp_id", "sp_password")


def _desk(world: World, spec: CaSpec) -> Desk:
    subscribers = Subscribers(world.store, world.pki, world.citizens, spec)
    return Desk(world, spec, subscribers, qd769.webhook_body(spec.doors[0].dialect))


def _webhook(spec: CaSpec) -> DeliveryKind:
    """Any 200 ends it; how often and when it is repeated otherwise is UNKNOWN: fields of the spec."""

    def again(attempt: int, outcome: Outcome, now: Instant) -> Instant | None:
        over = outcome.status == 200 or attempt >= spec.webhook_attempts
        return None if over else Instant(now + spec.webhook_interval)

    return DeliveryKind(f"{spec.id}.webhook", again)
