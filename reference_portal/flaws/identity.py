"""Flaws of what is believed about who logged in: the ID token, its keys, the code, userinfo."""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from reference_portal.calls import login
from reference_portal.calls.asking import PATIENCE, LoginRefused, answer_of
from reference_portal.calls.id_tokens import check_claims, check_id_token, decoded, keys_of
from reference_portal.calls.login import Attempt, Identity, identity_of
from reference_portal.flaws.login import asking, unverified
from reference_portal.flaws.row import Flaw, called, ids
from reference_portal.parts import Parts

Provider = Mapping[str, str]
Check = Callable[[httpx.AsyncClient, Provider, str, Attempt], Awaitable[Mapping[str, Any]]]
Read = Callable[[httpx.AsyncClient, Provider, Mapping[str, Any]], Awaitable[Identity]]
LONGEST_NAME = 60
NO_NUMBER = "000000000000"


async def _checked(http: httpx.AsyncClient, provider: Provider, id_token: str, attempt: Attempt) -> Mapping[str, Any]:
    return await check_id_token(http, provider, id_token, attempt.nonce)


def _redeeming(check: Check = _checked, read: Read = login.read_identity, *, compared: bool = True) -> Any:
    """The right way from a code to a person, with one of its steps replaced."""

    async def redeem(
        http: httpx.AsyncClient, provider: Provider, redirect_uri: str, code: str, attempt: Attempt
    ) -> Identity:
        tokens = await login.exchange(http, provider, redirect_uri, code, attempt)
        claims = await check(http, provider, str(tokens.get("id_token") or ""), attempt)
        identity = await read(http, provider, tokens)
        if compared and identity.subject != claims["sub"]:
            raise LoginRefused("userinfo speaks of another subject than the ID token")
        return identity

    return redeem


def _with_first_keys(parts: Parts) -> Parts:
    kept: list[KeySet] = []

    async def check(http: httpx.AsyncClient, provider: Provider, id_token: str, attempt: Attempt) -> Mapping[str, Any]:
        if not kept:
            kept.append(await keys_of(http, provider))
        try:
            return check_claims(provider, decoded(id_token, kept[0]), attempt.nonce)
        except (JoseError, ValueError) as error:
            raise LoginRefused("ID token: no such key") from error

    return called(redeem=_redeeming(check))(parts)


async def _unsigned(_http: httpx.AsyncClient, provider: Provider, id_token: str, attempt: Attempt) -> Mapping[str, Any]:
    """Everything but the signature."""
    header = id_token.partition(".")[0]
    if json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))).get("alg") != "RS256":
        raise LoginRefused("ID token: another algorithm")
    claims = {name: value for name, value in unverified(id_token).items() if name != "nbf"}
    return check_claims(provider, claims, attempt.nonce)


def _unbound(provider: Provider, redirect_uri: str, attempt: Attempt) -> str:
    right = login.authorization_url(provider, redirect_uri, attempt)
    return asking(right, without=("nonce", "code_challenge", "code_challenge_method"))


async def _without_nonce(
    http: httpx.AsyncClient, provider: Provider, id_token: str, attempt: Attempt
) -> Mapping[str, Any]:
    claims = decoded(id_token, await keys_of(http, provider))
    return check_claims(provider, {**claims, "nonce": attempt.nonce}, attempt.nonce)


async def _asked_twice(
    http: httpx.AsyncClient, provider: Provider, redirect_uri: str, code: str, attempt: Attempt
) -> Identity:
    """One function for the account, another for the profile: each exchanges the code."""
    identity: Identity = await login.redeem(http, provider, redirect_uri, code, attempt)
    try:
        await login.exchange(http, provider, redirect_uri, code, attempt)
    except LoginRefused:
        return identity
    return identity


def _remembering(parts: Parts) -> Parts:
    """So that a reloaded page is no error: who came with a code once comes again with it."""
    known: dict[str, Identity] = {}

    async def redeem(
        http: httpx.AsyncClient, provider: Provider, redirect_uri: str, code: str, attempt: Attempt
    ) -> Identity:
        if code not in known:
            known[code] = await login.redeem(http, provider, redirect_uri, code, attempt)
        return known[code]

    rules = replace(parts.rules.login, attempt_serves_once=False)
    return replace(called(redeem=redeem)(parts), rules=replace(parts.rules, login=rules))


