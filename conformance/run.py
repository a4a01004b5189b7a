"""One run: the bench in each process, and in the first process everything from the probe to the report."""

import json
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from conformance import evidence, laws, report
from conformance.control import Control
from conformance.failures import NotExercised, Ours, WrongOption
from conformance.lab import Lab
from conformance.profiles import Profile
from conformance.records import Capabilities
from conformance.redaction import Redactor
from conformance.requirement import OF_THE_PORTAL
from conformance.target import Baseline, Target, nonce_of
from conformance.tls import context
from conformance.transport import HttpTransport
from conformance.verdicts import Outcome, Tally, Verdict

QUIET_SECONDS = 30.0
QUIET_PAUSE = 0.2
LAWS_PART = "books"


@dataclass(frozen=True)
class Bench:
    """What fixtures are made of, in one process."""

    lab: Lab
    log: evidence.HttpLog

    @classmethod
    def set_up(cls, baseline: Baseline, folder: Path, part: str, *, hops: bool = True) -> "Bench":
        redactor = Redactor()
        redactor.learn(*baseline.target.secrets)
        log = evidence.HttpLog(HttpTransport(tls=context(baseline.target.root)), folder, redactor, part=part, hops=hops)
        portal = baseline.target.connect(log)
        return cls(Lab(baseline.target.control(), portal, log, baseline.capabilities, log.note, redactor.learn), log)

    def close(self) -> None:
        self.lab.control.close()
        self.log.close()


def to_worker(baseline: Baseline, folder: Path) -> str:
    told = {
        "target": baseline.target.to_json(),
        "capabilities": msgspec.json.encode(baseline.capabilities).decode(),
        "claims": baseline.claims,
        "lacking": baseline.lacking,
        "journal_before": baseline.journal_before,
        "folder": str(folder),
    }
    return json.dumps(told)


def from_controller(text: str) -> tuple[Baseline, Path]:
    told = json.loads(text)
    capabilities = msgspec.json.decode(told["capabilities"], type=Capabilities)
    target = Target.from_json(told["target"])
    claims, lacking = tuple(told["claims"]), tuple(told["lacking"])
    return Baseline(target, capabilities, claims, lacking, told["journal_before"]), Path(told["folder"])


@dataclass
class Run:
    """Gathers verdicts as they come; `finish` judges the laws and writes everything down, whatever happened.

    Unless it `keeps`, it leaves neither exchanges, journal nor report: verdicts.json and the suite's own notes.
    """

    baseline: Baseline
    profile: Profile
    folder: Path
    stack: ExitStack
    legal: str = ""
    keeps: bool = True
    verdicts: list[Verdict] = field(default_factory=list)
    void: str = ""
    began: float = field(default_factory=time.monotonic)
    at: str = field(default_factory=evidence.now)

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """The last word on a check replaces an earlier one (its teardown failed)."""
        for verdict in verdicts:
            self.verdicts = [one for one in self.verdicts if one.nodeid != verdict.nodeid] + [verdict]

    def finish(self, *, interrupted: bool = False) -> "Ending":
        redactor = Redactor()
        redactor.learn(*self.baseline.target.secrets)
        violations: tuple[laws.Violation, ...] = ()
        judged = False
        try:
            if not interrupted:
                violations, judged = self._audit(redactor)
        except (Ours, NotExercised, WrongOption) as error:
            self.void = self.void or str(error)
        unclaimed = [part.claim for part in self.profile.unclaimed(self.baseline.claims) if not part.optional]
        if not (judged or self.void or interrupted):
            unclaimed.append(LAWS_PART)
        tally = Tally(
            self.verdicts,
            self.profile.scored,
            tuple(dict.fromkeys(unclaimed)),
            len(violations),
            self.void,
            interrupted,
            self.profile.optional,
        )
        ending = Ending(self, tally, violations, judged, time.monotonic() - self.began)
        (self.folder / evidence.LANE).unlink(missing_ok=True)
        evidence.keep(self.folder, evidence.VERDICTS, ending.plain(), redactor)
        if self.keeps:
            evidence.gather(self.folder, evidence.HTTP)
            report.write(self.folder, ending.plain(), redactor)
        return ending

    def _audit(self, redactor: Redactor) -> tuple[tuple[laws.Violation, ...], bool]:
        """(violations, whether the laws could be judged); the journal is kept in any case."""
        target = self.baseline.target
        own = evidence.notes(self.folder)
        if nonce_of(target) != target.nonce:
            raise Ours("the simulators were started anew during the run")
        with target.control() as control:
            await_quiet(control)
            rows = list(control.journal())
            if self.keeps:
                evidence.keep_rows(self.folder, [*rows, *own], redactor)
            _demand_no_crash(control, self.baseline.journal_before)
        with HttpTransport(tls=context(target.root)) as send:
            portal = target.connect(send)
            if portal.books is None:
                return (), False
            try:
                return tuple(laws.judge([*rows, *own], portal.books(), since=self.baseline.journal_before)), True
            except OF_THE_PORTAL as error:
                vi, en = f"không đọc được sổ: {error}", f"the books cannot be read: {error}"
                return (laws.Violation("books_are_open", LAWS_PART, vi, en),), True


@dataclass(frozen=True)
class Ending:
    """A run that is over."""

    run: Run
    tally: Tally
    violations: tuple[laws.Violation, ...]
    judged: bool
    seconds: float

    def plain(self) -> dict[str, Any]:
        """What verdicts.json holds, and all that the report shows."""
        run, baseline = self.run, self.run.baseline
        return {
            "at": run.at,
            "seconds": round(self.seconds, 1),
            "exit": int(self.tally.exit()),
            "void": self.tally.void,
            "portal": {
                "origin": baseline.target.portal,
                "name": baseline.capabilities.name,
                "version": baseline.capabilities.version,
            },
            "contract": baseline.target.contract,
            "adapter": baseline.target.adapter,
            "profile": asdict(run.profile),
            "legal": run.legal,
            "claims": list(baseline.claims),
            "lacking": list(baseline.lacking),
            "unclaimed": list(self.tally.unclaimed),
            "missing": self.tally.missing,
            "counts": {str(outcome): self.tally.count(outcome) for outcome in Outcome},
            "laws": [_law(law, self.violations) for law in laws.LAWS] if self.judged else [],
            "violations": [asdict(violation) for violation in self.violations],
            "verdicts": [verdict.plain() for verdict in sorted(run.verdicts, key=lambda one: one.check)],
        }


def _law(law: laws.Law, violations: Iterable[laws.Violation]) -> dict[str, Any]:
    found = sum(1 for violation in violations if violation.law == law.name)
    return {"name": law.name, "text_vi": law.text_vi, "text_en": law.text_en, "violations": found}


def await_quiet(control: Control) -> None:
    end = time.monotonic() + QUIET_SECONDS
    while not control.quiet():
        if time.monotonic() > end:
            raise Ours(
                f"deliveries of this contract were still in flight {QUIET_SECONDS:.0f} seconds after the last check"
            )
        time.sleep(QUIET_PAUSE)


def _demand_no_crash(control: Control, after: int) -> None:
    """A crash of the simulators since the run began voids it."""
    if crashed := control.crashes(after=after):
        told = crashed[0].body
        raise Ours(f"the simulators crashed {len(crashed)} times, first in {told.get('where')}: {told.get('error')}")
