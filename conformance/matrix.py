"""The kill matrix as data: which checks failed on which flawed portal, what is wrong with it, and its page in docs."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from conformance.verdicts import Exit, Outcome

DOCS = Path(__file__).resolve().parent.parent / "docs"
STORED, PAGE = DOCS / "kill-matrix.json", DOCS / "kill-matrix.md"
MOST_ALSO = 2


@dataclass(frozen=True)
class Flaw:
    """A row of the reference portal's table of flaws; `module` is where it is made, `tls`: it shows only where the
    simulators speak TLS."""

    name: str
    caught_by: tuple[str, ...]
    also: tuple[str, ...]
    repeats: str
    vi: str
    en: str
    module: str = ""
    tls: bool = False


@dataclass(frozen=True)
class Row:
    """`caught`: requirements that failed and were exercised; `stumbled`: failed because they could not be exercised."""

    flaw: str
    caught: tuple[str, ...] = ()
    stumbled: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    seconds: float = 0.0
    problem: str = ""
    hash: str = field(default="", compare=False)

    def marked(self, mark: str) -> Self:
        return replace(self, hash=mark)

    @property
    def kills(self) -> set[str]:
        return {*self.caught, *self.stumbled}


def row_of(flaw: str, told: dict[str, Any], seconds: float) -> Row:
    """From a run's verdicts.json: a requirement with variants counts once, by its worst."""
    failed = [v for v in told["verdicts"] if v["outcome"] in {Outcome.FAILED, Outcome.WARNED}]
    caught = {v["number"] for v in failed if v["exercised"]}
    stumbled = {v["number"] for v in failed} - caught
    unclaimed = {v["number"] for v in told["verdicts"] if v["outcome"] == Outcome.NOT_CLAIMED}
    errors = [v["check"] for v in told["verdicts"] if v["outcome"] == Outcome.ERROR]
    broken_off = told["exit"] not in {Exit.CONFORMANT, Exit.NOT_CONFORMANT} or told["missing"] or told["unclaimed"]
    return Row(
        flaw,
        caught=tuple(sorted(caught)),
        stumbled=tuple(sorted(stumbled)),
        passed=tuple(sorted({v["number"] for v in told["verdicts"]} - caught - stumbled - unclaimed)),
        laws=tuple(sorted({v["law"] for v in told["violations"]})),
        seconds=round(seconds, 1),
        problem=told["void"]
        or (f"errors of the suite: {errors}" if errors else "")
        or (
            f"not a whole run: exit {told['exit']}, not run {told['missing'] or told['unclaimed']}"
            if broken_off
            else ""
        ),
    )


def problems(flaws: Iterable[Flaw], rows: Sequence[Row], *, whole: bool) -> list[str]:
    """What the matrix must not show; with `whole`, that every check is a required catcher, too."""
    found, by_name = [], {row.flaw: row for row in rows}
    for flaw in flaws:
        row = by_name.get(flaw.name)
        if row is None:
            found.append(f"{flaw.name}: was not run")
            continue
        if row.problem:
            found.append(f"{flaw.name}: {row.problem}")
        if missed := sorted(set(flaw.caught_by) - set(row.caught)):
            found.append(f"{flaw.name}: not caught by {', '.join(missed)}")
        if too_many := sorted(row.kills - {*flaw.caught_by, *flaw.also}):
            found.append(f"{flaw.name}: also fails {', '.join(too_many)}")
        if len(flaw.also) > MOST_ALSO:
            found.append(f"{flaw.name}: allows {len(flaw.also)} others, at most {MOST_ALSO}")
    if whole and rows:
        known = set().union(*(row.kills | set(row.passed) for row in rows))
        required = set().union(*(flaw.caught_by for flaw in flaws))
        found += [f"{check}: no flaw demands it, so it has never failed" for check in sorted(known - required)]
    return found


def differences(stored: dict[str, Row], rows: Iterable[Row]) -> list[str]:
    """Rows that came out otherwise than they are stored."""
    return [
        f"{row.flaw}: stored {sorted(old.kills)}, came {sorted(row.kills)}: run `make bite`"
        for row in rows
        if (old := stored.get(row.flaw)) is not None and old.kills != row.kills
    ]


def hash_of(flaw: Flaw, root: Path) -> str:
    """Of the flaw's row and module, the reference portal without other flaws, and the checks. What else could change a row
    (the suite's hands, the simulators) shows in the tenth that `--changed` takes anew each day."""
    digest = hashlib.sha256(json.dumps(asdict(flaw), sort_keys=True).encode())
    own = _modules(root, flaw.module)
    for folder in ("reference_portal", "conformance/checks"):
        for path in sorted((root / folder).rglob("*")):
            foreign = path.parent.name == "flaws" and path.stem not in own
            if path.suffix in {".py", ".html", ".js"} and not foreign:
                digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _modules(root: Path, name: str) -> set[str]:
    """A module of flaws and those of them that it takes something from."""
    found, waiting = set[str](), [name]
    while waiting:
        path = root / "reference_portal/flaws" / f"{(module := waiting.pop())}.py"
        if module not in found and path.is_file():
            found.add(module)
            waiting += re.findall(r"^from reference_portal\.flaws\.(\w+) import", path.read_text("utf-8"), re.MULTILINE)
    return found


def load() -> dict[str, Row]:
    if not STORED.exists():
        return {}
    told = json.loads(STORED.read_text("utf-8"))
    tuples = ("caught", "stumbled", "passed", "laws")
    return {row["flaw"]: Row(**{**row, **{name: tuple(row[name]) for name in tuples}}) for row in told["rows"]}


def seconds() -> float:
    """What the last whole run took; rows that were run anew later are not in it."""
    return float(json.loads(STORED.read_text("utf-8"))["seconds"]) if STORED.exists() else 0.0


def save(rows: Sequence[Row], flaws: Sequence[Flaw], *, seconds: float) -> None:
    told = {"seconds": round(seconds), "flaws": [asdict(flaw) for flaw in flaws], "rows": [asdict(row) for row in rows]}
    STORED.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(json.loads(STORED.read_text("utf-8"))), "utf-8")


def page(told: dict[str, Any]) -> str:
    """docs/kill-matrix.md from docs/kill-matrix.json."""
    rows = {row["flaw"]: row for row in told["rows"]}
    required = sorted({check for flaw in told["flaws"] for check in flaw["caught_by"]})
    alone = sum(1 for row in told["rows"] if len(row["caught"]) + len(row["stumbled"]) == 1)
    lines = [
        "# Kill matrix",
        "",
        "Generated by `make bite`: each flawed reference portal against the whole suite.",
        "A check that has never failed is not a check; a flaw that nothing catches is a hole.",
        "",
        f"{len(told['flaws'])} flawed portals; {len(required)} requirements that catch at least one; {alone} flaws with",
        f"exactly one catcher; {told['seconds']} s for all of it.",
        "",
        "| flaw | what is wrong | repeats | must catch | caught by | laws that noticed |",
        "|---|---|---|---|---|---|",
    ]
    for flaw in told["flaws"]:
        row = rows.get(flaw["name"], {"caught": [], "stumbled": [], "laws": []})
        caught = ", ".join(row["caught"] + [f"({check})" for check in row["stumbled"]])
        cells = (
            f"`{flaw['name']}`",
            flaw["en"],
            flaw["repeats"],
            ", ".join(flaw["caught_by"]),
            caught,
            ", ".join(row["laws"]),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in cells) + " |")
    lines += ["", "In brackets: the check could not be exercised on that portal, which is a failure too.", ""]
    return "\n".join(lines)
