"""Exploration: its model judges rightly, the right portal passes, flaws are found and told in a few steps that do it again."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from conformance.bite import listed
from conformance.exploration import __main__ as command
from conformance.exploration.course import ENDS, Search, way
from conformance.exploration.due import Due
from conformance.exploration.exploring import explore
from conformance.exploration.machine import search
from conformance.exploration.model import (
    ACCEPTED,
    DRAFT,
    PAYING,
    PROCESSING,
    REFUSED,
    SUBMITTED,
    SUPPLEMENT,
    Kind,
    Part,
    Slot,
    World,
)
from conformance.exploration.seeing import differences
from conformance.exploration.shrinking import shrunk
from conformance.exploration.stage import Stage, staged
from conformance.exploration.steps import VERBS, Step, every, read, written
from conformance.exploration.story import DETAIL, DID, WHO, sentences
from conformance.exploration.table import expected, steps
from conformance.exploration.trial import tried
from conformance.failures import WrongOption
from conformance.launch import LaunchedPortal, Running, launched
from conformance.records import Component, Dossier
from conformance.target import Target, probe
from conformance.verdicts import Exit
from tests.source_tree import modules

KINDS = {
    "free": Kind((Slot(required=True), Slot())),
    "signed": Kind((Slot(required=True, sign=True, form=True), Slot())),
    "paid": Kind((Slot(required=True), Slot()), prepaid=True),
}
FLAWS = ("reason_not_in_list", "code_changes_at_acceptance", "history_by_the_system")
MOST_STEPS = 12
LEAST_FOUND = 15
PAGE = Path(__file__).parents[2] / "docs" / "exploration.md"


def after(line: str) -> World:
    """The model's world when the portal took each step, and did what it first may."""
    world = World(KINDS)
    for step in read(line):
        told = expected(world, step)
        assert told is not None and told.due is not Due.NEVER, step
        world = told.seen[0]
    return world


def due(line: str, step: str) -> Due | None:
    told = expected(after(line), read(step)[0])
    return told.due if told else None


FILED = "draft A; attach A; submit A"


@pytest.mark.parametrize(
    ("line", "step", "judged"),
    [
        ("draft A", "submit A", Due.NEVER),
        ("draft A; attach A c2", "submit A", Due.NEVER),
        ("draft A; attach A", "submit A", Due.MUST),
        ("draft A; attach A", "submit B", Due.NEVER),
        ("draft A; attach A", "attach B", Due.NEVER),
        ("draft A", "accept an", Due.NEVER),
        ("draft A signed; fill A", "submit A", Due.NEVER),
        ("draft A signed; fill A; sign A", "approve A", Due.MUST),
        ("draft A signed; fill A; sign A; approve A", "submit A", Due.MUST),
        ("draft A signed; fill A; sign A; approve A; attach A", "submit A", Due.NEVER),
        (FILED, "attach A", Due.NEVER),
        (FILED, "accept binh", Due.MUST),
        (FILED, "process an", Due.NEVER),
        (FILED, "refuse an silently", Due.NEVER),
        (FILED, "refuse an", Due.MUST),
        (FILED, "withdraw A", Due.MAY),
        (f"{FILED}; accept an", "refuse an", None),
        (f"{FILED}; accept an", "fee an", Due.MAY),
        (f"{FILED}; accept an", "hand_over an", Due.NEVER),
        (f"{FILED}; ask an", "attach A c2", Due.NEVER),
        (f"{FILED}; ask an", "attach A", Due.MUST),
        (f"{FILED}; ask an", "refuse an", Due.NEVER),
        (f"{FILED}; ask an; attach A; answer A", "ask an", Due.MAY),
        (f"{FILED}; ask an", "answer A", Due.MAY),
        (f"{FILED}; ask an; attach A", "answer A", Due.MUST),
        (f"{FILED}; refuse an", "submit A", Due.NEVER),
        (f"{FILED}; refuse an", "copy A", Due.MUST),
        (f"{FILED}; refuse an", "copy B", Due.NEVER),
        ("draft A paid; attach A; submit A", "accept an", Due.NEVER),
        ("draft A paid; attach A; submit A; pay A", "accept an", Due.MUST),
        ("draft A paid; attach A; submit A; pay A cancelled", "accept an", Due.NEVER),
        ("draft A paid; attach A; submit A; pay A lost", "accept an", None),
        ("draft A; logout A", "draft A", Due.NEVER),
        ("draft A; logout A", "login A", Due.MUST),
    ],
)
def test_the_model_judges_each_step_by_the_table(line: str, step: str, judged: Due | None) -> None:
    assert due(line, step) is judged


