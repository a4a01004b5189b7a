"""Flaws of login and session."""

import base64
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from reference_portal.accounts import new_token
from reference_portal.calls import login
from reference_portal.calls.asking import LoginRefused
from reference_portal.calls.id_tokens import check_id_token
from reference_portal.calls.login import Attempt, Identity
from reference_portal.flaws.row import Flaw, called, ids, ruled
from reference_portal.parts import Parts


def asking(url: str, *, without: tuple[str, ...] = (), **other: str) -> str:
    """The authorization URL with some parameters left out or other."""
    address, _, query = url.partition("?")
    asked = {name: value for name, value in parse_qsl(query) if name not in without}
    return f"{address}?{urlencode({**asked, **other})}"


def _begins_alike(attempts: Sequence[Attempt], state: str) -> Attempt | None:
    return next((attempt for attempt in attempts if attempt.state[:8] == state[:8]), None)


def _own_by_its_beginning(asked: str) -> str:
    """The portal's own address is known by how it begins, and nobody thinks of what stands before an @."""
    own = asked.startswith(("/", "http://localhost")) and not asked.startswith(("//", "/\\"))
    return asked if own and asked.isprintable() else "/"


def _profile_only(provider: Mapping[str, str], redirect_uri: str, attempt: Attempt) -> str:
    return asking(login.authorization_url(provider, redirect_uri, attempt), scope="profile")


async def _userinfo_alone(
    http: httpx.AsyncClient, provider: Mapping[str, str], redirect_uri: str, code: str, attempt: Attempt
) -> Identity:
    return await login.read_identity(http, provider, await login.exchange(http, provider, redirect_uri, code, attempt))


def _counting(parts: Parts) -> Parts:
    states = itertools.count(1)

    def begin(target: str) -> Attempt:
        return replace(login.begin(target), state=str(next(states)))

    def url(provider: Mapping[str, str], redirect_uri: str, attempt: Attempt) -> str:
        right = login.authorization_url(provider, redirect_uri, attempt)
        return asking(right, without=("code_challenge", "code_challenge_method"))

    return called(begin=begin, authorization_url=url)(parts)


def unverified(id_token: str) -> Mapping[str, Any]:
    """The claims of a token whose signature nobody looks at."""
    try:
        payload = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError) as error:
        raise LoginRefused("ID token: unreadable") from error
    return claims if isinstance(claims, dict) else {}


async def _any_nonce(
    http: httpx.AsyncClient, provider: Mapping[str, str], redirect_uri: str, code: str, attempt: Attempt
) -> Identity:
    tokens = await login.exchange(http, provider, redirect_uri, code, attempt)
    id_token = str(tokens.get("id_token") or "")
    sent = str(unverified(id_token).get("nonce"))
    claims = await check_id_token(http, provider, id_token, sent)
    identity = await login.read_identity(http, provider, tokens)
    if identity.subject != claims["sub"]:
        raise LoginRefused("userinfo speaks of another subject than the ID token")
    return identity


async def _decoded_only(
    http: httpx.AsyncClient, provider: Mapping[str, str], redirect_uri: str, code: str, attempt: Attempt
) -> Identity:
    tokens = await login.exchange(http, provider, redirect_uri, code, attempt)
    if unverified(str(tokens.get("id_token") or "")).get("nonce") != attempt.nonce:
        raise LoginRefused("ID token: another nonce")
    return await login.read_identity(http, provider, tokens)


def _email_needed(identity: Identity) -> tuple[str | None, str | None]:
    return identity.phone, identity.email.lower()  # type: ignore[union-attr]  # the flaw is that it may be missing


