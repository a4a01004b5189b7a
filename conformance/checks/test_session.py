"""Section A: the account behind a login, and the portal's own session."""

from collections.abc import Callable

from conformance.attempts import demand_a_message, signs_in
from conformance.failures import came
from conformance.filing import Filing
from conformance.lab import Lab, Visitor
from conformance.requirement import MUST, SHOULD, good_twin, may_be_refused, requirement
from conformance.sessions import deep_link, demand_a_known_link, leave, session_cookies, thief_of
from conformance.sources import ASVS, CWE, DVCQG, OIDC, RFC6265, RFC6749


@requirement(
    "A16",
    MUST,
    "Hai TechID là hai tài khoản, dù trùng thư điện tử và số điện thoại; người sau không thấy hồ sơ của người trước.",
    "Two TechIDs are two accounts, though e-mail and phone are the same; the second sees nothing of the first.",
    basis=(
        OIDC.at("5.7", "only sub and iss together identify a person; e-mail and phone must not"),
        ASVS.at("10.5.2"),
        CWE.at("CWE-287"),
    ),
)
def test_a_shared_address_joins_no_accounts(
    lab: Lab, applicant: Visitor, filing_of: Callable[[Visitor], Filing]
) -> None:
    first = applicant.citizen
    draft = filing_of(applicant).blank("free")

    second = lab.log_in(lab.citizen(email=first.email, phone=first.phone))

    lines = second.dossiers.list()
    assert not lines, came(
        f"người thứ hai thấy {len(lines)} hồ sơ của người khác", f"the second person sees {len(lines)} dossiers"
    )
    accounts = [who.login.session().account for who in (applicant, second)]
    assert "" in accounts or accounts[0] != accounts[1], came(
        "hai người chung một tài khoản", "two persons share one account"
    )
    assert [who.login.session().personal_id for who in (applicant, second)] == [first.id, second.citizen.id], came(
        "tài khoản mang số định danh của người khác", "an account carries the other person's number"
    )
    with good_twin():
        assert [line.id for line in applicant.dossiers.list()] == [draft.id]


@requirement(
    "A19",
    MUST,
    "Công dân không có thư điện tử và số điện thoại trong tài khoản định danh vẫn đăng nhập được.",
    "A citizen whose account has neither e-mail nor phone can log in.",
    basis=(DVCQG.at("userinfo: ThuDienTu, SoDienThoai", "may be missing"), OIDC.at("5.3.2", "a claim may be omitted")),
)
def test_a_login_needs_no_address(lab: Lab) -> None:
    visitor = lab.visitor(lab.citizen(email=None))
    lab.fault("login.userinfo", "without_phone", about=visitor.citizen.id)

    page = lab.try_to_log_in(visitor)

    assert visitor.login.session().personal_id == visitor.citizen.id, came(
        f"không đăng nhập được ({page.status}): {page.html.words[:200]}",
        f"no session ({page.status}): {page.html.words[:200]}",
    )
    assert lab.rows("fault_used", lab.wait_for("code_issued", subject=visitor.citizen.id)[0].ref), came(
        "cổng không hỏi userinfo", "the portal did not ask for userinfo"
    )


@requirement(
    "A23",
    MUST,
    "Cookie phiên đổi khi đăng nhập và mang HttpOnly, Secure, SameSite=Lax hoặc Strict.",
    "The session cookie changes at login and is HttpOnly, Secure and SameSite=Lax or Strict.",
    basis=(
        ASVS.at("7.2.4; 3.3.1; 3.3.2; 3.3.4"),
        CWE.at("CWE-384; CWE-1004; CWE-614; CWE-1275", "who plants or steals the cookie becomes the citizen"),
        RFC6265.at("4.1.2; 8.8"),
    ),
)
def test_the_session_cookie_is_new_and_guarded(lab: Lab, visitor: Visitor) -> None:
    callback = lab.callback_of(visitor)
    thief = thief_of(lab, visitor)
    visitor.browser.get(callback, operation="callback")
    with good_twin():
        assert visitor.login.session().signed_in

    carriers = session_cookies(lab, visitor)

    assert not thief.login.session().signed_in, came(
        "cookie có từ trước khi đăng nhập trở thành phiên đã đăng nhập",
        "the cookie of before the login became the signed-in session",
    )
    assert carriers, came("không có cookie nào giữ phiên", "no cookie carries the session")
    bare = [
        (cookie.name, name)
        for cookie in carriers
        for name, has in (
            ("HttpOnly", cookie.http_only),
            ("Secure", cookie.secure),
            ("SameSite", cookie.same_site in {"lax", "strict"}),
        )
        if not has
    ]
    assert not bare, came(f"cookie thiếu thuộc tính: {bare}", f"attributes that are missing: {bare}")


@requirement(
    "A26",
    MUST,
    "Sau khi đăng xuất, cookie cũ không còn mở được phiên hay dữ liệu cá nhân nào.",
    "After logout the old cookie opens no session and no personal data.",
    basis=(ASVS.at("7.4.1", "after logout the session cannot be used any more"), CWE.at("CWE-613")),
)
def test_logout_ends_the_session_on_the_server(
    lab: Lab, applicant: Visitor, filing_of: Callable[[Visitor], Filing]
) -> None:
    draft, thief = filing_of(applicant).blank("free"), thief_of(lab, applicant)
    with good_twin():
        assert [line.id for line in thief.dossiers.list()] == [draft.id]

    applicant.login.logout()

    who, listed = thief.login.session(), []
    with may_be_refused():
        listed = [line.id for line in thief.dossiers.list()]
    assert not who.signed_in, came(
        f"cookie cũ vẫn là phiên của {who.name}", f"the old cookie is still the session of {who.name}"
    )
    assert draft.id not in listed, came("cookie cũ vẫn đọc được hồ sơ", "the old cookie still lists the dossiers")
    with good_twin():
        lab.log_in(applicant)


