"""Section A: the portal as a relying party of the national login."""

from collections.abc import Callable
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from conformance.attempts import asked, good_login, issued, reads_id_tokens, signs_in
from conformance.browser import Page
from conformance.dossiers import DRAFT
from conformance.failures import came
from conformance.filing import Filing
from conformance.lab import Lab, Visitor
from conformance.requirement import MUST, SHOULD, good_twin, may_be_refused, requirement
from conformance.sites import origin_of
from conformance.sources import ASVS, CWE, ND61, OIDC, RFC6749, RFC7519, RFC7636, RFC9700, TT32
from conformance.unguessable import weakness

CHALLENGE_LENGTH = 43
OUTSIDE = {
    "address": "{scheme}://{host}/ngoai",
    "host": "//{host}/ngoai",
    "backslash": "/\\{host}/ngoai",
    "tab": "/\t/{host}/ngoai",
    "user": "{home}@{host}/ngoai",
}
"""One place outside the portal, as a browser reads it: it drops tabs, and what stands before @ is a user's name."""


def _state_of(callback: str) -> str:
    return parse_qs(urlsplit(callback).query).get("state", [""])[0]


def _of_the_same_length(state: str) -> str:
    """Another state that begins as this one: two letters near its end are others."""
    return f"{state[:-4]}{'AB' if state[-4:-2] != 'AB' else 'BA'}{state[-2:]}"


def _without_state(callback: str) -> str:
    address, _, query = callback.partition("?")
    return f"{address}?{urlencode([pair for pair in parse_qsl(query) if pair[0] != 'state'])}"


BAD_ANSWERS: dict[str, Callable[[Lab, str], str]] = {
    "missing": lambda _lab, own: _without_state(own),
    "altered": lambda _lab, own: f"{_without_state(own)}&state={_of_the_same_length(_state_of(own))}",
    "another_browsers": lambda lab, _own: lab.callback_of(lab.visitor()),
}
"""Made from the answer that belongs to this browser; its code is good and nobody has used it."""

ID_TOKENS = (
    "alg_none",
    "hs256_public_key",
    "wrong_iss",
    "missing_iss",
    "wrong_aud",
    "missing_aud",
    "missing_sub",
    "numeric_sub",
    "missing_iat",
    "missing_exp",
    "expired",
)
"""Wrong in ways that every relying party tried refuses (docs/login-deviations.md), save wrong_aud: authlib believes an aud that
is not its own where azp is, which 3.1.3.7 (3) forbids."""


@requirement(
    "A01",
    MUST,
    "Chưa đăng nhập thì không tạo, không nộp được hồ sơ; trang đăng nhập là của Cổng Dịch vụ công quốc gia.",
    "Nothing can be drafted or submitted without a login, and the login is the national one.",
    basis=(ND61.at("Điều 24 khoản 2 điểm c"), TT32.at("Điều 10")),
)
def test_nothing_is_filed_without_the_national_login(
    lab: Lab, applicant: Visitor, filing_of: Callable[[Visitor], Filing]
) -> None:
    draft, nobody = filing_of(applicant).draft("free"), lab.visitor()
    sheet = lab.control.get(f"/control/contracts/{lab.control.contract}")
    procedure = filing_of(applicant).procedure("free")

    with may_be_refused() as anonymous:
        nobody.dossiers.draft(procedure.code, procedure.agency)
    with may_be_refused():
        nobody.dossiers.act(draft, "submit")
    page = nobody.login.begin()

    assert anonymous.refused, came("cổng lập bản nháp cho người chưa đăng nhập", "the portal made a draft for nobody")
    now = applicant.dossiers.read(draft)
    assert now.state == DRAFT, came(
        f"người chưa đăng nhập nộp được: “{now.state_text}”", f"somebody without a login submitted it: {now.state}"
    )
    assert origin_of(page.url) == origin_of(sheet["login"]["authorization_endpoint"]), came(
        f"đăng nhập dẫn tới {page.url}", f"the login leads to {page.url}"
    )
    with good_twin():
        assert applicant.dossiers.act(draft, "submit").state != DRAFT


