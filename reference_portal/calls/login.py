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

from reference_portal.calls.asking import PATIENCE, LoginRefused, answer_of
from reference_portal.calls.id_tokens import check_id_token

_ONLY_CITIZENS = "Cổng chỉ tiếp nhận tài khoản định danh của công dân (loại tài khoản 1)."
_INCOMPLETE = (
    "Tài khoản định danh thiếu họ tên hoặc số định danh cá nhân. Vui lòng cập nhật tại Cổng Dịch vụ công quốc gia."
)
_NUMBER_OF_DIGITS = 12
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a bearer token may look like (RFC 6750 section 2.1): anything else is no header."""


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
    tokens = await answer_of(http.build_request("POST", login["token_endpoint"], data=form, timeout=PATIENCE), http)
    given = tokens.get("access_token")
    if not isinstance(given, str) or not _BEARER.fullmatch(given):
        raise LoginRefused("the token endpoint gave no access token")
    return tokens


async def read_identity(http: httpx.AsyncClient, login: Mapping[str, str], tokens: Mapping[str, Any]) -> Identity:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    request = http.build_request("GET", login["userinfo_endpoint"], headers=bearer, timeout=PATIENCE)
    return identity_of(await answer_of(request, http), tokens)


def identity_of(info: Mapping[str, Any], tokens: Mapping[str, Any]) -> Identity:
    """Userinfo's claims as a person. E-mail and phone may be missing; unknown claims are nobody's business."""
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


def _text(info: Mapping[str, Any], claim: str) -> str | None:
    """Composed letters (names arrive in both Unicode forms); blank is missing."""
    value = info.get(claim)
    text = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
    return text or None


def _is_personal_id(text: str) -> bool:
    return len(text) == _NUMBER_OF_DIGITS and text.isascii() and text.isdigit()
