"""One citizen's attempts to log in, as the login's journal has them: what was asked, which code was issued."""

from conformance.browser import Page
from conformance.failures import came
from conformance.journal import Row
from conformance.lab import Lab, Visitor
from conformance.requirement import good_twin
from conformance.sites import origin_of


def issued(lab: Lab, visitor: Visitor, *, count: int = 1) -> Row:
    """The `count`-th code that the national login gave for this citizen."""
    return lab.wait_for("code_issued", subject=visitor.citizen.id, count=count)[count - 1]


def asked(lab: Lab, code: Row) -> dict[str, str]:
    """The parameters of the authorization request that this code answers."""
    return dict(lab.wait_for("authorization_requested", code.ref)[0].body)


def reads_id_tokens(lab: Lab, visitor: Visitor) -> bool:
    """Without the scope openid there is none, and A02 says so."""
    return "openid" in asked(lab, issued(lab, visitor)).get("scope", "").split()


def signs_in(lab: Lab, visitor: Visitor) -> None:
    """The way that a bad attempt goes too: the login's answer is taken in hand, and brought to the portal."""
    lab.try_to_log_in(visitor)
    assert visitor.login.session().personal_id == visitor.citizen.id


def demand_a_message(lab: Lab, page: Page) -> None:
    """Where an attempt that failed ends: at a page of the portal that says something, and not at the login again."""
    login = lab.control.get(f"/control/contracts/{lab.control.contract}")["login"]
    assert origin_of(page.url) != origin_of(login["authorization_endpoint"]), came(
        "cổng đưa thẳng về trang đăng nhập: người dùng không biết vì sao, và có thể lặp mãi",
        "the portal leads straight back to the login: nobody learns why, and it may go round for ever",
    )
    assert page.status < 500, came(f"trang lỗi máy chủ {page.status}", f"a server error, {page.status}")
    assert page.html.words.strip(), came("trang trống, không có thông báo", "an empty page without a message")
    assert "Traceback" not in page.text, came("trang hiện vết lỗi chương trình", "the page shows a stack trace")


def good_login(lab: Lab, visitor: Visitor, *, fault_used: bool = True) -> None:
    """The twin: the planned fault befell the first attempt, and a second one of the same citizen in this browser works."""
    with good_twin():
        first = issued(lab, visitor)
        assert not fault_used or lab.rows("fault_used", first.ref), "the portal did not fetch what was wrong"
        signs_in(lab, visitor)
