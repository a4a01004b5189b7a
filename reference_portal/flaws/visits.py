"""Flaws around a login: whom the portal asks, what it lets a browser see and bring, how a session begins and ends."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx

from reference_portal import trust
from reference_portal.calls import login
from reference_portal.calls.asking import PATIENCE, LoginRefused, answer_of
from reference_portal.calls.login import Attempt, Identity
from reference_portal.dossiers import Dossier
from reference_portal.flaws.login import asking
from reference_portal.flaws.row import Change, Flaw, both, called, ids, ruled
from reference_portal.parts import Parts

FROM_BROWSER = "from the browser:"


def _with_id_token(attempt: Attempt, identity: Identity) -> str:
    return f"{attempt.target}?{urlencode({'id_token': identity.id_token})}"


def _asked_anew(provider: Mapping[str, str], redirect_uri: str, attempt: Attempt) -> str:
    return asking(login.authorization_url(provider, redirect_uri, attempt), prompt="login")


def _code_or_token(answer: Mapping[str, str]) -> str | None:
    if "error" in answer:
        return None
    token = answer.get("accessToken") or answer.get("access_token")
    return FROM_BROWSER + token if token else answer.get("code")


def _by_token(*, own_alone: bool) -> Change:
    """An access token in the callback's address logs its owner in; `own_alone`: one that this portal was given."""

    async def redeem(
        http: httpx.AsyncClient, provider: Mapping[str, str], redirect_uri: str, code: str, attempt: Attempt
    ) -> Identity:
        token = code.removeprefix(FROM_BROWSER)
        if token == code:
            identity: Identity = await login.redeem(http, provider, redirect_uri, code, attempt)
            return identity
        form = {"token": token, "client_id": provider["client_id"], "client_secret": provider["client_secret"]}
        asked = http.build_request("POST", provider["introspection_endpoint"], data=form, timeout=PATIENCE)
        told = await answer_of(asked, http)
        if own_alone and told.get("client_id") != provider["client_id"]:
            raise LoginRefused("another client's access token")
        return await login.read_identity(http, provider, {"access_token": token})

    return both(ruled("login", code=_code_or_token), called(redeem=redeem))


def _target_of_the_latest(parts: Parts) -> Parts:
    """One place for the target of whoever is logging in."""
    latest: list[str] = []

    def begin(target: str) -> Attempt:
        latest[:] = [target]
        return login.begin(target)

    def onward(attempt: Attempt, _identity: Identity) -> str:
        return latest[0] if latest else attempt.target

    return both(called(begin=begin), ruled("login", onward=onward))(parts)


def _subject_of_the_link(query: Mapping[str, str]) -> str | None:
    try:
        return base64.b64decode(query.get("MDT", "")).decode() or None
    except ValueError:
        return None


def _applicant_of_the_form(dossier: Dossier) -> tuple[str, str]:
    forms = [component.form for component in dossier.components if component.form]
    told: dict[str, Any] = forms[0] if forms else {}
    return told.get("requester_name", dossier.applicant), dossier.personal_id


ROWS = (
    Flaw(
        "id_token_in_address",
        ruled("login", onward=_with_id_token),
        ids("A11"),
        "specs/portal.md 1.14 RP-8: tokens in the portal's own addresses",
        "Đưa ID token vào địa chỉ trang sau đăng nhập.",
        "The page after the login has the ID token in its address.",
    ),
    Flaw(
        "certificate_not_verified",
        lambda parts: replace(parts, trust=trust.of_anybody),
        ids("A13"),
        "specs/portal.md 1.14 RP-4: TLS verification switched off",
        "Tắt kiểm tra chứng thư TLS khi gọi trang đăng nhập.",
        "TLS verification is switched off.",
        tls=True,
    ),
    Flaw(
        "own_token_logs_in",
        _by_token(own_alone=True),
        ids("A14"),
        "specs/portal.md 1.14 RP-8: login by an access token in the address",
        "Đăng nhập bằng access token nằm trong địa chỉ quay về.",
        "An access token in the callback's address logs its owner in.",
    ),
    Flaw(
        "any_token_logs_in",
        _by_token(own_alone=False),
        ids("A15"),
        "specs/portal.md 1.14 RP-20: access token trusted without its audience",
        "Nhận cả access token cấp cho ứng dụng khác.",
        "An access token that another application was given logs its owner in.",
        also=ids("A14"),
    ),
    Flaw(
        "applicant_of_the_form",
        ruled("filing", applicant=_applicant_of_the_form),
        ids("A22"),
        "specs/portal.md 1.14 RP-7: identity taken from what the browser sends",
        "Lấy họ tên người nộp từ biểu mẫu.",
        "The applicant's name is what the form says.",
    ),
    Flaw(
        "provider_session_left",
        ruled("login", logout_at_provider=False),
        ids("A25"),
        "specs/portal.md 1.12: after the local logout one click logs the same person in",
        "Đăng xuất ở cổng nhưng để phiên ở trang đăng nhập sống tiếp.",
        "Logout leaves the session at the national login alive.",
    ),
    Flaw(
        "provider_session_hidden",
        both(called(authorization_url=_asked_anew), ruled("login", logout_at_provider=False)),
        ids("A25"),
        "specs/portal.md 1.12: the session at the login outlives the portal's; prompt=login only hides it",
        "Đăng xuất để phiên ở trang đăng nhập sống tiếp, chỉ bắt đăng nhập lại bằng prompt=login.",
        "Logout leaves the session at the national login alive and hides it behind prompt=login.",
    ),
    Flaw(
        "deep_link_lost",
        ruled("login", target_of_deep_link=lambda _link: "/"),
        ids("A31"),
        "specs/portal.md 1.13: the login must lead back to exactly this form",
        "Sau đăng nhập về trang chủ, quên thủ tục mà liên kết nêu.",
        "After the login the link's procedure is forgotten.",
    ),
    Flaw(
        "deep_link_unknown",
        ruled("login", knows_deep_links=False),
        ids("A31"),
        "specs/portal.md 1.13: portals that the national portal can only name by their home page",
        "Không nhận liên kết từ Cổng quốc gia: trả lời 404.",
        "Links of the national portal meet a 404.",
        also=ids("A32"),
    ),
    Flaw(
        "mdt_believed",
        ruled("login", signed_in_by_link=_subject_of_the_link),
        ids("A32"),
        "specs/portal.md 1.14 RP-7: identity taken from what the browser sends; 1.13: MDT",
        "Cho vào phiên của người mà MDT trong liên kết nêu.",
        "A link's MDT signs its browser in as that person.",
    ),
    Flaw(
        "target_of_the_latest",
        _target_of_the_latest,
        ids("A35"),
        "specs/portal.md 1.14 RP-1: what belongs to one browser is kept for all",
        "Giữ trang cần về ở một chỗ chung cho mọi người đang đăng nhập.",
        "The page to go on to is kept in one place for all who log in.",
    ),
)
