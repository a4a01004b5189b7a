"""Sections D and J: who confirms, who signs and sends a registration with the State Treasury, with which token."""

import hashlib

from conformance.dossiers import DRAFT
from conformance.failures import came
from conformance.lab import Lab
from conformance.records import Line
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.sources import ASVS, CWE, GUIDE_KBNN, LAW_20, ND23, SIGNING_SOFTWARE
from conformance.trust import judged
from conformance.units import STAFF, Member, Unit, member

WHOLE = ASVS.at("2.3.3", "an operation succeeds in its entirety or is rolled back")


def demand_unsent(unit: Unit, dossier: Line, why_vi: str, why_en: str) -> None:
    now = unit.read(dossier)
    assert now.state == DRAFT, came(
        f"{why_vi}, hồ sơ chuyển sang “{now.state_text}”", f"{why_en}, and the registration reads “{now.state_text}”"
    )


def demand_unconfirmed(unit: Unit, dossier: Line, who: Member, why_vi: str, why_en: str) -> None:
    confirmed = {one.personal_id for one in unit.read(dossier).members if one.confirmed}
    assert who.citizen.id not in confirmed, came(
        f"{why_vi}, thành viên được ghi là đã xác nhận", f"{why_en}, and the member counts as confirmed"
    )


def demand_sending_works(unit: Unit, dossier: Line) -> None:
    """By the account owner, with the declared token."""
    with good_twin():
        unit.signed(dossier)
        assert unit.read(dossier).state != DRAFT


@requirement(
    "D21",
    MUST,
    "Chỉ chủ tài khoản hoặc người được ủy quyền chủ tài khoản ký số và gửi được hồ sơ; thành viên khác bị từ chối.",
    "Only the account owner, or whom the owner authorised, can sign and send; other members are refused.",
    basis=(
        GUIDE_KBNN.at("bước 3, lưu ý: chỉ có CTK hoặc Ủy quyền CTK"),
        CWE.at("CWE-863", "being a member is not being allowed to send"),
        ASVS.at("8.2.1", "each function only for whom it is allowed"),
    ),
)
def test_only_the_account_owner_sends(unit: Unit, lab: Lab) -> None:
    staff = member(lab, STAFF)
    dossier = unit.confirmed((*unit.members, staff))

    for other in (unit.accountant, staff):
        with may_be_refused():
            unit.signed(dossier, other)
        demand_unsent(unit, dossier, f"{other.role} đã ký", f"{other.role} signed")
    demand_sending_works(unit, dossier)


@requirement(
    "D21.authorised",
    MUST,
    "Người được ủy quyền chủ tài khoản ký số và gửi được hồ sơ.",
    "Whom the account owner authorised can sign and send.",
    basis=(
        GUIDE_KBNN.at("bước 3, lưu ý: chỉ có CTK hoặc Ủy quyền CTK"),
        ASVS.at("8.2.1", "each function for whom it is allowed"),
    ),
)
def test_the_authorised_owner_sends_too(unit: Unit, lab: Lab) -> None:
    authorised = member(lab, "authorised_owner")
    dossier = unit.confirmed((authorised, unit.accountant))

    unit.signed(dossier, authorised)

    now = unit.read(dossier)
    assert now.state != DRAFT, came(
        f"người được ủy quyền đã ký, hồ sơ vẫn “{now.state_text}”",
        f"the authorised owner signed, it reads “{now.state_text}”",
    )


@requirement(
    "D22",
    MUST,
    "Chưa đủ mọi thành viên xác nhận thì hồ sơ không gửi được.",
    "Nothing is sent before every member has confirmed.",
    basis=(
        GUIDE_KBNN.at("thành viên xác nhận trước khi CTK ký số"),
        CWE.at("CWE-841", "a step of the workflow must not be left out"),
        ASVS.at("2.3.1", "the steps of a flow in their order, none skipped"),
    ),
)
def test_nothing_is_sent_before_all_have_confirmed(unit: Unit) -> None:
    dossier = unit.declared()

    with may_be_refused():
        unit.signed(dossier)

    demand_unsent(unit, dossier, "các thành viên chưa xác nhận", "the members have not confirmed")
    with good_twin():
        unit.confirmed_by(dossier, unit.members, {})
    demand_sending_works(unit, dossier)


