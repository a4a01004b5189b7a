"""Section D: remote signing, from the list of certificates to the phone and back."""

from collections.abc import Callable

import pytest

from conformance.adapter import Dossiers, Signings
from conformance.dossiers import differences
from conformance.failures import came
from conformance.filing import Filing
from conformance.journal import DESKS
from conformance.lab import Lab, Visitor
from conformance.people import Citizen, Phone
from conformance.records import Dossier, Signing
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.samples import FILE_NAME, pdf
from conformance.sources import (
    ASVS,
    CWE,
    GUIDE_BINH_PHUOC,
    LAW_20,
    ND23,
    NEAC_HUB,
    QD769,
    SIGNING_SOFTWARE,
    VNPT_SMARTCA,
)

PASSING = {"server_error", "html_200"}
"""Failures of a CA that may pass: a portal that asks on until its own patience is over is right, too."""


def demand_unsigned(dossiers: Dossiers, draft: Dossier, why_vi: str, why_en: str) -> None:
    """The first component carries no mark of a signature."""
    state = dossiers.read(draft).components[0].state
    assert state != "signed", came(
        f"{why_vi}, tập tin vẫn được coi là đã ký", f"{why_en}, and the file counts as signed"
    )


def demand_told(outcome: Signing, *, may_wait: bool = False) -> None:
    """It is over, not signed, and the citizen is told."""
    if may_wait and outcome.state == "waiting":
        return
    assert outcome.state not in {"signed", "waiting"}, came(
        f"trạng thái của lần ký là {outcome.state}", f"the signing's state is {outcome.state}"
    )
    assert outcome.message_vi, came("người ký không được báo gì", "the signer is told nothing")


def demand_signing_works(filing: Filing, draft: Dossier) -> None:
    """A new request for the same component, approved by the applicant."""
    with good_twin():
        first = draft.components[0].id
        assert filing.signed(draft, first).component(first).state == "signed"


@requirement(
    "D01",
    MUST,
    "Chữ ký số của người khác, dù trùng họ tên với người nộp, không được coi là chữ ký của người nộp.",
    "A signature by somebody else, of the applicant's name or not, is not the applicant's.",
    basis=(
        LAW_20.at("Điều 22", "a digital signature identifies the signer"),
        ND23.at("Điều 5, 6", "a subscriber is name and identity number"),
    ),
)
def test_a_namesakes_signature_does_not_count(
    filing: Filing, signing: Signings, draft: Dossier, lab: Lab, filing_of: Callable[[Visitor], Filing]
) -> None:
    namesake = lab.citizen(name=filing.applicant.citizen.name)
    theirs = filing_of(lab.log_in(namesake)).certificate()

    lab.phone(namesake).auto_approve()  # a portal that looks before it asks rings no phone
    with may_be_refused():
        signing.outcome(signing.start(draft, draft.components[0].id, theirs))

    dossiers = filing.applicant.dossiers
    demand_unsigned(dossiers, draft, "người trùng tên đã ký", "a namesake signed")
    demand_signing_works(filing, draft)


@requirement(
    "D01.elsewhere",
    MUST,
    "Người khác không ký được vào hồ sơ không phải của mình.",
    "Nobody signs anything in another person's dossier.",
    basis=(CWE.at("CWE-639"), ASVS.at("8.2.2", "access to each record is decided on the server")),
)
def test_nobody_signs_in_anothers_dossier(
    filing: Filing, signing: Signings, draft: Dossier, lab: Lab, filing_of: Callable[[Visitor], Filing]
) -> None:
    del signing
    dossiers, intruder = filing.applicant.dossiers, filing_of(lab.log_in())
    before, theirs = dossiers.read(draft), intruder.applicant.signing

    lab.phone(intruder.applicant.citizen).auto_approve()
    with may_be_refused():
        assert theirs is not None, "the portal claims no signing"
        theirs.outcome(theirs.start(draft, draft.components[0].id, intruder.certificate()))

    changed = differences(before, dossiers.read(draft))
    assert not changed, came(f"người khác ký, đã đổi: {changed}", f"somebody else signed, this changed: {changed}")
    demand_signing_works(filing, draft)


