"""What the errands of one run share: both servers' lines, the merchant, the people, the client's log and its notes for the laws."""

import base64
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.journal import ACKNOWLEDGED, SEATED, SHOWN, Row
from conformance.people import Citizen
from loadtests.kills.client import Answer, Line, Log, Lost
from loadtests.kills.merchant import Endpoint

BAD_GATEWAY = 502


class Refused(Exception):
    """A server answered what it must not answer: no death excuses it."""


@dataclass(frozen=True)
class Seat:
    """A citizen with a session at the portal."""

    citizen: Citizen
    cookie: str


@dataclass
class Ground:
    """`sheet` is the merchant's contract, `home` the portal's origin; `run_key` opens phones and inbox."""

    simulators: Line
    portal: Line
    endpoint: Endpoint
    log: Log
    run_key: str = field(repr=False)
    sheet: Mapping[str, Any]
    seats: tuple[Seat, ...]
    customers: tuple[Citizen, ...]
    notes: list[Row] = field(default_factory=list)
    ending: bool = False
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def number(self) -> int:
        return next(self._numbers)

    @property
    def basic(self) -> str:
        sms = self.sheet["sms"]
        return "Basic " + base64.b64encode(f"{sms['user']}:{sms['password']}".encode()).decode()

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.run_key}"}

    def note(self, word: str, ref: str, subject: str, code: str = "") -> None:
        assert word in {ACKNOWLEDGED, SEATED, SHOWN}, word
        body = {"code": code} if code else {}
        self.notes.append(Row(seq=-1 - len(self.notes), word=word, ref=ref, subject=subject, body=body, source="suite"))

    async def at_portal(self, seat: Seat, method: str, path: str, **named: Any) -> Answer:
        """As the citizen's browser: with the cookie, and the origin of the portal's own pages."""
        answer = await self.portal.ask(method, path, headers=self.browser(seat), **named)
        if answer.status == BAD_GATEWAY:
            raise Lost(f"{method} {path}: the portal's own request to a provider met a death")
        return demanded(answer, f"{method} {path}")

    def browser(self, seat: Seat) -> dict[str, str]:
        return {"Cookie": seat.cookie, "Origin": self.portal.base}


def demanded(answer: Answer, what: str) -> Answer:
    if answer.status >= 400:
        raise Refused(f"{what}: {answer.status} {answer.body[:300].decode('utf-8', 'replace')}")
    return answer
