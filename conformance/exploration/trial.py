"""A walk held against the model: each step is done, what the portal shows afterwards must be a world that may be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance import laws
from conformance.exploration.deeds import carry_out
from conformance.exploration.due import Due, Expectation
from conformance.exploration.finding import Finding, shall
from conformance.exploration.model import World
from conformance.exploration.seeing import differences
from conformance.exploration.stage import Stage
from conformance.exploration.steps import Step
from conformance.exploration.table import expected
from conformance.exploration.walk import Walk
from conformance.exploration.watching import watched
from conformance.failures import Missed
from conformance.records import Dossier, Refused
from conformance.requirement import OF_THE_PORTAL
from conformance.run import await_quiet


@dataclass
class Trial:
    """`taken`: the steps that were done, in order."""

    walk: Walk
    taken: list[Step]

    @classmethod
    def begun(cls, stage: Stage) -> "Trial":
        return cls(Walk.begun(stage), [])

    @property
    def world(self) -> World:
        return self.walk.world

    def take(self, step: Step) -> bool:
        """Whether it could be done; Finding where something came that must not."""
        told = expected(self.world, step) if step.verb in self.walk.stage.verbs else None
        if told is None:
            return False
        self.taken.append(step)
        try:
            self._judge(step, told)
        except Missed as missed:
            raise Finding("missed", missed.expected, missed.came) from missed
        except OF_THE_PORTAL as error:
            raise shall("stuck", ("làm được", "it can be done"), (str(error), str(error))) from error
        return True

    def end(self) -> None:
        """The laws over this walk's journal and books, when nothing is under way any more."""
        walk = self.walk
        books = walk.lab.portal.books
        if books is None or not walk.lines:
            return
        await_quiet(walk.lab.control)
        own = {line.id for line in walk.lines}
        rows = [book for book in books() if str(book.get("id" if book["book"] == "dossier" else "dossier")) in own]
        for broken in laws.judge(walk.rows(), rows):
            raise shall(broken.law, _text_of(broken.law), (broken.text_vi, broken.text_en))

    def _judge(self, step: Step, told: Expectation) -> None:
        self.walk.tried = told.before.given
        refused = self._done(step, told)
        worlds = told.unseen if refused else told.seen
        shown = self._look(worlds[0])
        self.walk.world = self._fitting(worlds, shown, told)
        for found in watched(self.walk, step, shown):
            raise found
        self.walk.shown |= shown

    def _done(self, step: Step, told: Expectation) -> Refused | None:
        """How the portal refused the step, None where it did not."""
        try:
            carry_out(self.walk, step, told.due)
        except Refused as refused:
            if told.due is Due.MUST:
                raise shall(
                    "refused",
                    ("cổng nhận: ai làm đúng cũng phải làm được", "taken, as it is everybody's right"),
                    (f"từ chối: {refused}", f"refused: {refused}"),
                ) from refused
            return refused
        return None

    def _look(self, world: World) -> dict[int, Dossier]:
        """Every dossier whose owner is logged in, as its owner sees it."""
        shown = {}
        for number, (due, line) in enumerate(zip(world.dossiers, self.walk.lines, strict=False), 1):
            if due.owner not in world.out:
                try:
                    shown[number] = self.walk.visitor(due.owner).dossiers.read(line)
                except Refused as refused:
                    raise shall(
                        "own_dossier",
                        (f"người nộp đọc được hồ sơ {number}", f"its applicant reads dossier {number}"),
                        (str(refused), str(refused)),
                    ) from refused
        return shown

    def _fitting(self, worlds: Iterable[World], shown: dict[int, Dossier], told: Expectation) -> World:
        """The first of the worlds that agrees with what is shown; Finding by the one that is nearest."""
        nearest: list[Finding] = []
        for world in worlds:
            found = differences(world, shown, self.walk.contents)
            if not found:
                return world
            nearest = found if not nearest or len(found) < len(nearest) else nearest
        first = nearest[0]
        law = f"changed_{first.law}" if told.due is Due.NEVER else first.law
        raise Finding(law, first.expected, first.came)


def tried(stage: Stage, steps: Sequence[Step]) -> tuple[list[Step], Finding | None]:
    """One walk by these steps, those left out that cannot be done; which were done, and what was found."""
    trial = Trial.begun(stage)
    try:
        for step in steps:
            trial.take(step)
        trial.end()
    except Finding as found:
        return trial.taken, found
    return trial.taken, None


def _text_of(name: str) -> tuple[str, str]:
    return next((law.text_vi, law.text_en) for law in laws.LAWS if law.name == name)
