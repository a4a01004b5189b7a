"""The tally in numbers: hops by name with exact latencies, deeds by reference, journeys by how they ended."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from loadtests.tally import BROKEN, CUT, Begun, Deed, Hop, Note, Over, TallyRow


@dataclass
class Hops:
    """All hops of one name."""

    success: int = 0
    failure: int = 0
    unknown: int = 0
    milliseconds: "array[float]" = field(default_factory=lambda: array("d"))

    def percentile(self, share: float) -> float:
        """Nearest rank, in milliseconds."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass(frozen=True)
class Done:
    """A deed and who did it; `excused` when that journey was cut off or had a hop without an answer."""

    ref: str
    citizen: str
    excused: bool
    ended: str


@dataclass
class Summary:
    hops: dict[str, Hops] = field(default_factory=lambda: defaultdict(Hops))
    deeds: dict[str, list[Done]] = field(default_factory=lambda: defaultdict(list))
    notes: list[Note] = field(default_factory=list)
    excused: int = 0
    """Journeys that were cut off or had a hop without an answer."""
    ends: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    techids: set[str] = field(default_factory=set)
    owners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Reference (of a dossier, its code, a payment, …) -> whose deed it was."""


def summed(rows: Iterable[TallyRow]) -> Summary:
    summary = Summary()
    begun: dict[str, Begun] = {}
    over: dict[str, Over] = {}
    deeds: list[Deed] = []
    doubtful: set[str] = set()
    for row in rows:
        match row:
            case Hop():
                _count(summary.hops[row.name], row)
                doubtful |= {row.journey} if row.result == "unknown" else set()
            case Deed():
                deeds.append(row)
            case Note():
                summary.notes.append(row)
            case Begun():
                begun[row.journey] = row
            case Over():
                over[row.journey] = row
    ends = {name: over.get(name) or Over(journey=name, end=CUT, at=start.at) for name, start in begun.items()}
    doubtful |= {name for name, end in ends.items() if end.end == CUT}
    summary.techids |= {start.techid for start in begun.values()}
    _ends(summary, ends.values())
    summary.excused = len(doubtful & begun.keys())
    for deed in deeds:
        end = ends[deed.journey]
        done = Done(deed.ref, begun[deed.journey].citizen, deed.journey in doubtful, f"{end.end} {end.why}".strip())
        summary.deeds[deed.what].append(done)
        summary.owners[deed.ref].add(done.citizen)
    for note in summary.notes:
        if code := str(note.body.get("code") or ""):
            summary.owners[code] |= summary.owners.get(note.ref, set())
    return summary


def _count(hops: Hops, row: Hop) -> None:
    setattr(hops, row.result, getattr(hops, row.result) + 1)
    hops.milliseconds.append(row.milliseconds)


def _ends(summary: Summary, ends: Iterable[Over]) -> None:
    for end in ends:
        summary.ends[end.end] += 1
        if end.end == BROKEN:
            summary.broken[end.why[:200]] += 1
