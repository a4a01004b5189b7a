"""One walk's own things on a stage: fresh citizens at their browsers, dossiers, contents, pending signings, checkouts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.adapter import Pending
from conformance.checkout import Checkout
from conformance.control import Question
from conformance.exploration.model import World
from conformance.exploration.stage import Stage
from conformance.exploration.steps import Step
from conformance.journal import Row
from conformance.lab import Lab, Visitor
from conformance.ledger import Ledger, fold
from conformance.records import Dossier, Line

NAMES = {"A": "Trương Thị Giáp", "B": "Lương Văn Ất"}
"""Names that no officer has: whoever acted must be told apart in the history."""
REASON = "Thiếu bản sao giấy tờ tùy thân, đề nghị nộp lại."
"""What the officers of a walk write."""


@dataclass
class Walk:
    """`notes`: what the portal told, for the laws; `shown`: dossiers as last
    seen; `tried`: the content that the present step gives."""

    stage: Stage
    world: World
    lines: list[Line] = field(default_factory=list)
    contents: dict[int, bytes | Mapping[str, str]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    pending: list[tuple[str, Pending]] = field(default_factory=list)
    checkouts: list[tuple[Checkout, str]] = field(default_factory=list)
    shown: dict[int, Dossier] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    notes: list[Row] = field(default_factory=list)
    tried: int = 0
    lab: Lab = field(init=False)
    _cast: dict[str, Visitor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lab = replace(self.stage.lab, note=self._note)

    @classmethod
    def begun(cls, stage: Stage) -> "Walk":
        return cls(stage, World(stage.kinds))

    def visitor(self, who: str) -> Visitor:
        """Whom this letter names: a fresh citizen, logged in when first needed."""
        if who not in self._cast:
            self._cast[who] = self.lab.log_in(self.lab.citizen(name=NAMES[who]))
        return self._cast[who]

    @property
    def cast(self) -> Mapping[str, Visitor]:
        """Who has appeared so far."""
        return self._cast

    def line(self, step: Step) -> Line:
        return self.lines[step.dossier - 1]

    def taken_up(self, who: str) -> Pending:
        """The last signing that waits for this citizen's phone, which is answered now."""
        place = max(place for place, (name, _) in enumerate(self.pending) if name == who)
        return self.pending.pop(place)[1]

    def proofs(self) -> Ledger:
        """What the gateway settled and told of this walk's payments so far."""
        control = self.lab.control
        return fold((row for checkout, _ in self.checkouts for row in control.rows(Question(ref=checkout.ref))), ())

    def rows(self) -> list[Row]:
        """What the journal holds of this walk's citizens, logins and payments, and what the portal told."""
        ask = self.lab.control.rows
        own = [row for visitor in self._cast.values() for row in ask(Question(subject=visitor.citizen.id))]
        refs = {row.ref for row in own if row.word == "code_issued"} | {one.ref for one, _ in self.checkouts}
        found = {row.seq: row for row in [*own, *(row for ref in sorted(refs) for row in ask(Question(ref=ref)))]}
        return [*(found[seq] for seq in sorted(found)), *self.notes]

    def _note(self, word: str, ref: str, subject: str, body: Mapping[str, Any]) -> None:
        self.notes.append(Row(seq=-1, word=word, ref=ref, subject=subject, body=dict(body), source="suite"))
