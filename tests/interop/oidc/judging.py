"""Every client through every deviation: a citizen of its own for each login, and the verdict is whether a session came of it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import msgspec

from conformance.browser import Browser
from conformance.control import Control, Question
from conformance.entrance import Entrance
from conformance.people import Citizen, Inbox
from conformance.sites import origin_of
from conformance.transport import HttpTransport
from tests.interop.oidc.clients import CLIENTS, Portal, running
from tests.interop.oidc.deviations import DEVIATIONS, DISCOVERY, Deviation
from tests.simulators.living import living

PROFILES = ("vnconnect-2022", "vneid-2026")
SIDE = "-elsewhere"
"""Of the doors at which discovery names another issuer."""
ELSEWHERE = "https://login.elsewhere.example/oauth2/token"
ACCEPTED, AS_ANOTHER, DROPPED, REFUSED, UNSEEN = OUTCOMES = (
    "accepted",
    "accepted as another",
    "userinfo dropped",
    "refused",
    "cannot see",
)
"""AS_ANOTHER: a session, not the citizen's. DROPPED: one by the ID token alone. UNSEEN: it never asked for what is bent."""
TOGETHER = 6
MOST_AT_ONCE = 100
Matrix = dict[str, dict[str, dict[str, str]]]
"""Client, profile, deviation: outcome."""


@dataclass(frozen=True)
class Known:
    """A session at a portal: the ID token's subject and userinfo's personal number, "" where there is none."""

    subject: str
    person: str


@dataclass(frozen=True)
class Bench:
    """The login and all foreign portals before it."""

    control: Control
    send: HttpTransport
    portals: tuple[Portal, ...]
    told_elsewhere: AbstractSet[tuple[str, str]]
    """Which client read the other discovery of which profile."""

    def citizens(self, count: int) -> list[Citizen]:
        made: list[Citizen] = []
        while len(made) < count:
            asked = min(MOST_AT_ONCE, count - len(made))
            told = self.control.post("/control/citizens", {"count": asked})
            made += msgspec.convert(told["citizens"], list[Citizen])
        return made

    def known(self, portal: Portal, door: str, citizen: Citizen) -> Known:
        """What the portal knows after a login."""
        home = portal.homes[door]
        browser = Browser(self.send, home=home)
        page = browser.navigate(f"{home}/login", operation="login")
        if origin_of(page.url) != browser.home:
            Entrance(browser, citizen, self.control, Inbox(self.control, citizen)).through(page)
        who = browser.navigate(f"{home}/who", operation="who")
        assert who.status == 200, who.text
        return Known(who.header("X-Subject") or "", who.header("X-Person") or "")

    def outcome(self, portal: Portal, profile: str, deviation: Deviation, citizen: Citizen) -> str:
        if deviation.site == DISCOVERY:
            verdict = _verdict(self.known(portal, profile + SIDE, citizen), citizen)
            return verdict if (portal.client.name, profile) in self.told_elsewhere else UNSEEN
        planned = {"site": deviation.site, "effect": deviation.name, "about": citizen.id}
        self.control.post("/control/faults", planned)
        verdict = _verdict(self.known(portal, profile, citizen), citizen)
        rows = self.control.rows(Question(subject=citizen.id))
        return verdict if any(row.body.get("injected") == deviation.name for row in rows) else UNSEEN

    def baseline(self, portal: Portal) -> None:
        """A client whose correct login does not succeed judges nothing."""
        for profile, citizen in zip(PROFILES, self.citizens(len(PROFILES)), strict=True):
            came = self.known(portal, profile, citizen)
            assert came == Known(citizen.techid, citizen.id), (
                f"{portal.client.name} at {profile}: a correct login gave {came}"
            )

    def matrix(self) -> Matrix:
        cells = [
            (portal, profile, deviation) for deviation in DEVIATIONS for profile in PROFILES for portal in self.portals
        ]
        with ThreadPoolExecutor(TOGETHER) as pool:
            list(pool.map(self.baseline, self.portals))
            outcomes = list(
                pool.map(lambda cell, citizen: self.outcome(*cell, citizen), cells, self.citizens(len(cells)))
            )
            list(pool.map(self.baseline, self.portals))
        told: Matrix = {portal.client.name: {profile: {} for profile in PROFILES} for portal in self.portals}
        for (portal, profile, deviation), outcome in zip(cells, outcomes, strict=True):
            told[portal.client.name][profile][deviation.id] = outcome
        return told


@contextlib.contextmanager
def bench(folder: Path, wanted: Sequence[str] = ()) -> Iterator[Bench]:
    """All clients, or those of these names."""
    chosen = [client for client in CLIENTS if not wanted or client.name in wanted]
    with contextlib.ExitStack() as stack:
        login = stack.enter_context(living("--only", "portal,messages"))
        elsewhere, told_elsewhere = stack.enter_context(_elsewhere(login.url))

        def register(client: str, door: str, redirect_uri: str) -> dict[str, Any]:
            profile = door.removesuffix(SIDE)
            told = login.contract(name="Cổng thử", login_profile=profile, redirect_uris=[redirect_uri])["login"]
            issuer = f"{elsewhere}/{client}/{profile}" if door.endswith(SIDE) else told["issuer"]
            registration = {name: told[name] for name in ("client_id", "client_secret")}
            return {**registration, "issuer": issuer, "redirect_uri": redirect_uri}

        doors = (*PROFILES, *(profile + SIDE for profile in PROFILES))
        portals = [
            stack.enter_context(running(client, doors, partial(register, client.name), folder)) for client in chosen
        ]
        control = stack.enter_context(Control(login.url, login.line["key"]))
        send = stack.enter_context(HttpTransport())
        yield Bench(control, send, tuple(portals), told_elsewhere)


@contextlib.contextmanager
def _elsewhere(url: str) -> Iterator[tuple[str, AbstractSet[tuple[str, str]]]]:
    """Serves each client the discovery of each profile with another issuer in it, all else right."""
    told_to: set[tuple[str, str]] = set()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            client, profile = self.path.split("/")[1:3]
            told = httpx.get(f"{url}/portal/{profile}/oauth2/token/.well-known/openid-configuration", trust_env=False)
            body = msgspec.json.encode({**told.json(), "issuer": ELSEWHERE})
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            told_to.add((client, profile))

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", told_to
        finally:
            server.shutdown()
            thread.join()


def _verdict(known: Known, citizen: Citizen) -> str:
    if not known.subject:
        return REFUSED
    if known.subject != citizen.techid:
        return AS_ANOTHER
    return ACCEPTED if known.person else DROPPED