def test_a_supplement_goes_back_to_the_desk_that_asked() -> None:
    early, late = after(f"{FILED}; ask an; attach A; answer A").of(1), after(f"{FILED}; accept an; ask an").of(1)
    assert (early.state, late.state, late.before) == (SUBMITTED, SUPPLEMENT, ACCEPTED)
    taken_up = expected(after(f"{FILED}; accept an; ask an; attach A; answer A"), read("accept an")[0])
    assert taken_up is not None
    assert {world.of(1).state for world in taken_up.seen} == {ACCEPTED, PROCESSING}


def test_a_fee_that_is_paid_leads_back_and_only_proof_pays() -> None:
    asked = f"{FILED}; accept an; process an; fee an"
    assert after(asked).of(1).state == PAYING
    assert after(f"{asked}; pay A").of(1).state == PROCESSING
    lost = expected(after(asked), read("pay A lost")[0])
    assert lost is not None
    assert [world.of(1).state for world in lost.seen] == [PAYING, PROCESSING], "a portal may ask the gateway itself"
    assert not after(f"{asked}; pay A cancelled").of(1).paid


def test_an_approval_counts_only_for_the_file_that_was_sent() -> None:
    assert after("draft A signed; fill A; sign A; approve A").of(1).part(1).signed
    assert not after("draft A signed; fill A; sign A; cancel A").of(1).part(1).signed
    assert not after("draft A signed; fill A; sign A; attach A; approve A").of(1).part(1).signed


def test_a_copy_keeps_forms_and_perhaps_files_and_no_signature() -> None:
    told = expected(
        after("draft A signed; fill A; attach A c2; sign A; approve A; submit A; refuse an"), Step("copy", "A", 1)
    )
    assert told is not None
    copies = [world.of(2) for world in told.seen]
    assert [(copy.part(1).way, copy.part(1).signed) for copy in copies] == [("fill", False)] * 2
    assert {copy.part(2).given for copy in copies} == {0, 2}
    assert {(copy.state, copy.copy_of) for copy in copies} == {(DRAFT, 1)}


def test_what_must_not_be_has_no_effect_in_any_world_that_may_be_seen() -> None:
    world = after(f"{FILED}; refuse an")
    never = [step for step, judged in steps(world) if judged is Due.NEVER]
    assert len({step.verb for step in never}) >= 12
    for step in never:
        told = expected(world, step)
        assert told is not None
        assert {seen.dossiers for seen in told.seen} == {world.dossiers}


def test_every_usual_way_is_one_that_a_portal_may_go() -> None:
    for word, kind in KINDS.items():
        for end in ENDS:
            world = World(KINDS)
            for step in way(word, kind, end, "told"):
                told = expected(world, step)
                assert told is not None and told.due is not Due.NEVER, (word, end, step)
                world = told.seen[0]


def test_a_difference_names_the_dossier_and_what_it_is() -> None:
    world = after("draft A; attach A")
    right = Component(id="c", state="attached", file="f", sha256=None)

    def shown(state: int, component: Component) -> Dossier:
        line = {"id": "d", "code": None, "procedure": "p", "agency": "a", "state_text": ""}
        empty = {"fees": (), "payments": (), "receipts": (), "history": ()}
        return Dossier(**line, **empty, state=state, components=(component,))

    contents = {1: b"bytes"}
    assert not differences(world, {1: shown(DRAFT, right)}, contents)
    lost = Component(id="c", state="empty")
    other = Component(id="c", state="attached", file="f", sha256="00")
    signed = Component(id="c", state="signed", file="f")
    cases = [(REFUSED, right, "state"), (DRAFT, lost, "content"), (DRAFT, other, "content"), (DRAFT, signed, "signed")]
    for state, component, law in cases:
        assert [one.law for one in differences(world, {1: shown(state, component)}, contents)] == [law]
    empty = World(KINDS, dossiers=(after("draft A").of(1),))
    assert empty.of(1).part(1) == Part()
    assert [one.law for one in differences(empty, {1: shown(DRAFT, right)}, {})] == ["content"]


def test_a_line_is_read_as_it_was_written() -> None:
    for step in every(3, 2):
        assert read(str(step)) == (step,)
    line = "draft A; attach A 2 c2; pay A doubled; refuse binh silently"
    assert written(read(line)) == line


@pytest.mark.parametrize("line", ["", "dance A", "draft an", "attach A 0", "attach A twice", "submit A c2", "draft"])
def test_a_line_that_says_nothing_is_refused_in_one_sentence(line: str) -> None:
    with pytest.raises(WrongOption, match="--replay"):
        read(line)