@requirement(
    "D02.chosen",
    MUST,
    "Chỉ liệt kê chứng thư số do CA đã chọn cấp, với chủ thể, tổ chức cấp, số hiệu, thời hạn.",
    "Only certificates of the CA that was chosen are offered, with subject, issuer, serial number and validity.",
    basis=(GUIDE_BINH_PHUOC.at("Chọn CA, LẤY CTS"), NEAC_HUB.at("get_certificate: ca_name")),
)
def test_the_chosen_ca_is_asked_and_its_certificates_are_offered(
    filing: Filing, signing: Signings, citizen: Citizen, lab: Lab
) -> None:
    del filing
    offered: dict[str, set[str]] = {}
    for way in lab.capabilities.signing:
        before = len(lab.rows("certificates_listed", subject=citizen.id, source=DESKS[way.ca]))
        found = signing.certificates(way, citizen.id)

        asked = len(lab.rows("certificates_listed", subject=citizen.id, source=DESKS[way.ca])) - before
        assert asked, came(f"chọn {way.ca} ({way.through}) mà không hỏi {way.ca}", f"{way.ca} was chosen and not asked")
        assert found, came(f"không có chứng thư số nào của {way.ca}", f"no certificate of {way.ca} is offered")
        for one in found:
            assert all((one.subject, one.issuer, one.serial, one.valid_from, one.valid_to)), came(
                f"chứng thư số được hiển thị thiếu thông tin: {one}", f"a certificate is shown in part: {one}"
            )
        offered.setdefault(way.ca, set()).update(one.serial.lower() for one in found)
    shared = set.intersection(*offered.values()) if len(offered) > 1 else set()
    assert not shared, came(f"chứng thư số {shared} được chào cho mọi CA", f"{shared} is offered for every CA")


@requirement(
    "D02.own",
    MUST,
    "Không liệt kê chứng thư số của người khác, kể cả khi tổ chức chứng thực trả nhầm.",
    "Nobody else's certificate is offered, even when the CA sends one by mistake.",
    basis=(GUIDE_BINH_PHUOC.at("LẤY CTS"), QD769.at("get_certificate: user_id")),
)
def test_nobody_elses_certificate_is_offered(filing: Filing, signing: Signings, citizen: Citizen, lab: Lab) -> None:
    way = filing.way()
    lab.fault(f"{DESKS[way.ca].removeprefix('ca.')}.list", "another_citizen", about=citizen.id)
    strange: set[str] = set()

    with may_be_refused():
        strange = {one.serial.lower() for one in signing.certificates(way, citizen.id)}

    used = [row.body["effect"] for row in lab.rows("fault_used") if row.body["about"] == citizen.id]
    assert used == ["another_citizen"], "the portal never asked the CA"
    with good_twin():
        own = {one.serial.lower() for one in signing.certificates(way, citizen.id)}
        assert own, "no certificate of the applicant is offered"
    assert strange <= own, came("chứng thư số của người khác được chào", "somebody else's certificate is offered")


@requirement(
    "D04",
    MUST,
    "Mỗi yêu cầu ký có mã giao dịch riêng; mã tài liệu trên cổng trùng với mã trên điện thoại.",
    "Each request has a transaction of its own, and the doc_id on the portal is the one on the phone.",
    basis=(QD769.at("transaction_id, doc_id: hiển thị đồng thời trên cổng và trên ứng dụng"), VNPT_SMARTCA.at("sign")),
)
def test_the_phone_shows_the_portals_doc_id(
    filing: Filing, signing: Signings, draft: Dossier, citizen: Citizen, lab: Lab
) -> None:
    certificate, phone = filing.certificate(), lab.phone(citizen)
    for dossier in (draft, filing.draft("signed")):
        pending = signing.start(dossier, dossier.components[0].id, certificate)
        prompt = phone.prompt()
        phone.refuse(prompt)

        assert pending.doc_id in prompt.doc_ids, came(
            f"cổng hiển thị {pending.doc_id}, điện thoại hiển thị {prompt.doc_ids}",
            f"the portal shows {pending.doc_id}, the phone {prompt.doc_ids}",
        )
    requests = lab.wait_for("signing_requested", subject=citizen.id, count=2)
    assert len({row.ref for row in requests}) == 2, came(
        "hai yêu cầu ký chung một mã giao dịch", "one transaction twice"
    )
    documents = [document["doc_id"] for row in requests for document in row.body["docs"]]
    assert len(set(documents)) == 2, came("hai yêu cầu ký chung một mã tài liệu", f"one doc_id twice: {documents}")


