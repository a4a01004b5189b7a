"""Section E: supplement, refusal and resubmission."""

from conformance.adapter import Dossiers
from conformance.desk import Officer
from conformance.records import Dossier
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.sources import ND61

REFUSED = 3


@requirement(
    "E05",
    MUST,
    "Cán bộ không thể từ chối tiếp nhận hồ sơ mà không nêu lý do.",
    "A dossier cannot be refused without a reason.",
    basis=ND61.at("Điều 17 khoản 1 điểm b"),
)
def test_a_refusal_without_a_reason_is_impossible(dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    with may_be_refused():
        officer.refuse(dossier, "")
    with may_be_refused():
        officer.refuse(dossier, " \n\t ")

    assert dossiers.read(dossier).state == dossier.state

    with good_twin():
        officer.refuse(dossier, "Bản chụp giấy khai sinh bị mờ, không đọc được ngày sinh.")
        assert dossiers.read(dossier).state == REFUSED
