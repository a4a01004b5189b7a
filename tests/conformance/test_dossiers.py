"""What a check calls the same, and what it calls changed."""

from msgspec.structs import replace

from conformance.dossiers import REFUSED, differences, letters, written
from conformance.records import Component, Dossier, Step

DOSSIER = Dossier(
    id="d1",
    code="000.00.01.H10-261121-0001",
    procedure="p",
    agency="000.00.01.H10",
    state=1,
    state_text="Mới đăng ký",
    components=(Component(id="to-khai", state="attached", file="f1", sha256="aa"),),
    fees=(),
    payments=(),
    receipts=(),
    history=(Step(at="2026-11-21T08:00:00+07:00", who="Nguyễn Thị Ưu Ái", source=0, target=1),),
)


def test_a_new_reference_to_the_same_file_is_no_change() -> None:
    renewed = replace(DOSSIER, components=(replace(DOSSIER.components[0], file="f2"),))
    assert not differences(DOSSIER, renewed)


def test_every_change_is_named() -> None:
    changed = replace(
        DOSSIER, state=REFUSED, refusal="mờ", components=(replace(DOSSIER.components[0], sha256="bb"),), history=()
    )
    assert differences(DOSSIER, changed) == "history, refusal, state, to-khai"


def test_one_text_in_both_forms_and_spacings_is_one() -> None:
    assert written(" Bản chụp\n bị mờ ") == written("Bản chụp bị mờ") != written("Ban chup bi mo")
    assert written(None) == ""


def test_a_files_name_is_its_letters() -> None:
    assert letters("Giấy tờ – 1.pdf") == letters("Giấy tờ-(1).pdf") == "Giấytờpdf"
