"""What is certified: a portal, the simulators it was configured for, and the adapter; probed before anything is judged."""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from conformance.adapter import Portal, Wiring
from conformance.browser import Browser
from conformance.control import Control
from conformance.failures import NotExercised, Ours, WrongOption
from conformance.journal import DESKS
from conformance.launch import Running, secrets_of
from conformance.records import Capabilities, Refused
from conformance.sites import host_of
from conformance.tls import context
from conformance.transport import HttpTransport, Request, Send, Unreachable

KEY_VARIABLES = {"simulators_key": "HOPCHUAN_KEY", "portal_key": "HOPCHUAN_PORTAL_KEY"}
HTTP_ADAPTER = "conformance.adapters.http:HttpPortal"
PROBE_SECONDS = 10.0
PARTS: Mapping[str, str] = {
    "login": "login",
    "signing": "signing",
    "resubmission": "officer",
    "payment": "payments",
    "notices": "officer",
    "treasury": "treasury",
    "ageing": "officer",
    "slips": "officer",
    "rollback": "officer",
}
"""Claim -> the adapter's part without which it cannot be tried."""


@dataclass(frozen=True)
class Target:
    """Plain data, so that every worker process can have it."""

    portal: str
    simulators: str
    contract: str
    adapter: str = HTTP_ADAPTER
    key: str = field(default="", repr=False)
    portal_key: str = field(default="", repr=False)
    nonce: str = ""
    root: str = ""
    """PEM of the simulators' own root, where they speak TLS."""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Target":
        told = json.loads(text)
        return cls(**{**told, "secrets": tuple(told["secrets"])})

    @classmethod
    def launched(cls, running: Running, adapter: str = HTTP_ADAPTER) -> "Target":
        portal = running.portals[0]
        return cls(
            portal=portal.origin,
            simulators=running.url,
            contract=portal.contract,
            adapter=adapter,
            key=running.key,
            portal_key=portal.key,
            nonce=running.nonce,
            root=running.root,
            secrets=(running.key, portal.key, *portal.secrets),
        )

    def control(self) -> Control:
        return Control(self.simulators, self.key, self.contract, self.root)

    def connect(self, send: Send) -> Portal:
        return factory_of(self.adapter)(Wiring(self.portal, self.portal_key, send))


@dataclass(frozen=True)
class Baseline:
    """What the probe found: `claims` is what portal and adapter both offer, `lacking` says what is claimed in vain."""

    target: Target
    capabilities: Capabilities
    claims: tuple[str, ...]
    lacking: tuple[str, ...]
    journal_before: int = 0
    """The journal's last row before this run."""


def given(options: Mapping[str, str | None]) -> Target:
    """A target that somebody else runs: `--portal` demands the others."""
    told = dict(options)
    for name, variable in KEY_VARIABLES.items():
        told[name] = options.get(name) or os.environ.get(variable)
    names = ("portal", "simulators", "contract", "portal_key", "simulators_key")
    if missing := [name for name in names if not told.get(name)]:
        said = [
            f"--{n.replace('_', '-')}" + (f" (or ${KEY_VARIABLES[n]})" if n in KEY_VARIABLES else "") for n in missing
        ]
        raise WrongOption(
            f"--portal needs {', '.join(said)} too: start `python -m simulators serve`, make a contract with the "
            "portal's URLs, and configure the portal by the settings sheet (docs/certify-your-portal.md)."
        )
    for name in ("portal", "simulators"):
        if not str(told[name]).startswith(("http://", "https://")):
            raise WrongOption(f"--{name} {told[name]}: give an address that begins with http:// or https://.")
    portal, simulators = (str(told[name]).rstrip("/") for name in ("portal", "simulators"))
    if host_of(portal) == host_of(simulators):
        raise WrongOption(
            f"--portal and --simulators are both at {host_of(portal)}: cookies ignore ports, so a browser would take them "
            "for one site, and mistakes with cookies would not show. Call one of them localhost and the other 127.0.0.1."
        )
    return Target(
        portal=portal,
        simulators=simulators,
        contract=str(told["contract"]),
        adapter=told.get("adapter") or HTTP_ADAPTER,
        key=str(told["simulators_key"]),
        portal_key=str(told["portal_key"]),
        root=_root(told.get("simulators_root")),
    )


def _root(file: str | None) -> str:
    if not file:
        return ""
    try:
        pem = Path(file).read_text("utf-8")
        context(pem)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise WrongOption(
            f"--simulators-root {file}: no certificate can be read there ({error}); `python -m simulators serve --tls` "
            "writes root.pem into its --data."
        ) from error
    return pem


def factory_of(adapter: str) -> Callable[[Wiring], Portal]:
    """`module:Class`; the module is looked for where pytest was started, too."""
    module, colon, name = adapter.partition(":")
    if not (module and colon and name):
        raise WrongOption(f"--adapter {adapter}: write module:Class, for example {HTTP_ADAPTER}.")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, SyntaxError) as error:
        raise WrongOption(f"--adapter {adapter}: cannot be loaded ({error}).") from error
    if not callable(found):
        raise WrongOption(f"--adapter {adapter}: {name} is not a class.")
    return found  # type: ignore[no-any-return]  # what a vendor wrote; probed below


