"""Section A: from userinfo to the account: kind, name, number, what may be missing and what is nobody's business."""

import unicodedata

import pytest

from conformance.attempts import good_login, issued
from conformance.dossiers import written
from conformance.failures import came
from conformance.filing import Filing
from conformance.lab import Lab, Visitor
from conformance.requirement import MUST, SHOULD, good_twin, may_be_refused, requirement
from conformance.sources import CWE, DVCQG, ND61, OIDC, TT01

LONG_NAME = "Nguyễn Phước Bảo Quý Kim Ngưỡng " * 5 + "Thuỳ Ánh"
"""More than 150 letters, as the real login has delivered."""
STRANGE = {"extra_claims": "trường lạ", "kind_as_number": "LoaiTaiKhoan dạng số"}


@requirement(
    "A18",
    MUST,
    "Loại tài khoản (LoaiTaiKhoan) ngoài 1, 2, 3 không được coi là công dân.",
    "A kind of account (LoaiTaiKhoan) that is none of 1, 2, 3 is not taken for a citizen's.",
    basis=(
        DVCQG.at("userinfo: LoaiTaiKhoan", "1 individual, 2 business, 3 organisation; no other"),
        CWE.at("CWE-843; CWE-863", "another kind of account would file as a citizen"),
    ),
)
def test_an_unknown_kind_of_account_is_no_citizen(lab: Lab, visitor: Visitor) -> None:
    lab.fault("login.userinfo", "unknown_kind", about=visitor.citizen.id)

    lab.try_to_log_in(visitor)

    who = visitor.login.session()
    assert not who.signed_in, came(
        f"tài khoản loại 9 được vào phiên của {who.name}", f"an account of kind 9 has {who.name}'s session"
    )
    good_login(lab, visitor)


@requirement(
    "A18.as_number",
    MUST,
    "LoaiTaiKhoan dạng số 1 cũng là công dân như dạng chữ “1”.",
    "LoaiTaiKhoan as the number 1 is a citizen's as the text “1” is.",
    basis=DVCQG.at("userinfo: LoaiTaiKhoan", "text in most answers, a number in some"),
)
def test_the_kind_of_account_may_be_a_number(lab: Lab, visitor: Visitor) -> None:
    _lets_in(lab, visitor, "kind_as_number")


@requirement(
    "A20",
    SHOULD,
    "Họ tên giữ đủ dấu tiếng Việt và không bị cắt, dù dài hơn 150 chữ hay viết bằng Unicode tổ hợp.",
    "A name keeps all its Vietnamese marks and all its letters, though it has more than 150, or comes decomposed.",
    basis=(
        DVCQG.at("userinfo: HoVaTen", "no length is named; both Unicode forms occur"),
        CWE.at("CWE-222", "a cut name is another person's on a slip"),
    ),
)
def test_a_long_name_is_kept_whole(lab: Lab) -> None:
    visitor = lab.visitor(lab.citizen(name=LONG_NAME))
    lab.fault("login.userinfo", "name_nfd", about=visitor.citizen.id)

    page = lab.try_to_log_in(visitor)

    shown = unicodedata.normalize("NFC", visitor.login.session().name)
    assert shown == LONG_NAME, came(
        f"họ tên thành “{shown}” ({page.status})", f"the name became “{shown}” ({page.status})"
    )
    with good_twin():
        assert lab.rows("fault_used", issued(lab, visitor).ref), "the portal did not ask for userinfo"


@requirement(
    "A21",
    SHOULD,
    "Userinfo có thêm trường lạ thì cổng bỏ qua và đăng nhập bình thường.",
    "Claims of userinfo that the portal does not know are ignored.",
    basis=OIDC.at("5.1.2; 2", "other claims may be there; those that are not understood must be ignored"),
)
def test_unknown_claims_are_ignored(lab: Lab, visitor: Visitor) -> None:
    _lets_in(lab, visitor, "extra_claims")


@requirement(
    "A21.without_number",
    SHOULD,
    "Userinfo thiếu số định danh thì không bịa số: không có phiên, hoặc phiên không mang số nào.",
    "Where userinfo lacks the personal number none is invented: no session, or one without a number.",
    basis=(
        DVCQG.at("userinfo: SoDinhDanh", "the person's number; a passport's holder has none"),
        CWE.at("CWE-456", "two people with the same invented number are one"),
    ),
)
def test_a_missing_number_is_not_invented(lab: Lab, visitor: Visitor) -> None:
    lab.fault("login.userinfo", "without_number", about=visitor.citizen.id)

    page = lab.try_to_log_in(visitor)

    number = visitor.login.session().personal_id
    assert not number, came(f"phiên mang số {number}", f"the session has the number {number}")
    assert page.status < 500, came(f"trang lỗi máy chủ {page.status}", f"a server error, {page.status}")
    good_login(lab, visitor)


@requirement(
    "A22",
    MUST,
    "Họ tên và số định danh của người nộp lấy từ tài khoản đã đăng nhập; biểu mẫu hay yêu cầu của trình duyệt không sửa được.",
    "The applicant's name and number are those of the login; neither the form nor a request of the browser changes them.",
    basis=(
        ND61.at("Điều 5 khoản 2", "the applicant answers for who the applicant is"),
        TT01.at("Điều 10 khoản 1 điểm b", "a person's data come from the population database"),
        CWE.at("CWE-915; CWE-639"),
    ),
)
@pytest.mark.role("signed")
def test_the_form_does_not_change_the_applicant(lab: Lab, filing: Filing, role: str) -> None:
    draft, rule, other = filing.blank(role), filing.first(role), lab.citizen()
    own = filing.applicant.citizen
    claimed = {"applicant": other.name, "name": other.name, "personal_id": other.id, "SoDinhDanh": other.id}

    filing.applicant.dossiers.fill(draft, rule.id, dict.fromkeys(rule.form, other.name))
    with may_be_refused():
        filing.applicant.dossiers.fill(draft, rule.id, {**dict.fromkeys(rule.form, other.name), **claimed})

    shown = filing.applicant.dossiers.read(draft).applicant
    names = {written(name).casefold() for name in (shown.name, own.name)}
    assert (len(names), shown.personal_id) == (1, own.id), came(
        f"người nộp thành “{shown.name}”, {shown.personal_id}",
        f"the applicant became “{shown.name}”, {shown.personal_id}",
    )


def _lets_in(lab: Lab, visitor: Visitor, effect: str) -> None:
    """This userinfo is as good as any other."""
    lab.fault("login.userinfo", effect, about=visitor.citizen.id)
    page = lab.try_to_log_in(visitor)
    number = visitor.login.session().personal_id
    assert number == visitor.citizen.id, came(
        f"{STRANGE[effect]}: không đăng nhập được ({page.status}): {page.html.words[:200]}",
        f"{effect}: no session ({page.status}): {page.html.words[:200]}",
    )
    with good_twin():
        assert lab.rows("fault_used", issued(lab, visitor).ref), "the portal did not ask for userinfo"