@requirement(
    "D22.serial",
    MUST,
    "Chứng thư số khác với số hiệu đã kê khai, dù của chính chủ tài khoản, không gửi được hồ sơ.",
    "A certificate of another serial than the declared one sends nothing, be it the account owner's own.",
    basis=(
        GUIDE_KBNN.at("số hiệu chứng thư số khớp với kê khai"),
        ND23.at("Điều 5, 6", "what was declared to the Treasury is one certificate"),
        CWE.at("CWE-345", "insufficient verification of data authenticity"),
    ),
)
def test_an_undeclared_certificate_of_the_owner_sends_nothing(unit: Unit, lab: Lab) -> None:
    dossier, other = unit.confirmed(), lab.token(unit.owner.citizen)

    with may_be_refused():
        unit.signed(dossier, token=other)

    demand_unsent(unit, dossier, "chứng thư số chưa kê khai đã ký", "an undeclared certificate signed")
    demand_sending_works(unit, dossier)


@requirement(
    "J08",
    MUST,
    "Liên kết trong thư của một thành viên chỉ dùng được cho chính thành viên ấy.",
    "The link in a member's e-mail serves that member alone.",
    basis=(
        GUIDE_KBNN.at("thành viên mở liên kết trong thư của mình và xác nhận"),
        CWE.at("CWE-639", "a link is no proof of who follows it"),
        ASVS.at("8.2.2", "access to each record is decided on the server"),
    ),
)
def test_a_members_link_serves_nobody_else(unit: Unit, lab: Lab) -> None:
    dossier, accountant = unit.declared(), unit.accountant
    link, stranger = unit.link(accountant), member(lab, STAFF)

    for other in (unit.owner, stranger):
        for token in (other.token, accountant.token):
            with may_be_refused():
                other.treasury.confirm(dossier, link, token.certificate)
            demand_unconfirmed(unit, dossier, accountant, "người khác dùng liên kết", "somebody else used the link")
    with good_twin():
        now = accountant.treasury.confirm(dossier, link, accountant.token.certificate)
        assert [one.personal_id for one in now.members if one.confirmed] == [accountant.citizen.id]


@requirement(
    "J08.serial",
    MUST,
    "Thành viên chỉ xác nhận được bằng chứng thư số có số hiệu đã kê khai.",
    "A member confirms only with the certificate whose serial was declared.",
    basis=(
        GUIDE_KBNN.at("đọc số hiệu chứng thư số từ USB token"),
        CWE.at("CWE-345", "insufficient verification of data authenticity"),
    ),
)
def test_a_member_confirms_with_the_declared_certificate_only(unit: Unit, lab: Lab) -> None:
    dossier, accountant = unit.declared(), unit.accountant
    link, other = unit.link(accountant), lab.token(accountant.citizen)

    for token in (other, unit.owner.token):
        with may_be_refused():
            accountant.treasury.confirm(dossier, link, token.certificate)
        demand_unconfirmed(unit, dossier, accountant, "chứng thư số không được kê khai", "an undeclared certificate")
    with good_twin():
        now = accountant.treasury.confirm(dossier, link, accountant.token.certificate)
        assert [one.personal_id for one in now.members if one.confirmed] == [accountant.citizen.id]


@requirement(
    "J09",
    MUST,
    "Màn hình 4 chỉ nhận chứng thư số của chủ tài khoản; token khác cắm trong cùng máy tính bị từ chối.",
    "Screen 4 takes the account owner's certificate alone; another token in the same computer is refused.",
    basis=(
        GUIDE_KBNN.at("chọn chữ ký số của chủ tài khoản tương ứng trong danh sách"),
        LAW_20.at("Điều 22", "a digital signature identifies the signer"),
        ND23.at("Điều 5, 6"),
    ),
)
def test_another_token_in_the_same_computer_sends_nothing(unit: Unit) -> None:
    dossier, owner, theirs = unit.confirmed(), unit.owner, unit.accountant.token

    with may_be_refused():
        unit.signed(dossier, owner, theirs)
    demand_unsent(unit, dossier, "token của kế toán trưởng đã ký", "the chief accountant's token signed")
    with may_be_refused():
        pending = unit.begun(dossier)
        owner.treasury.answer(pending, theirs.sign(pending.signing.digest))
    demand_unsent(unit, dossier, "token khác trả lời thay", "another token answered in its place")

    demand_sending_works(unit, dossier)