@requirement(
    "D06",
    MUST,
    "Bấm “Hủy” trên điện thoại thì tập tin chưa được ký, và cổng báo như vậy.",
    "“Hủy” on the phone leaves the file unsigned, and the portal says so.",
    basis=(GUIDE_BINH_PHUOC.at("Xác thực giao dịch: Hủy"), VNPT_SMARTCA.at("status: REJECTED")),
)
def test_a_refusal_on_the_phone_leaves_the_file_unsigned(
    filing: Filing, signing: Signings, draft: Dossier, phone: Phone
) -> None:
    pending = signing.start(draft, draft.components[0].id, filing.certificate())

    phone.refuse()

    outcome = signing.outcome(pending)
    demand_unsigned(filing.applicant.dossiers, draft, "người ký bấm Hủy", "the signer refused")
    demand_told(outcome)
    demand_signing_works(filing, draft)


@requirement(
    "D07.expired",
    MUST,
    "Hết thời gian xác nhận thì tập tin chưa được ký, và cổng báo như vậy.",
    "When the time to confirm is over, the file is unsigned, and the portal says so.",
    basis=(QD769.at("status: hết hạn"), VNPT_SMARTCA.at("expired_in")),
)
def test_an_expired_request_leaves_the_file_unsigned(
    filing: Filing, signing: Signings, draft: Dossier, citizen: Citizen, lab: Lab
) -> None:
    pending = signing.start(draft, draft.components[0].id, filing.certificate())

    lab.expire(lab.wait_for("signing_requested", subject=citizen.id)[0].ref)

    outcome = signing.outcome(pending)
    demand_unsigned(filing.applicant.dossiers, draft, "hết hạn xác nhận", "the request expired")
    demand_told(outcome)
    demand_signing_works(filing, draft)


@requirement(
    "D07.late",
    MUST,
    "Xác nhận đến muộn không được áp dụng cho tập tin đã thay trong lúc chờ.",
    "A late approval is not applied to a file that was put in the other's place meanwhile.",
    basis=(QD769.at("data_to_be_signed: băm của đúng tài liệu"), LAW_20.at("Điều 22", "bound to the very data")),
)
def test_a_late_approval_is_not_applied_to_another_file(
    filing: Filing, signing: Signings, draft: Dossier, phone: Phone
) -> None:
    dossiers, first = filing.applicant.dossiers, draft.components[0].id
    pending = signing.start(draft, first, filing.certificate())
    prompt = phone.prompt()

    with may_be_refused() as replacement:
        dossiers.attach(draft, first, pdf("ban thay the"), FILE_NAME)
    phone.approve(prompt)
    with may_be_refused():
        signing.outcome(pending)

    state = dossiers.read(draft).component(first).state
    assert replacement.refused or state != "signed", came(
        "tập tin đã thay, xác nhận cho tập tin cũ vẫn làm nó thành đã ký",
        "the file was replaced, and the approval of the old one marks it as signed",
    )
    demand_signing_works(filing, draft)


@pytest.mark.parametrize("effect", ["another_signer", "another_digest", "server_error", "html_200"])
@requirement(
    "D24",
    MUST,
    "Tổ chức chứng thực trả lỗi hoặc trả chữ ký không đúng thì tập tin không thành đã ký, và cổng báo như vậy.",
    "When the CA fails or sends a wrong signature, the file is not marked as signed, and the portal says so.",
    basis=(
        QD769.at("status_code, message"),
        SIGNING_SOFTWARE.at("kiểm tra chữ ký số sau khi ký"),
        ND23.at("Điều 16", "a signature is checked before it is accepted"),
    ),
)
def test_a_bad_answer_of_the_ca_signs_nothing(
    effect: str, filing: Filing, signing: Signings, draft: Dossier, phone: Phone
) -> None:
    certificate = filing.certificate()
    site = f"{DESKS[certificate.way.ca].removeprefix('ca.')}.answer"
    filing.lab.fault(site, effect, about=phone.citizen.id)
    pending = signing.start(draft, draft.components[0].id, certificate)

    phone.approve()

    outcome = signing.outcome(pending)
    demand_unsigned(filing.applicant.dossiers, draft, f"CA trả lời hỏng ({effect})", f"the CA's answer was {effect}")
    demand_told(outcome, may_wait=effect in PASSING)
    demand_signing_works(filing, draft)
