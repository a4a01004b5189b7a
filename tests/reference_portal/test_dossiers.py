"""The life of a dossier, by calling it."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from reference_portal import dossiers, law
from reference_portal.components import Component, Signature, Version
from reference_portal.dossiers import MOVES, Dossier, Refused, Request, Step
from reference_portal.rules import RIGHT_RULES

AT = "2026-11-21T10:15:22+07:00"
FILING = RIGHT_RULES.filing


def a_dossier(**fields: object) -> Dossier:
    made = Dossier(
        id="d",
        about="a",
        procedure="1.004772.000.00.00.H10",
        agency="000.00.01.H10",
        applicant="Nguyễn Thị Mỹ Dưỡng",
        personal_id="001099000001",
        components=(Component(id="to-khai"), Component(id="giay-to")),
        created=AT,
    )
    return replace(made, **fields)


def a_version(**fields: object) -> Version:
    return replace(Version(file="f1", name="a.pdf", media="application/pdf", sha256="0", size=1, at=AT), **fields)


@pytest.mark.parametrize("state", range(11))
@pytest.mark.parametrize("deed", sorted({deed for deed, _ in MOVES}))
def test_a_move_that_the_table_does_not_hold_is_refused(state: int, deed: str) -> None:
    if (deed, state) in MOVES:
        assert dossiers.target(state, deed) == MOVES[deed, state]
    else:
        with pytest.raises(Refused):
            dossiers.target(state, deed)


@pytest.mark.parametrize("state", [3, 7, 10])
def test_nothing_follows_a_terminal_state(state: int) -> None:
    assert not [deed for deed, source in MOVES if source == state]


def test_every_move_adds_one_row_of_history_and_keeps_the_rows_before() -> None:
    steps = [Step(at=AT, who="x", role="citizen", source=n, target=n + 1) for n in range(2)]
    moved = dossiers.moved(dossiers.moved(a_dossier(), 1, steps[0]), 2, steps[1])
    assert (moved.state, moved.history) == (2, tuple(steps))


def test_an_answer_to_the_desk_ends_the_request_and_one_to_an_officer_waits() -> None:
    request = Request(reason="Thiếu", components=("giay-to",), until=AT, before=1)
    assert dossiers.answered(a_dossier(supplement=request)).supplement is None
    later = dossiers.answered(a_dossier(supplement=replace(request, before=4))).supplement
    assert later is not None
    assert later.answered


def test_the_due_time_skips_saturday_and_sunday() -> None:
    friday = datetime.fromisoformat("2026-11-20T16:00:00+07:00")
    assert law.due(friday, 1).isoformat() == "2026-11-23T17:00:00+07:00"
    assert law.due(friday, 5).isoformat() == "2026-11-27T17:00:00+07:00"


def test_ageing_moves_every_stored_instant_and_no_other_field() -> None:
    request = Request(reason="Thiếu", components=("giay-to",), until=AT, before=1)
    aged = dossiers.aged(a_dossier(submitted=AT, supplement=request), 15)
    assert aged.submitted == "2026-11-21T10:15:07+07:00"
    assert aged.supplement is not None
    assert aged.supplement.until == "2026-11-21T10:15:07+07:00"
    assert (aged.received, aged.state) == (None, 0)


def test_while_a_supplement_is_asked_only_the_asked_component_can_change() -> None:
    request = Request(reason="Thiếu", components=("giay-to",), until=AT, before=1)
    asked = a_dossier(state=5, supplement=request)
    assert [FILING.editable(asked, name) for name in ("to-khai", "giay-to")] == [False, True]
    sent = replace(asked, supplement=replace(request, answered=True))
    assert not FILING.editable(sent, "giay-to")


@pytest.mark.parametrize("state", [1, 2, 3, 4, 6, 7, 8, 9, 10])
def test_after_submission_nothing_can_change(state: int) -> None:
    assert not FILING.editable(a_dossier(state=state), "to-khai")


def test_a_copy_keeps_the_form_and_the_unsigned_file_and_no_signature() -> None:
    plain, signed = a_version(), a_version(file="f2", mark="signed", base="f1")
    signature = {"signer": "", "personal_id": "", "serial": "", "issuer": "", "at": "", "digest": ""}
    signed = replace(signed, signatures=(Signature(valid=True, **signature),))
    old = Component(id="to-khai", form={"child_name": "A"}, versions=(plain, signed), present=True)
    copy = FILING.copied(old)
    assert (copy.form, copy.versions, copy.present, copy.signings) == ({"child_name": "A"}, (plain,), True, ())
    foreign = replace(old, versions=(replace(signed, base=None),))
    assert (FILING.copied(foreign).versions, FILING.copied(foreign).present) == ((), False)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Tờ khai đăng ký.pdf", "Tờ khai đăng ký.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Giấy tờ\\ảnh.png", "ảnh.png"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("", "tep-dinh-kem"),
    ],
)
def test_a_file_name_keeps_its_letters_and_loses_its_folders(name: str, kept: str) -> None:
    assert FILING.file_name(name) == kept