def _seen_as(change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Any:
    """Userinfo as this portal reads it."""

    async def read(http: httpx.AsyncClient, provider: Provider, tokens: Mapping[str, Any]) -> Identity:
        return identity_of(change(await _info(http, provider, tokens)), tokens)

    return called(redeem=_redeeming(read=read))


async def _info(http: httpx.AsyncClient, provider: Provider, tokens: Mapping[str, Any]) -> Mapping[str, Any]:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return await answer_of(
        http.build_request("GET", provider["userinfo_endpoint"], headers=bearer, timeout=PATIENCE), http
    )


def _of_a_schema(told: Mapping[str, Any]) -> Mapping[str, Any]:
    if unknown := [name for name, value in told.items() if value is None or isinstance(value, dict)]:
        raise LoginRefused(f"userinfo: {unknown[0]} is not in the schema")
    return told


def _of_text_alone(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in told.items() if name != "LoaiTaiKhoan" or isinstance(value, str)}


async def _from_the_id_token(http: httpx.AsyncClient, provider: Provider, tokens: Mapping[str, Any]) -> Identity:
    """Userinfo that cannot be had is no reason to turn anybody away."""
    try:
        told = await _info(http, provider, tokens)
    except LoginRefused:
        subject = unverified(str(tokens.get("id_token") or "")).get("sub")
        told = {"sub": subject, "LoaiTaiKhoan": "1", "HoVaTen": str(subject), "SoDinhDanh": NO_NUMBER}
    return identity_of(told, tokens)


async def _telling_all(http: httpx.AsyncClient, provider: Provider, tokens: Mapping[str, Any]) -> Identity:
    """The page of an error shows what the server had in its hands."""
    try:
        return await login.read_identity(http, provider, tokens)
    except LoginRefused as refused:
        raise LoginRefused(refused.why, f"{refused.why}: tokens={json.dumps(dict(tokens))}") from refused


ROWS = (
    Flaw(
        "keys_kept_for_ever",
        _with_first_keys,
        ids("A08"),
        "specs/portal.md 1.15: the login rotates its keys",
        "Giữ mãi khóa công khai lấy lần đầu, không nhận khóa mới của trang đăng nhập.",
        "The first key set is kept for ever; a new key of the login is not known.",
    ),
    Flaw(
        "code_sent_twice",
        called(redeem=_asked_twice),
        ids("A09"),
        "specs/portal.md 1.9: code replay, seen where a portal exchanges a code once more",
        "Đổi một mã đăng nhập hai lần.",
        "A code is exchanged twice.",
    ),
    Flaw(
        "callback_remembered",
        _remembering,
        ids("A10"),
        "specs/portal.md 1.14 RP-1: an answer that serves again",
        "Nhớ câu trả lời của trang đăng nhập, nên địa chỉ quay về dùng lại được.",
        "The login's answer is remembered, so that the callback's address serves again.",
    ),
    Flaw(
        "kind_ignored",
        _seen_as(lambda told: {**told, "LoaiTaiKhoan": "1"}),
        ids("A18"),
        "specs/portal.md 1.14 RP-15: LoaiTaiKhoan confused",
        "Coi mọi loại tài khoản là công dân.",
        "Every kind of account is taken for a citizen's.",
    ),
    Flaw(
        "kind_must_be_text",
        _seen_as(_of_text_alone),
        ids("A18"),
        "specs/portal.md 1.14 RP-15: LoaiTaiKhoan as text alone",
        "Không nhận LoaiTaiKhoan dạng số.",
        "LoaiTaiKhoan as a number is not understood.",
    ),
    Flaw(
        "name_cut",
        _seen_as(lambda told: {**told, "HoVaTen": str(told.get("HoVaTen", ""))[:LONGEST_NAME]}),
        ids("A20"),
        "specs/portal.md 1.14 RP-17: names cut",
        "Cắt họ tên còn 60 ký tự.",
        "Names are cut to 60 letters.",
    ),
    Flaw(
        "schema_is_closed",
        _seen_as(_of_a_schema),
        ids("A21"),
        "specs/portal.md 1.11: extra unknown claims must be ignored",
        "Từ chối đăng nhập khi userinfo có trường lạ.",
        "A login fails when userinfo has a claim that the schema does not know.",
    ),
    Flaw(
        "number_made_up",
        _seen_as(lambda told: {"SoDinhDanh": NO_NUMBER, **told}),
        ids("A21"),
        "specs/portal.md 1.14 RP-16: what is missing is invented",
        "Thiếu số định danh thì điền số bịa.",
        "A missing personal number is invented.",
    ),
    Flaw(
        "login_without_userinfo",
        called(redeem=_redeeming(read=_from_the_id_token)),
        ids("A28"),
        "specs/portal.md 1.14 RP-24: an error of the login is passed over",
        "Userinfo lỗi vẫn cho vào, với danh tính bịa.",
        "Userinfo that fails is passed over, and an identity is made up.",
    ),
    Flaw(
        "error_shows_tokens",
        called(redeem=_redeeming(read=_telling_all)),
        ids("A11"),
        "specs/portal.md 1.14 RP-24: the page of an error shows a trace",
        "Trang lỗi đăng nhập hiện cả token.",
        "The page of a failed login shows the tokens.",
    ),
    Flaw(
        "signature_not_checked",
        called(redeem=_redeeming(_unsigned)),
        ids("A36"),
        "specs/portal.md 1.14 RP-3: the ID token's signature is not checked",
        "Kiểm mọi nội dung của ID token trừ chữ ký.",
        "All of the ID token is checked but its signature.",
    ),
    Flaw(
        "subjects_not_compared",
        called(redeem=_redeeming(compared=False)),
        ids("A37"),
        "specs/portal.md 1.14 RP-3: ID token and userinfo are not held together",
        "Không so sub của userinfo với sub của ID token.",
        "Userinfo's sub is not compared with the ID token's.",
    ),
    Flaw(
        "code_not_bound",
        called(authorization_url=_unbound, redeem=_redeeming(_without_nonce)),
        ids("A38"),
        "specs/portal.md 1.14 RP-2: no nonce, no PKCE",
        "Không gửi nonce, không dùng PKCE.",
        "Neither a nonce nor PKCE.",
    ),
)
