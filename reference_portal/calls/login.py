"""The national login as a relying party: code flow with state, nonce and PKCE; the ID token validated, userinfo compared."""

import base64
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from reference_portal.calls.bodies import object_of

_PATIENCE = 15.0
_LEEWAY = 60
"""Seconds by which two clocks may differ."""
_TRY_AGAIN = "Đã xảy ra lỗi trong quá trình xác thực. Vui lòng thử đăng nhập lại."
_ONLY_CITIZENS = "Cổng chỉ tiếp nhận tài khoản định danh của công dân (loại tài khoản 1)."
_INCOMPLETE = (
    "Tài khoản định danh thiếu họ tên hoặc số định danh cá nhân. Vui lòng cập nhật tại Cổng Dịch vụ công quốc gia."
)
_NUMBER_OF_DIGITS = 12
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a bearer token may look like (RFC 6750 section 2.1): anything else is no header."""


class LoginRefused(Exception):
    """`why` is for the log and never holds a token; `message_vi` is for the citizen."""

    def __init__(self, why: str, message_vi: str = _TRY_AGAIN) -> None:
        super().__init__(why)
        self.why = why
        self.message_vi = message_vi


@dataclass(frozen=True)
class Identity:
    """Who logged in; `techid` is the account's lasting key (an e-mail or a card number is none)."""

    subject: str
    techid: str
    name: str
    personal_id: str
    phone: str | None
    email: str | None
    kind: str
    id_token: str
    birth: str | None


@dataclass(frozen=True)
class Attempt:
    """One way through the login, kept on the server until the browser comes back."""

    state: str
    nonce: str
    verifier: str
    target: str
    at: datetime


def begin(target: str) -> Attempt:
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Attempt(state=state, nonce=nonce, verifier=verifier, target=target, at=datetime.now(UTC))


def authorization_url(login: Mapping[str, str], redirect_uri: str, attempt: Attempt) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": login["client_id"],
        "redirect_uri": redirect_uri,
        "scope": "openid",
        "acr_values": "LoA1",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{login['authorization_endpoint']}?{urlencode(asked)}"


async def redeem(
    http: httpx.AsyncClient, login: Mapping[str, str], redirect_uri: str, code: str, attempt: Attempt
) -> Identity:
    """From the code to a person: the ID token is validated before userinfo is asked, and both must name one subject."""
    tokens = await exchange(http, login, redirect_uri, code, attempt)
    claims = await check_id_token(http, login, str(tokens.get("id_token") or ""), attempt.nonce)
    identity = await read_identity(http, login, tokens)
    if identity.subject != claims["sub"]:
        raise LoginRefused("userinfo speaks of another subject than the ID token")
    return identity


async def exchange(
    http: httpx.AsyncClient, login: Mapping[str, str], redirect_uri: str, code: str, attempt: Attempt
) -> Mapping[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": login["client_id"],
        "client_secret": login["client_secret"],
        "code_verifier": attempt.verifier,
    }
    tokens = await _asked(http.build_request("POST", login["token_endpoint"], data=form, timeout=_PATIENCE), http)
    given = tokens.get("access_token")
    if not isinstance(given, str) or not _BEARER.fullmatch(given):
        raise LoginRefused("the token endpoint gave no access token")
    return tokens


async def check_id_token(
    http: httpx.AsyncClient, login: Mapping[str, str], id_token: str, nonce: str
) -> Mapping[str, Any]:
    """RS256 under a key of the issuer, then OIDC Core 3.1.3.7; its claims."""
    claims = await _signed_claims(http, login, id_token)
    registry = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY,
        iss={"essential": True, "value": login["issuer"]},
        aud={"essential": True, "value": login["client_id"]},
        azp={"value": login["client_id"]},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise LoginRefused(f"ID token: {error}") from error
    if claims["aud"] not in (login["client_id"], [login["client_id"]]):
        raise LoginRefused("ID token: meant for others too, whom we do not know")
    return claims


async def read_identity(http: httpx.AsyncClient, login: Mapping[str, str], tokens: Mapping[str, Any]) -> Identity:
    """Userinfo's claims as a person. E-mail and phone may be missing; unknown claims are nobody's business."""
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    request = http.build_request("GET", login["userinfo_endpoint"], headers=bearer, timeout=_PATIENCE)
    info = await _asked(request, http)
    subject = info.get("sub")
    if not isinstance(subject, str) or not subject:
        raise LoginRefused("userinfo names no subject")
    kind = str(info.get("LoaiTaiKhoan", "")).strip()  # some send "1", some 1
    if kind != "1":
        raise LoginRefused(f"an account of kind {kind!r}", _ONLY_CITIZENS)
    name, personal_id = _text(info, "HoVaTen"), _text(info, "SoDinhDanh")
    if name is None or personal_id is None or not _is_personal_id(personal_id):
        raise LoginRefused("userinfo without a name or a personal number", _INCOMPLETE)
    return Identity(
        subject=subject,
        techid=_text(info, "TechID") or subject,
        name=name,
        personal_id=personal_id,
        phone=_text(info, "SoDienThoai"),
        email=_text(info, "ThuDienTu"),
        kind=kind,
        id_token=str(tokens.get("id_token") or ""),
        birth=_text(info, "NgayThangNamSinh"),
    )


def logout_url(login: Mapping[str, str], id_token: str, back: str) -> str:
    asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back}
    return f"{login['end_session_endpoint']}?{urlencode(asked)}"


async def _signed_claims(http: httpx.AsyncClient, login: Mapping[str, str], id_token: str) -> dict[str, Any]:
    """The issuer may change its key between the token and our look at its keys: an unknown kid is looked up once more."""
    try:
        try:
            return _decoded(id_token, await _keys(http, login))
        except InvalidKeyIdError:
            return _decoded(id_token, await _keys(http, login))
    except (JoseError, ValueError, TypeError) as error:
        raise LoginRefused(f"ID token: {type(error).__name__}") from error


def _decoded(id_token: str, keys: KeySet) -> dict[str, Any]:
    # Header parameters that we do not know are ignored, as RFC 7515 section 4 says; `crit` is still honoured.
    registry = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    return jwt.decode(id_token, keys, algorithms=["RS256"], registry=registry).claims


async def _keys(http: httpx.AsyncClient, login: Mapping[str, str]) -> KeySet:
    served = await _asked(http.build_request("GET", login["jwks_uri"], timeout=_PATIENCE), http)
    keys = served.get("keys")
    listed = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    usable = [key for key in listed if key.get("kty") == "RSA" and key.get("use", "sig") == "sig"]
    return KeySet.import_key_set({"keys": usable})


async def _asked(request: httpx.Request, http: httpx.AsyncClient) -> Mapping[str, Any]:
    """The JSON object of a 200; everything else is a refusal that names the URL and the provider's own error word."""
    try:
        reply = await http.send(request, follow_redirects=False)
        answer = object_of(reply)
    except (httpx.HTTPError, ValueError) as error:
        raise LoginRefused(f"{request.url}: {type(error).__name__}") from error
    if reply.status_code != 200:
        raise LoginRefused(
            f"{request.url}: {reply.status_code} {answer.get('error')} {answer.get('error_description')}"
        )
    return answer


def _text(info: Mapping[str, Any], claim: str) -> str | None:
    """Composed letters (names arrive in both Unicode forms); blank is missing."""
    value = info.get(claim)
    text = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
    return text or None


def _is_personal_id(text: str) -> bool:
    return len(text) == _NUMBER_OF_DIGITS and text.isascii() and text.isdigit()
