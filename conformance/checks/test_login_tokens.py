"""Section A: what the portal makes of the code, the ID token, its keys and userinfo."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from conformance.attempts import demand_a_message, good_login, issued, reads_id_tokens, signs_in
from conformance.exposure import exposed
from conformance.failures import came
from conformance.lab import Lab, Visitor
from conformance.requirement import MUST, SHOULD, good_twin, requirement
from conformance.solitude import Solitude
from conformance.sources import ASVS, CWE, OIDC, RFC6125, RFC6749, RFC7515, RFC7519, RFC9700

SIGNATURES = {
    "bad_signature": "chữ ký không khớp",
    "unknown_kid": "khóa không có trong bộ khóa",
    "unknown_crit": "tham số crit lạ",
    "not_yet_valid": "chưa đến thời điểm hiệu lực (nbf)",
}
CERTIFICATES = ("unknown_issuer", "another_host")
ERRORS = {"token": "login.token", "userinfo": "login.userinfo"}


@requirement(
    "A08",
    SHOULD,
    "Trang đăng nhập đổi khóa ký thì cổng vẫn đăng nhập được, không cần khởi động lại.",
    "When the login signs by a new key, a login works all the same and nobody restarts the portal.",
    basis=OIDC.at("10.1.1", "an unfamiliar kid sends the verifier to the jwks_uri again"),
)
def test_a_new_key_of_the_login_is_found(lab: Lab, visitor: Visitor) -> None:
    with good_twin():
        lab.log_in(visitor)
    other = lab.visitor()
    lab.fault("login.keys", "fresh", about=other.citizen.id)

    page = lab.try_to_log_in(other)

    assert other.login.session().personal_id == other.citizen.id, came(
        f"khóa mới làm hỏng đăng nhập ({page.status}): {page.html.words[:200]}",
        f"the new key broke the login ({page.status}): {page.html.words[:200]}",
    )
    with good_twin():
        was_used = bool(lab.rows("fault_used", issued(lab, other).ref))
        assert was_used or not reads_id_tokens(lab, other), "the portal fetched no ID token"


@requirement(
    "A09",
    MUST,
    "Mỗi mã đăng nhập chỉ được đổi một lần.",
    "A code is exchanged once.",
    basis=RFC6749.at("4.1.2", "the client must not use the code more than once"),
)
def test_a_code_is_exchanged_once(lab: Lab, visitor: Visitor) -> None:
    with good_twin():
        lab.log_in(visitor)

    ref = issued(lab, visitor).ref
    refused = [row.body.get("description") for row in lab.rows("token_refused", ref)]
    exchanged = [row for row in lab.rows("code_redeemed", ref) if row.body.get("grant_type") == "authorization_code"]
    assert not refused, came(f"mã bị đổi lại và bị từ chối: {refused}", f"exchanged again, and refused: {refused}")
    assert len(exchanged) == 1, came(f"{len(exchanged)} lần đổi", f"{len(exchanged)} exchanges")


@requirement(
    "A10",
    MUST,
    "Địa chỉ quay về đã dùng không tạo thêm phiên nào nữa.",
    "A callback's address that has served makes no second session.",
    basis=(
        RFC6749.at("4.1.2; 10.5", "codes are short lived and serve once"),
        RFC9700.at("4.7.1", "state serves once"),
        CWE.at("CWE-294", "it stands in the history of a computer that others use"),
    ),
)
def test_a_used_callback_makes_no_session(lab: Lab, visitor: Visitor) -> None:
    callback = lab.callback_of(visitor)
    copy = lab.visitor(visitor.citizen, visitor.browser.copy())
    visitor.browser.get(callback, operation="callback")
    with good_twin():
        assert visitor.login.session().signed_in

    visitor.login.logout()
    for browser in (visitor.browser, copy.browser):
        browser.keep_own_cookies()  # a portal that rightly begins anew is not let in by single sign-on
        browser.navigate(callback, operation="callback")

    again = [who for who in (visitor.login.session(), copy.login.session()) if who.signed_in]
    assert not again, came(
        f"địa chỉ quay về dùng lại, {again[0].name} lại có phiên",
        f"the callback served again: {again[0].name} has a session",
    )


@requirement(
    "A11",
    MUST,
    "client_secret và token không xuất hiện trong trang, địa chỉ hay cookie mà mã trên trang đọc được, kể cả ở trang lỗi.",
    "client_secret and tokens stand in no page, address or cookie that scripts can read, not on a page of an error either.",
    basis=(
        RFC6749.at("10.3; 2.3.1", "access tokens and client credentials are confidential"),
        ASVS.at("10.1.1", "tokens go only to the components that need them"),
        CWE.at("CWE-598; CWE-522; CWE-209"),
    ),
)
def test_no_secret_reaches_the_browser(lab: Lab, visitor: Visitor) -> None:
    lab.fault("login.userinfo", "server_error", about=visitor.citizen.id)
    secret = lab.control.get(f"/control/contracts/{lab.control.contract}")["login"]["client_secret"]

    lab.try_to_log_in(visitor)
    with good_twin():
        lab.log_in(visitor)
    visitor.browser.get("/", operation="home")

    with good_twin():
        tokens = [token for count in (1, 2) for token in lab.tokens_of(issued(lab, visitor, count=count))]
    found = exposed(visitor.browser.hops, visitor.browser.home, (secret, *tokens))
    assert not found, came(f"bí mật lộ ở {found}", f"a secret can be read at {found}")


@requirement(
    "A13",
    MUST,
    "Cổng từ chối trang đăng nhập có chứng thư TLS không đáng tin hoặc cấp cho máy khác.",
    "The portal refuses a login whose TLS certificate is not trusted, or is another host's.",
    basis=(
        OIDC.at("16.17", "the client performs a TLS server certificate check"),
        RFC6749.at("10.9", "as RFC 6125 says"),
        RFC6125.at("6"),
        CWE.at("CWE-295", "else whoever stands between reads the client's secret and writes identities"),
    ),
)
@pytest.mark.alone
@pytest.mark.tls
@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_a_false_certificate_of_the_login_is_refused(
    lab: Lab, visitor: Visitor, solitude: Solitude, certificate: str
) -> None:
    with solitude.showing(certificate):
        lab.try_to_log_in(visitor)
        greeted = solitude.greeted

    taken = lab.rows("code_redeemed", issued(lab, visitor).ref)
    assert not taken, came(
        f"chứng thư {certificate}: cổng vẫn gửi mã và client_secret", f"{certificate}: code and client_secret were sent"
    )
    assert not visitor.login.session().signed_in, came("cổng đã tạo phiên", "the portal made a session")
    with good_twin():
        assert greeted, "the portal did not come to the login's back channel"
        lab.log_in(visitor)


@requirement(
    "A28.back_channel",
    MUST,
    "Trang đăng nhập lỗi khi cổng đổi mã hoặc hỏi userinfo: cổng hiện thông báo, không tạo phiên; lần sau vẫn đăng nhập được.",
    "A login that fails while the portal exchanges the code or reads userinfo ends at a message, without a session.",
    basis=(RFC6749.at("5.2"), OIDC.at("5.3.3"), ASVS.at("16.5.1; 16.5.3", "fails securely"), CWE.at("CWE-636")),
)
@pytest.mark.parametrize("endpoint", ERRORS)
def test_a_failing_login_leaves_no_session(lab: Lab, visitor: Visitor, endpoint: str) -> None:
    lab.fault(ERRORS[endpoint], "server_error", about=visitor.citizen.id)

    page = lab.try_to_log_in(visitor)

    who = visitor.login.session()
    assert not who.signed_in, came(
        f"{endpoint} lỗi mà vẫn có phiên của “{who.name}”", f"{endpoint} failed, and there is a session of “{who.name}”"
    )
    demand_a_message(lab, page)
    good_login(lab, visitor)


@requirement(
    "A36",
    SHOULD,
    "ID token sai chữ ký, ký bằng khóa lạ, có crit lạ hoặc chưa đến hiệu lực thì bị từ chối.",
    "An ID token with a bad signature, an unknown key, an unknown crit, or not valid yet is refused.",
    basis=(
        OIDC.at("3.1.3.7 (6)", "in the code flow TLS may stand for the signature: SHOULD here"),
        RFC7515.at("4.1.11; 5.2"),
        RFC7519.at("4.1.5", "nbf"),
    ),
)
@pytest.mark.parametrize("effect", SIGNATURES)
def test_a_token_that_nobody_signed_is_refused(lab: Lab, visitor: Visitor, effect: str) -> None:
    lab.fault("login.id_token", effect, about=visitor.citizen.id)

    lab.try_to_log_in(visitor)

    is_read = reads_id_tokens(lab, visitor)
    assert not (is_read and visitor.login.session().signed_in), came(
        f"ID token {SIGNATURES[effect]} được chấp nhận", f"an ID token with {effect} was accepted"
    )
    good_login(lab, visitor, fault_used=is_read)


@requirement(
    "A37",
    MUST,
    "Userinfo nói về sub khác với ID token thì không được dùng.",
    "Userinfo whose sub is not the ID token's is not used.",
    basis=(OIDC.at("5.3.2; 16.11", "the values must not be used when the subjects differ"), CWE.at("CWE-345")),
)
def test_userinfo_of_another_subject_is_not_used(lab: Lab, visitor: Visitor) -> None:
    lab.fault("login.userinfo", "another_subject", about=visitor.citizen.id)

    lab.try_to_log_in(visitor)

    who, is_read = visitor.login.session(), reads_id_tokens(lab, visitor)
    assert not (is_read and who.personal_id), came(
        f"phiên mang tên {who.name}, số {who.personal_id} lấy từ userinfo đó",
        f"the session has the name {who.name} and the number {who.personal_id} of that userinfo",
    )
    good_login(lab, visitor)


@requirement(
    "A38",
    MUST,
    "Mã đăng nhập cấp cho yêu cầu của trình duyệt khác thì vô dụng (PKCE hoặc nonce).",
    "A code that another browser's request was given is of no use here (PKCE or nonce).",
    basis=(
        RFC9700.at("2.1.1; 4.5", "clients must prevent the injection of codes: PKCE, or the nonce of OpenID Connect"),
        CWE.at("CWE-287", "who gets hold of a code becomes its citizen"),
    ),
)
def test_another_browsers_code_is_of_no_use(lab: Lab, visitor: Visitor) -> None:
    victim = lab.visitor()
    code = dict(parse_qsl(urlsplit(lab.callback_of(victim)).query))["code"]
    address, _, query = lab.callback_of(visitor).partition("?")

    injected = urlencode({**dict(parse_qsl(query)), "code": code})
    lab.answer(visitor, f"{address}?{injected}")

    who = visitor.login.session()
    assert who.personal_id != victim.citizen.id, came(
        f"mã của {victim.citizen.name} đăng nhập được ở trình duyệt khác",
        f"{victim.citizen.name}'s code signed another browser in",
    )
    assert not who.signed_in, came(f"trình duyệt có phiên của {who.name}", f"the browser has {who.name}'s session")
    with good_twin():
        ref = issued(lab, victim).ref
        assert lab.rows("token_refused", ref) or lab.rows("code_redeemed", ref), "the portal did not try the code"
        signs_in(lab, visitor)