@requirement(
    "J10",
    MUST,
    "Sai mã PIN, rút token, đóng hộp thoại: hồ sơ chưa gửi, và người ký được báo.",
    "A wrong PIN, a token taken out, a cancelled dialog: nothing is sent, and the signer is told.",
    basis=(
        GUIDE_KBNN.at("nhập mật khẩu USB token và nhấn OK"),
        CWE.at("CWE-754", "an agent's error is no signature"),
        WHOLE,
    ),
)
def test_what_the_token_did_not_sign_is_not_sent(unit: Unit) -> None:
    dossier, token, treasury = unit.confirmed(), unit.owner.token, unit.owner.treasury

    for fail in (token.sign_with_wrong_pin, token.sign_taken_out, token.cancel):
        pending = unit.begun(dossier)
        reply = fail(pending.signing.digest)
        with may_be_refused():
            outcome = treasury.answer(pending, reply)
            assert outcome.state not in {"signed", "waiting"}, came(
                f"USB token báo {reply['error']}, cổng báo {outcome.state}",
                f"the token says {reply['error']}, the portal {outcome.state}",
            )
            assert outcome.message_vi, came("người ký không được báo gì", "the signer is told nothing")
        demand_unsent(unit, dossier, f"USB token báo {reply['error']}", f"the token says {reply['error']}")
    demand_sending_works(unit, dossier)


@requirement(
    "J11",
    MUST,
    "Chỉ báo gửi thành công khi máy chủ đã lưu hồ sơ đã ký: tập tin tải về có chữ ký số hợp lệ của chủ tài khoản.",
    "Success is told only when the signed file is stored: what is downloaded has the account owner's valid signature.",
    basis=(
        GUIDE_KBNN.at("thông báo gửi hồ sơ thành công sang KBNN"),
        SIGNING_SOFTWARE.at("PAdES hoặc ISO 32000; kiểm tra chữ ký số"),
        WHOLE,
    ),
)
def test_success_is_told_when_the_signed_file_is_stored(unit: Unit, lab: Lab) -> None:
    dossier, owner = unit.confirmed(), unit.owner
    pending = unit.begun(dossier)

    outcome = owner.treasury.answer(pending, owner.token.sign(pending.signing.digest))

    now = owner.visitor.dossiers.read(dossier)
    assert (outcome.state, now.state == DRAFT) == ("signed", False), came(
        f"ký xong, cổng báo {outcome.state}, hồ sơ “{now.state_text}”",
        f"after signing the portal says {outcome.state}, the registration reads “{now.state_text}”",
    )
    file = now.component(pending.component).file
    assert file, came("cổng báo thành công mà không có tập tin", "success was told, and there is no file")
    judgement = judged(lab, owner.visitor.dossiers.file(dossier, file))
    assert judgement.verdict == "valid", came(
        f"chữ ký trong tập tin đã lưu: {judgement.verdict}", f"the stored file's signature is {judgement.verdict}"
    )
    signature = judgement.findings[-1]
    assert signature.signer is not None
    assert signature.signer.has(owner.citizen.id), came(f"người ký là {signature.signer}", f"by {signature.signer}")
    assert signature.recovered_digest == pending.signing.digest, came(
        "tập tin đã lưu mang chữ ký của một băm khác", "the stored file's signature is over another digest"
    )


@requirement(
    "J11.answer",
    MUST,
    "Chữ ký số không phải của chính hồ sơ này thì không được báo thành công, hồ sơ không được gửi.",
    "A signature of something else is no success, and sends nothing.",
    basis=(
        LAW_20.at("Điều 22", "a signature attests the very data that its owner saw and approved"),
        SIGNING_SOFTWARE.at("kiểm tra chữ ký số"),
        CWE.at("CWE-347", "improper verification of a cryptographic signature"),
    ),
)
def test_a_signature_of_something_else_sends_nothing(unit: Unit) -> None:
    dossier, owner = unit.confirmed(), unit.owner
    other = hashlib.sha256(dossier.id.encode()).hexdigest()
    pending = unit.begun(dossier)

    with may_be_refused():
        outcome = owner.treasury.answer(pending, owner.token.sign(other))
        assert outcome.state != "signed", came(
            "chữ ký của dữ liệu khác được coi là hợp lệ", "a signature of other data is taken as this one's"
        )

    demand_unsent(unit, dossier, "chữ ký của dữ liệu khác", "a signature of other data came")
    demand_sending_works(unit, dossier)
