"""The CAs and the hub, mounted: their doors, their prompts, their part of every contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators import catalog
from simulators.ca import accounts, codes, signing
from simulators.ca.accounts import AccountToken
from simulators.ca.codes import Challenge
from simulators.ca.desk import effects
from simulators.ca.desk.answers import Answers
from simulators.ca.desk.appraising import appraising
from simulators.ca.desk.callers import agreed
from simulators.ca.desk.enrolling import Enrolling
from simulators.ca.desk.hub import Hub
from simulators.ca.desk.requests import Desk
from simulators.ca.desk.sweeping import expiring
from simulators.ca.enrolment import steps, till
from simulators.ca.enrolment.records import Enrolment, Order
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.ca.signing import SigningRequest
from simulators.ca.spec import CaSpec, HubSpec
from simulators.ca.subscribers import Subscribers
from simulators.ca.wires.accounts import Accounts
from simulators.ca.wires.app import App, decisions
from simulators.ca.wires.rows import variances
from simulators.ca.wires.turns import Packages
from simulators.kernel.citizens import Citizen, Unsuited
from simulators.kernel.contracts import Contract, ContractRequest, Settings
from simulators.kernel.courier import DeliveryKind, Outcome
from simulators.kernel.gate import Gate
from simulators.kernel.prompts import PromptKind
from simulators.kernel.records import Instant, Record
from simulators.world import End, Family, World

PROVIDERS = "simulators.ca.providers"
WORDS = {
    "certificates_listed": "a CA listed a person's certificates",
    "signing_requested": "a CA took a request to sign and asks the phone",
    "signing_approved": "the citizen approved: every digest of the request is signed",
    "signing_refused": "the citizen refused, or the certificate could no longer sign",
    "signing_expired": "nobody answered the phone in time",
    "account_switched": "a test had a subscriber sign by password and code, or by the phone again",
    "files_signed": "the hub put what a CA signed into whole files and handed them back",
    "turns_set": "a test gave a citizen so many signing turns at a CA",
    "turns_used": "an approval used up turns of a package that is counted",
    "code_sent": "a CA sent the citizen a code (OTP) by SMS or e-mail",
    "enrolment_moved": "who enrols, or the CA, took a step: from which stage to which",
    "enrolment_served": "who enrolled has a certificate: how long after the registration, and whether later than promised",
    "enrolment_payment": "an order in the CA's app was opened, or ended",
    "signing_polled": "a service provider was told how its request stands",
}
ENDS: Mapping[type[Record], tuple[Callable[[str], str] | None, End]] = {
    SigningRequest: (None, signing.ended),
    Challenge: (None, codes.ended),
    AccountToken: (None, accounts.ended),
    Enrolment: (str, steps.ended),  # its id is ca/citizen
    Order: (str, till.ended),
}


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]] = {}) -> Family:  # never changed
    cas = catalog.load(PROVIDERS, CaSpec, overrides)
    hubs = catalog.load(PROVIDERS, HubSpec, overrides)
    _demand_known(hubs, cas)
    desks = {identity: _desk(world, spec) for identity, spec in cas.items()}
    apps = _apps(world, catalog.load(PROVIDERS, EnrolmentSpec, overrides), desks)
    routes = [route for desk in desks.values() for door in desk.spec.doors for route in door.wire.routes(desk, door)]
    routes += [route for spec in hubs.values() for route in spec.door.wire.routes(Hub(world, spec, desks), spec.door)]

    routes += [route for app in apps.values() for route in App(app, Gate(world.key, world.url)).routes()]

    async def on_contract(contract: Contract, request: ContractRequest) -> list[Settings]:
        for desk in desks.values():
            await desk.subscribers.authority()
        specs: tuple[CaSpec | HubSpec, ...] = (*cas.values(), *hubs.values())
        parts = [agreed(world.entropy, spec, _told(world, spec), contract, request) for spec in specs]
        return [await _completed(desks.get(spec.id), part) for spec, part in zip(specs, parts, strict=True)]

    return Family(
        name="ca",
        routes=tuple(routes),
        specs={**cas, **hubs, **{app.spec.id: app.spec for app in apps.values()}},
        fault_sites={site: names for spec in cas.values() for site, names in effects.sites(spec).items()},
        variances={label: names for spec in cas.values() for label, names in variances(spec).items()},
        journal_words=WORDS,
        delivery_kinds=tuple(kind for spec in cas.values() for kind in _kinds(spec)),
        prompt_kinds=tuple(PromptKind(desk.source, Answers(desk).answer) for desk in desks.values()),
        ends=ENDS,
        on_citizen=lambda citizen: _demand_apps(apps, citizen),
        on_contract=on_contract,
        control_routes=(
            *Packages(world, desks).routes(),
            *Accounts(world, desks).routes(),
            decisions(tuple(apps.values())),
        ),
        background=(lambda: expiring(world.store), lambda: appraising(world.store, apps)),
    )


def _apps(world: World, specs: Mapping[str, EnrolmentSpec], desks: Mapping[str, Desk]) -> dict[str, Enrolling]:
    """By the CA's id."""
    for spec in specs.values():
        if spec.ca not in desks:
            raise catalog.BadOverride(
                f"provider {spec.id}: ca cannot be {spec.ca!r}: choose one of {', '.join(desks)}."
            )
    return {spec.ca: Enrolling(world, spec, desks[spec.ca].subscribers) for spec in specs.values()}


async def _demand_apps(apps: Mapping[str, Enrolling], citizen: Citizen) -> None:
    if unknown := sorted(set(citizen.not_enrolled) - set(apps)):
        raise Unsuited(f"not_enrolled: nobody can enrol at {unknown[0]!r}; the CAs are {', '.join(sorted(apps))}.")


def _demand_known(hubs: Mapping[str, HubSpec], cas: Mapping[str, CaSpec]) -> None:
    for hub in hubs.values():
        if lost := sorted(set(hub.routes.values()) - set(cas)):
            raise catalog.BadOverride(
                f"provider {hub.id}: routes cannot lead to {lost[0]!r}: there are the CAs {', '.join(sorted(cas))}."
            )


def _told(world: World, spec: CaSpec | HubSpec) -> dict[str, str]:
    """What each door's wire says of it; the front door's word stands."""
    told: dict[str, str] = {}
    for door in spec.doors:
        told = {**door.wire.told(door.dialect, world.address(door.base)), **told}
    return told


async def _completed(desk: Desk | None, part: Settings) -> Settings:
    complete = desk.spec.front.wire.completed if desk else None
    return await complete(desk, part) if complete else part


def _desk(world: World, spec: CaSpec) -> Desk:
    subscribers = Subscribers(world.store, world.pki, world.citizens, spec)
    return Desk(world, spec, subscribers)


def _kinds(spec: CaSpec) -> tuple[DeliveryKind, ...]:
    """Of the webhook's calls, where there is one."""
    return () if spec.webhook == "none" else (spec.front.wire.kinds or _webhook)(spec)


def _webhook(spec: CaSpec) -> tuple[DeliveryKind, ...]:
    """The wire says what ends it; how often and when it is repeated otherwise is UNKNOWN: fields of the spec."""
    wire = spec.front.wire

    def again(attempt: int, outcome: Outcome, now: Instant) -> Instant | None:
        over = wire.acknowledged(outcome) or attempt >= spec.webhook_attempts
        return None if over else Instant(now + spec.webhook_interval)

    return (DeliveryKind(f"{spec.id}.webhook", again, wire.attempt),)
