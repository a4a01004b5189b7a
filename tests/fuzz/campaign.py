"""A campaign: stories told to their end and half, every request of them spoilt in many ways, every answer judged, all counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fuzz.mutations import hostile
from tests.fuzz.rules import findings, rule_of
from tests.fuzz.site import Site
from tests.fuzz.stories import Teller, prepared
from tests.fuzz.wire import Ask

ENOUGH = 25
"""Findings after which a campaign ends: they are read one by one."""
ALWAYS_REFUSED = frozenset(
    {
        "GET /ca/ca2/api/data/status",
        "GET /ca/vnpt/sca/sp769/v1/signatures/sign/{transaction}/status",
        "POST /control/plugins",
        "POST /control/plugins/{port}/close",
        *(f"GET /ca/{ca}/sign/{{transaction}}/status" for ca in ("fpt", "bkav", "mobifone")),
        *(f"POST /ca/misa/api/auth/api/v1/auth/{path}" for path in ("login-api", "two-factor-auth")),
    }
)
"""The provider answers 405 in its own way: that is all they are for, and the rightful answer. Plugins need a lab with TLS,
which this one is not."""


@dataclass
class Tally:
    """What was sent and what was found."""

    rightful: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def table(self) -> str:
        lines = [f"{'hostile':>8} {'rightful':>8}  operation"]
        lines += [
            f"{self.sent[name]:>8} {self.rightful[name]:>8}  {name}" for name in sorted({*self.sent, *self.rightful})
        ]
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return "\n".join(
            [
                *lines,
                f"{self.sent.total():>8} {self.rightful.total():>8}  in all; {len(self.found)} findings",
                f"answers {answers}",
            ]
        )


@dataclass
class Campaign:
    """Against one site, by one chance."""

    site: Site
    chance: Random
    tally: Tally = field(default_factory=Tally)
    cast: dict[str, Any] = field(default_factory=dict)

    def run(self, tellers: Sequence[Teller], *, most: int) -> None:
        """Rounds until `most` hostile requests were sent."""
        self.cast = prepared(self.site)
        while self.tally.sent.total() < most and len(self.tally.found) < ENOUGH:
            for teller in tellers:
                self._round(teller)

    def _round(self, teller: Teller) -> None:
        said = list(self._told(teller))
        for ask in said:
            self._spoil(ask, 4)
        # Half-told stories: what would be said next meets a login, a payment or a prompt that is still alive.
        for _ in range(3):
            cut = self.chance.randrange(len(said))
            self._spoil(self._half(teller, cut), 12)

    def _told(self, teller: Teller) -> Iterator[Ask]:
        story = teller(self.site, self.cast)
        ask = next(story)
        while True:
            yield ask
            seen = self._rightful(ask)
            try:
                ask = story.send(seen)
            except StopIteration:
                return

    def _half(self, teller: Teller, cut: int) -> Ask:
        for number, ask in enumerate(self._told(teller)):
            if number == cut:
                return ask
        raise AssertionError("a story is always as long")

    def _rightful(self, ask: Ask) -> Any:
        seen, operation = self.site.ask(ask), self.site.operation(ask)
        assert operation is not None, f"{ask.target!r} reaches no operation"
        rule = rule_of(operation)
        assert rule, operation
        wrong = findings(ask, operation, seen)
        if seen.reply is None or (
            rule.refuses(seen.reply) and f"{operation.method} {operation.path}" not in ALWAYS_REFUSED
        ):
            wrong.append("a rightful request is refused")
        if wrong:
            self._note("rightful", ask, operation.path, wrong, seen.reply and seen.reply.text)
        assert seen.reply is not None, wrong
        self.tally.rightful[f"{operation.method} {operation.path}"] += 1
        return seen.reply

    def _spoil(self, ask: Ask, times: int) -> None:
        """Counted for the operation that was meant; judged by the one that was reached."""
        meant = self.site.operation(ask)
        assert meant is not None
        for _ in range(times):
            how, spoilt = hostile(ask, self.chance)
            seen, reached = self.site.ask(spoilt), self.site.operation(spoilt)
            self.tally.sent[f"{meant.method} {meant.path}"] += 1
            self.tally.statuses[seen.reply.status if seen.reply else 0] += 1
            if wrong := findings(spoilt, reached, seen):
                self._note(how, spoilt, reached.path if reached else "nowhere", wrong, None)

    def _note(self, how: str, ask: Ask, where: str, wrong: Sequence[str], more: str | None) -> None:
        told = f"{how}: {ask.method!r} {ask.target[:300]!r} ({where})\n  {dict(ask.headers)!r}\n  {ask.body[:300]!r}"
        self.tally.found.append("\n  ".join([told, *wrong, *([more[:300]] if more else [])]))