def probe(target: Target) -> Baseline:
    """Simulators first, then contract, adapter, portal; each wrong thing is one sentence."""
    nonce = nonce_of(target)
    if target.nonce and nonce != target.nonce:
        raise Ours(f"the simulators at {target.simulators} are not the ones that were started for this run")
    secrets = _secrets(target)
    known = Target(**{**asdict(target), "nonce": nonce, "secrets": (*target.secrets, *secrets)})
    with HttpTransport(patience=PROBE_SECONDS, tls=context(target.root)) as send:
        portal = _adapted(known, send)
        capabilities = _known_cas(known, _capabilities(known, portal))
        parts = _parts(known, portal, send)
    lacking = tuple(
        sorted({part for claim, part in PARTS.items() if claim in capabilities.claims and part not in parts})
    )
    claims = tuple(claim for claim in capabilities.claims if PARTS.get(claim, claim) in parts)
    with known.control() as control:
        before = max((row.seq for row in (*control.journal(), *control.crashes())), default=0)
    return Baseline(known, capabilities, claims, lacking, before)


def nonce_of(target: Target) -> str:
    """Which start of the simulators answers there now."""
    try:
        with HttpTransport(patience=PROBE_SECONDS, tls=context(target.root)) as send:
            reply = send("", Request("GET", f"{target.simulators}/control/health"))
        return str(json.loads(reply.body)["nonce"])
    except (Unreachable, ValueError, KeyError, TypeError) as error:
        raise WrongOption(
            f"--simulators {target.simulators}: no simulators answer there ({error or type(error).__name__}); start "
            "`python -m simulators serve`, or correct the address."
        ) from error


def _secrets(target: Target) -> tuple[str, ...]:
    """Those of the contract, so that evidence can mask them; the contract must exist."""
    try:
        with target.control() as control:
            sheet = control.get(f"/control/contracts/{target.contract}")
    except NotExercised as error:
        raise WrongOption(
            f"--contract {target.contract}: the simulators know no such contract; POST /control/contracts makes one."
        ) from error
    except Ours as error:
        raise WrongOption(f"--simulators-key: {error}.") from error
    return (target.key, target.portal_key, *secrets_of(sheet))


def _adapted(target: Target, send: Send) -> Portal:
    with _foreign(target, "made of one Wiring"):
        portal = target.connect(send)
    if missing := [name for name in ("origin", "capabilities", "person") if not hasattr(portal, name)]:
        raise WrongOption(
            f"--adapter {target.adapter}: it lacks {', '.join(missing)} of conformance/adapter.py's Portal."
        )
    return portal


def _capabilities(target: Target, portal: Portal) -> Capabilities:
    try:
        with _foreign(target, "asked for capabilities"):
            return portal.capabilities()
    except Unreachable as error:
        raise WrongOption(
            f"--portal {target.portal}: it does not answer ({error}); start it, or correct the address."
        ) from error
    except Refused as error:
        raise WrongOption(
            f"--portal {target.portal}: its capabilities cannot be read ({error}); is this a test build with the Portal "
            "Test Interface (conformance/portal_api.yaml), or does it need its own --adapter?"
        ) from error


def _known_cas(target: Target, capabilities: Capabilities) -> Capabilities:
    if unknown := [way.ca for way in capabilities.signing if way.ca not in DESKS]:
        raise WrongOption(
            f"--portal {target.portal}: its capabilities name {unknown[0]!r} as a CA to sign with, which the lab has not; it "
            f"has {', '.join(DESKS)}: leave the other out of `signing`."
        )
    return capabilities


def _parts(target: Target, portal: Portal, send: Send) -> frozenset[str]:
    """The parts that the adapter has; making a person sends nothing."""
    with _foreign(target, "asked for a person"):
        person = portal.person(Browser(send, home=target.portal))
    if missing := [name for name in ("login", "dossiers") if getattr(person, name, None) is None]:
        raise WrongOption(
            f"--adapter {target.adapter}: its person lacks {', '.join(missing)}, without which nothing is tried."
        )
    found: list[tuple[Any, str]] = [(person, "login"), (person, "signing"), (person, "payments"), (person, "treasury")]
    found += [(portal, "officer"), (portal, "books")]
    return frozenset(name for owner, name in found if getattr(owner, name, None) is not None)


@contextmanager
def _foreign(target: Target, what: str) -> Iterator[None]:
    """An adapter is somebody else's code: whatever it raises here is one sentence, not a traceback."""
    try:
        yield
    except (Refused, Unreachable, WrongOption):
        raise
    except Exception as error:
        raise WrongOption(
            f"--adapter {target.adapter}: it failed when it was {what}: {type(error).__name__}: {error}."
        ) from error