@requirement(
    "A02",
    MUST,
    "Yêu cầu đăng nhập dùng response_type=code, scope có openid và đúng redirect_uri đã đăng ký.",
    "The authorization request says response_type=code, a scope with openid and the registered redirect_uri.",
    basis=(OIDC.at("3.1.2.1"), RFC6749.at("4.1.1; 3.1.2")),
)
def test_the_code_flow_is_asked_for_with_openid(lab: Lab, visitor: Visitor) -> None:
    lab.try_to_log_in(visitor)

    # The login itself refuses another response_type and a redirect_uri that is not registered: then there is no code.
    told = asked(lab, issued(lab, visitor))
    assert "openid" in told.get("scope", "").split(), came(
        f"scope là “{told.get('scope', '')}”", f"the scope is “{told.get('scope', '')}”"
    )


@requirement(
    "A03",
    MUST,
    "Mỗi lần đăng nhập gắn với trình duyệt bằng state mới, không đoán được, hoặc bằng PKCE S256.",
    "Each login is bound to its browser by a new state that nobody can guess, or by PKCE with S256.",
    basis=(
        RFC6749.at("10.12; 10.10", "a non-guessable value"),
        RFC9700.at("4.7.1", "PKCE serves too"),
        RFC7636.at("4.2"),
    ),
)
def test_each_login_is_bound_to_its_browser(lab: Lab, visitor: Visitor) -> None:
    lab.through(visitor, visitor.login.begin())  # every page of the login, as somebody goes whom it does not know
    for browser in (lab.visitor(visitor.citizen), lab.visitor(visitor.citizen)):
        lab.try_to_log_in(browser)

    told = [asked(lab, code) for code in lab.wait_for("code_issued", subject=visitor.citizen.id, count=3)]

    guessed = weakness([one.get("state", "") for one in told])
    challenges = {one.get("code_challenge", "") for one in told if one.get("code_challenge_method") == "S256"}
    proven = len(challenges) == len(told) and all(len(one) == CHALLENGE_LENGTH for one in challenges)
    assert not guessed or proven, came(f"state: {guessed}; không có PKCE", f"state: {guessed}; no PKCE")


@requirement(
    "A04",
    MUST,
    "Cổng chỉ nhận câu trả lời cho chính yêu cầu của trình duyệt này: state thiếu, sai hoặc của trình duyệt khác không tạo phiên.",
    "Only the answer to this browser's own question signs it in: no, an altered or another browser's state gives no session.",
    basis=(
        RFC6749.at("10.12", "the redirection endpoint is protected against cross-site request forgery"),
        OIDC.at("3.1.2.1; 15.5.2"),
        CWE.at("CWE-352", "else a victim files in the attacker's account; a state that was sent must come back"),
    ),
)
@pytest.mark.parametrize("state", BAD_ANSWERS)
def test_only_the_own_answer_signs_a_browser_in(lab: Lab, visitor: Visitor, state: str) -> None:
    own = lab.callback_of(visitor)

    lab.answer(visitor, BAD_ANSWERS[state](lab, own))

    # A portal that sends no state (PKCE alone binds its logins) is judged by the answer from another browser.
    is_judged = bool(_state_of(own)) or state == "another_browsers"
    who = visitor.login.session()
    assert not (is_judged and who.signed_in), came(
        f"state {state}: trình duyệt được đăng nhập là {who.name}",
        f"state {state}: the browser is signed in as {who.name}",
    )
    good_login(lab, visitor, fault_used=False)