ROWS = (
    Flaw(
        "anonymous_draft",
        ruled("login", draft_needs_account=False),
        ids("A01"),
        "specs/portal.md 2.15: endpoints that answer without login",
        "Tạo được hồ sơ mà không cần đăng nhập.",
        "A draft is made without a session.",
    ),
    Flaw(
        "scope_without_openid",
        called(authorization_url=_profile_only, redeem=_userinfo_alone),
        ids("A02"),
        "specs/portal.md 1.14 RP-3: no ID token is looked at",
        "Chỉ xin scope “profile” và tin riêng userinfo.",
        "Asks for scope profile and trusts userinfo alone.",
        also=ids("A07", "A25"),
    ),
    Flaw(
        "state_is_a_counter",
        _counting,
        ids("A03"),
        "specs/portal.md 1.14 RP-1: no state worth the name, no PKCE",
        "state là số đếm 1, 2, 3, không dùng PKCE.",
        "state is a counter, and there is no PKCE.",
    ),
    Flaw(
        "state_not_compared",
        ruled("login", attempt_for=lambda attempts, _state: attempts[-1] if attempts else None),
        ids("A04"),
        "specs/portal.md 1.14 RP-1: state not compared",
        "Không so sánh state khi quay về.",
        "The callback's state is not compared.",
    ),
    Flaw(
        "state_compared_in_part",
        ruled("login", attempt_for=_begins_alike),
        ids("A04"),
        "specs/portal.md 1.14 RP-1: state not compared as a whole",
        "Chỉ so sánh tám ký tự đầu của state.",
        "Only the first eight letters of state are compared.",
    ),
    Flaw(
        "target_followed",
        ruled("login", target=lambda asked: asked),
        ids("A05"),
        "specs/portal.md 1.14 RP-1: return URL taken from the request",
        "Sau đăng nhập chuyển đến bất kỳ địa chỉ nào trong “target”.",
        "Any target is followed after login.",
    ),
    Flaw(
        "target_known_by_its_beginning",
        ruled("login", target=_own_by_its_beginning),
        ids("A05"),
        "specs/portal.md 1.14 RP-1: return URL taken from the request",
        "Nhận ra địa chỉ của mình chỉ qua phần đầu (http://cổng@nơi-khác).",
        "Its own address is known by its beginning only (http://portal@elsewhere).",
    ),
    Flaw(
        "nonce_not_compared",
        called(redeem=_any_nonce),
        ids("A06"),
        "specs/portal.md 1.14 RP-2: no nonce",
        "Không so sánh nonce của ID token.",
        "The ID token's nonce is not compared.",
    ),
    Flaw(
        "id_token_not_validated",
        called(redeem=_decoded_only),
        ids("A07"),
        "specs/portal.md 1.14 RP-3: ID token not validated",
        "Chỉ giải mã ID token, không kiểm chữ ký, iss, aud, exp.",
        "The ID token is decoded, never validated.",
        also=ids("A36", "A37"),
    ),
    Flaw(
        "linked_by_email",
        ruled("login", key=lambda identity: identity.email or identity.techid),
        ids("A16"),
        "specs/portal.md 1.14 RP-12: account linking by e-mail",
        "Ghép tài khoản theo thư điện tử.",
        "Accounts are linked by e-mail.",
    ),
    Flaw(
        "email_needed",
        ruled("login", contact=_email_needed),
        ids("A19"),
        "specs/portal.md 1.14 RP-16: crash when e-mail is missing",
        "Lỗi 500 khi tài khoản không có thư điện tử.",
        "Login crashes without an e-mail address.",
    ),
    Flaw(
        "cookie_without_samesite",
        ruled("login", cookie="Path=/; HttpOnly; Secure"),
        ids("A23"),
        "specs/portal.md 1.14 RP-10: cookie without SameSite",
        "Cookie phiên không có SameSite.",
        "The session cookie has no SameSite.",
    ),
    Flaw(
        "session_not_rotated",
        ruled("login", token_after_login=lambda old: old or new_token()),
        ids("A23"),
        "specs/portal.md 1.14 RP-21: session id not rotated at login",
        "Mã phiên không đổi khi đăng nhập.",
        "The session id survives the login.",
    ),
    Flaw(
        "logout_clears_cookie_only",
        ruled("login", logout_ends_session=False),
        ids("A26"),
        "specs/portal.md 1.14 RP-11: logout only local",
        "Đăng xuất chỉ xóa cookie, phiên trên máy chủ vẫn sống.",
        "Logout clears the cookie and leaves the session alive.",
    ),
    Flaw(
        "error_callback_crashes",
        ruled("login", code=lambda answer: answer["code"]),
        ids("A28"),
        "specs/portal.md 1.14 RP-24: error callback shows a stack trace",
        "Lỗi 500 khi trang đăng nhập trả về lỗi.",
        "The portal crashes on an error from the login.",
    ),
    Flaw(
        "refused_login_begins_anew",
        ruled("login", turned_away=lambda token, _message: (token, "/pti/login")),
        ids("A28"),
        "specs/portal.md 1.14 RP-24: an error callback that leads back to the login goes round for ever",
        "Trang đăng nhập trả về lỗi thì cổng lại đưa tới trang đăng nhập, không nói vì sao.",
        "An error from the login leads straight back to the login, without a word.",
    ),
)