@requirement(
    "A28",
    MUST,
    "Khi trang đăng nhập trả về lỗi, cổng hiện thông báo, không tạo phiên, không lỗi, không lặp; lần sau vẫn đăng nhập được.",
    "An error from the login ends at a page with a message: no session, no crash, no loop; and a later login works.",
    basis=(RFC6749.at("4.1.2.1"), OIDC.at("3.1.2.6"), ASVS.at("16.5.1"), CWE.at("CWE-209")),
)
def test_a_refused_login_ends_at_a_message(lab: Lab, visitor: Visitor) -> None:
    lab.fault("login.callback", "access_denied", about=visitor.citizen.id)

    page = lab.try_to_log_in(visitor)

    told = [hop for hop in visitor.browser.hops if "error=access_denied" in hop.request.url]
    assert told, "the browser did not bring the refusal to the portal"
    demand_a_message(lab, page)
    assert not visitor.login.session().signed_in, came("cổng đã tạo phiên", "the portal made a session")
    with good_twin():
        signs_in(lab, visitor)


@requirement(
    "A25",
    MUST,
    "Đăng xuất ở cổng thì phiên ở trang đăng nhập quốc gia cũng hết: người dùng máy sau phải đăng nhập lại từ đầu.",
    "Logging out ends the session at the national login too: whoever sits there next must log in from the start.",
    basis=(
        DVCQG.at("/oidc/logout với id_token_hint", "else one click signs the same person in again"),
        ASVS.at("7.4.1; 7.6.1"),
        CWE.at("CWE-613", "computers for citizens stand in public"),
    ),
)
def test_logout_ends_the_session_at_the_login(lab: Lab, applicant: Visitor) -> None:
    before = applicant.login.session()

    leave(applicant)
    applicant.login.begin()

    after = applicant.login.session()
    assert not after.signed_in, came(
        f"một lần bấm đăng nhập lại vào phiên của {after.name}", f"one click and {after.name} is signed in again"
    )
    assert lab.rows("logged_out", subject=applicant.citizen.id), came(
        "phiên ở trang đăng nhập quốc gia vẫn còn", "the session at the national login lives on"
    )
    with good_twin():
        assert before.signed_in
        lab.log_in(applicant)


@requirement(
    "A31",
    SHOULD,
    "Liên kết từ Cổng quốc gia (vnconnect=1) khi chưa đăng nhập: đăng nhập xong trở lại đúng thủ tục và cơ quan.",
    "A link of the national portal (vnconnect=1) without a session leads through the login to exactly that procedure and agency.",
    basis=DVCQG.at("/nop-ho-so?MaTTHCDP&MaCoQuanThucHien&vnconnect=1", "shape read in real links"),
)
def test_a_deep_link_comes_back_to_its_form(lab: Lab, visitor: Visitor, filing_of: Callable[[Visitor], Filing]) -> None:
    wanted = filing_of(visitor).procedure("free")
    page = visitor.browser.navigate(deep_link(lab, wanted, visitor.citizen), operation="deep_link")

    page = lab.through(visitor, page)

    signed_in = visitor.login.session().signed_in
    missing = [word for word in (wanted.name, wanted.agency_name) if word not in page.html.words]
    ended = came(f"đăng nhập xong ở {page.url}, thiếu {missing}", f"ended at {page.url}; missing there: {missing}")
    assert signed_in, came("liên kết không mở trang đăng nhập", "the link did not begin a login")
    assert not missing, ended
    assert page.url != f"{visitor.browser.home}/", ended


@requirement(
    "A32",
    MUST,
    "Liên kết mang MDT của người khác không mở dữ liệu của người ấy.",
    "A link with somebody else's MDT opens nothing of theirs.",
    basis=(
        DVCQG.at("/nop-ho-so?MDT", "the TechID in base64: anybody can write it"),
        CWE.at("CWE-639; CWE-290"),
        ASVS.at("8.2.2"),
    ),
)
def test_a_forged_deep_link_opens_nothing(
    lab: Lab, visitor: Visitor, stranger: Visitor, filing_of: Callable[[Visitor], Filing]
) -> None:
    wanted = filing_of(stranger).procedure("free")
    with good_twin():
        victim = lab.log_in().citizen
    link = deep_link(lab, wanted, victim)

    pages = [who.browser.navigate(link, operation="deep_link") for who in (visitor, stranger)]

    known = (victim.id, victim.phone, victim.email, victim.name, victim.address)
    theirs = {text for text in known if text} - {stranger.citizen.name, stranger.citizen.address}
    seen = [text for page in pages for text in theirs if text in page.text]
    sessions = [who.login.session().personal_id for who in (visitor, stranger)]
    assert sessions == ["", stranger.citizen.id], came(
        f"liên kết mở phiên của {sessions}", f"the link opened the session of {sessions}"
    )
    assert not seen, came(f"trang hiện dữ liệu của người khác: {seen}", f"the page shows somebody else's {seen}")
    demand_a_known_link(lab, wanted, pages)