def test_every_step_has_words_in_both_languages() -> None:
    assert set(DID) == set(VERBS)
    assert {who for verb in VERBS.values() for who in verb.actors} == set(WHO)
    assert {detail for verb in VERBS.values() for detail in verb.details} == set(DETAIL)
    told = list(sentences(read("draft A; copy A; attach A 2")))
    assert told[2].startswith("3. Công dân A đính kèm") and "of dossier 2" in told[2]


def test_shrinking_leaves_what_is_needed_and_makes_it_plain() -> None:
    long = read("draft A signed; logout B; attach A c2; login B; submit A; accept binh; refuse an")

    def fails(tried_steps: Sequence[Step]) -> Sequence[Step] | None:
        verbs = [step.verb for step in tried_steps]
        return tried_steps if verbs[:1] == ["draft"] and "accept" in verbs and verbs[-1] == "refuse" else None

    assert written(shrunk(long, fails, lambda: False)) == "draft A; accept an; refuse an"
    assert shrunk(long, fails, lambda: True) == long, "when the time is over it stays as it is"
    signed = read("draft A; attach A; sign A; hand_over an")
    assert written(shrunk(signed, lambda tried: tried if signed[2] in tried else None, lambda: False)) == "sign A"


@pytest.fixture(scope="module")
def stages() -> Iterator[dict[str | None, Stage]]:
    """The right portal and three flawed ones in one world."""
    with launched((None, *FLAWS)) as running, ExitStack() as stack:
        yield {portal.flaw: stack.enter_context(_staged(running, portal)) for portal in running.portals}


def _staged(running: Running, portal: LaunchedPortal) -> AbstractContextManager[Stage]:
    made = Target(
        portal.origin, running.url, portal.contract, key=running.key, portal_key=portal.key, nonce=running.nonce
    )
    return staged(probe(made))


def test_the_right_portal_passes_a_short_exploration(stages: dict[str | None, Stage]) -> None:
    walks: list[int] = []
    assert explore(stages[None], Search(seed=1, walks=6), walks.append) is None
    assert walks == list(range(1, 7))


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_found_and_its_story_does_it_again(flaw: str, stages: dict[str | None, Stage]) -> None:
    story = explore(stages[flaw], Search(seed=1, walks=200), lambda _number: None)
    assert story is not None and story.stands
    assert 1 < len(story.steps) <= MOST_STEPS
    taken, finding = tried(stages[flaw], read(story.line))
    assert finding is not None and finding.law == story.finding.law
    assert tuple(taken) == story.steps
    assert tried(stages[None], read(story.line))[1] is None, "what the right portal does too is no finding"
    told = "\n".join(story.told(f" --flaw {flaw}"))
    assert f'--flaw {flaw} --replay "{story.line}"' in told


def test_the_same_seed_walks_the_same_way(stages: dict[str | None, Stage]) -> None:
    lines = [search(stages["reason_not_in_list"], Search(seed=3, walks=200), lambda _n: None) for _ in range(2)]
    assert lines[0] is not None and lines[1] is not None
    assert written(lines[0].taken) == written(lines[1].taken)


def test_only_the_machine_needs_hypothesis() -> None:
    told = {
        module.name: module.path.read_text("utf-8") for module in modules() if module.name.startswith("conformance")
    }
    needing = {name for name, text in told.items() if re.search(r"^\s*(from|import) hypothesis", text, re.MULTILINE)}
    assert needing == {"conformance.exploration.machine"}
    of_the_engine = {"exploring", "survey"}  # which the command imports only when it walks
    using = {name.rpartition(".")[2] for name, text in told.items() if "exploration.machine import" in text}
    assert using <= of_the_engine


def test_wrong_options_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["--replay", "dance A"],
        ["--flaw", "none"],
        ["--contract", "c1"],
        ["--portal", "http://localhost:1", "--flaw", "x"],
    ):
        assert command.main(arguments) == Exit.USAGE
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_stored_page_has_every_flaw_once_and_lines_that_can_be_walked() -> None:
    text = PAGE.read_text("utf-8")
    assert re.search(r"--survey --seed \d+ --examples \d+ --steps \d+", text)
    rows = [[cell.strip() for cell in line.split(" | ")] for line in text.splitlines() if line.startswith("| `")]
    names = [row[0].strip("| `") for row in rows]
    known = {flaw.name for flaw in listed() if not flaw.tls}
    assert len(set(names)) == len(names) and set(names) <= known
    found = [row for row in rows if row[3] != "–"]
    assert len(found) >= LEAST_FOUND
    for row in found:
        line = row[5].removesuffix(" |").strip("`")
        assert len(read(line)) == int(row[4]) <= MOST_STEPS, row[0]