@requirement(
    "A05",
    MUST,
    "Sau đăng nhập, cổng không bao giờ chuyển trình duyệt tới địa chỉ bên ngoài nêu trong yêu cầu.",
    "After the login the browser is never sent to an outside address that the request named.",
    basis=(CWE.at("CWE-601"), RFC9700.at("4.11.1", "clients must not expose open redirectors"), ASVS.at("3.7.2")),
)
@pytest.mark.parametrize("written", OUTSIDE)
def test_an_outside_target_is_not_followed(lab: Lab, visitor: Visitor, written: str) -> None:
    outside = urlsplit(lab.control.url)
    target = OUTSIDE[written].format(scheme=outside.scheme, host=outside.netloc, home=visitor.browser.home)

    at_login = _led(lab, visitor, target)
    with good_twin():
        signs_in(lab, again := lab.visitor(visitor.citizen))
    when_signed_in = again.login.begin(target)

    arrived = [urlsplit(page.url) for page in (at_login, when_signed_in)]
    followed = [url.geturl() for url in arrived if (url.netloc, url.path) == (outside.netloc, "/ngoai")]
    assert not followed, came(
        f"“{target}” đưa trình duyệt tới {followed[0]}", f"“{target}” led the browser to {followed[0]}"
    )


@requirement(
    "A06",
    MUST,
    "Cổng đã gửi nonce thì từ chối ID token mang nonce khác hoặc không có nonce.",
    "Where the portal sent a nonce, an ID token with another one or none is refused.",
    basis=(OIDC.at("3.1.3.7 (11); 2", "a nonce that was sent must come back, and the same"), ASVS.at("10.5.1")),
)
@pytest.mark.parametrize("effect", ["wrong_nonce", "missing_nonce"])
def test_another_nonce_is_refused(lab: Lab, visitor: Visitor, effect: str) -> None:
    lab.fault("login.id_token", effect, about=visitor.citizen.id)

    lab.try_to_log_in(visitor)

    was_sent, is_read = bool(asked(lab, issued(lab, visitor)).get("nonce")), reads_id_tokens(lab, visitor)
    assert not (was_sent and is_read and visitor.login.session().signed_in), came(
        f"ID token {effect} được chấp nhận", f"an ID token with {effect} was accepted"
    )
    good_login(lab, visitor, fault_used=is_read)


@requirement(
    "A07",
    MUST,
    "ID token sai thuật toán, sai hoặc thiếu iss, aud, sub, iat, exp, hoặc đã hết hạn đều bị từ chối.",
    "An ID token of a wrong algorithm, with a wrong or no iss, aud, sub, iat or exp, or expired, is refused.",
    basis=(OIDC.at("3.1.3.7; 2", "required claims, issuer, audience, algorithm, expiry"), RFC7519.at("4.1; 7.2")),
)
@pytest.mark.parametrize("effect", ID_TOKENS)
def test_a_wrong_id_token_is_refused(lab: Lab, visitor: Visitor, effect: str) -> None:
    lab.fault("login.id_token", effect, about=visitor.citizen.id)

    lab.try_to_log_in(visitor)

    assert not visitor.login.session().signed_in, came(
        f"ID token {effect} được chấp nhận", f"an ID token with {effect} was accepted"
    )
    good_login(lab, visitor)


@requirement(
    "A07.wrong_azp",
    SHOULD,
    "ID token cấp cho bên khác (azp) bị từ chối.",
    "An ID token that names another authorized party (azp) is refused.",
    basis=OIDC.at("3.1.3.7 (5)", "the client SHOULD verify that azp is its own client id"),
)
def test_a_token_for_another_party_is_refused(lab: Lab, visitor: Visitor) -> None:
    lab.fault("login.id_token", "wrong_azp", about=visitor.citizen.id)

    lab.try_to_log_in(visitor)

    assert not visitor.login.session().signed_in, came(
        "ID token của bên khác", "a token for another party was accepted"
    )
    good_login(lab, visitor)


def _led(lab: Lab, visitor: Visitor, target: str) -> Page:
    """Where a login with this target ends: behind the callback, or at once where the portal turns the request away."""
    page = visitor.login.begin(target)
    if origin_of(page.url) == visitor.browser.home:
        return page
    return visitor.browser.get(lab.callback_of(visitor, target=target), operation="callback")
