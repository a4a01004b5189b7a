"""The one-stop desk: an officer types the key with each deed; nothing of it is kept in the page."""

import hmac

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_portal import desk, treasury
from reference_portal.dossiers import DRAFT, Dossier, Refused
from reference_portal.kbnn import desk as kbnn_desk
from reference_portal.pages.render import fields, page
from reference_portal.web import office

_ACTIONS = {
    "read": "Xem danh sách",
    "accept": "Tiếp nhận",
    "process": "Chuyển xử lý",
    "supplement": "Yêu cầu bổ sung",
    "refuse": "Từ chối tiếp nhận",
    "fee": "Yêu cầu nộp phí",
    "counter_payment": "Thu tiền tại quầy",
    "stop": "Dừng xử lý",
    "rollback": "Thu hồi",
    "reschedule": "Xin lỗi và hẹn lại ngày trả",
    "finish": "Xử lý xong",
    "hand_over": "Trả kết quả",
    "reconcile": "Đối soát thanh toán",
}


async def _desk(request: Request) -> Response:
    return _shown(request, {}, None)


async def _act(request: Request) -> Response:
    told = await fields(request)
    key = office(request).settings.portal_key
    if not hmac.compare_digest(told.get("key", "").encode(), key.encode()):
        return _shown(request, told, "Sai khóa của cán bộ.")
    try:
        message = await _done(request, told)
    except Refused as refused:
        message = refused.message_vi
    listed = [dossier for dossier in office(request).books.every(Dossier) if dossier.state != DRAFT]
    return _shown(request, told, message, listed[::-1])


async def _done(request: Request, told: dict[str, str]) -> str:
    action = told.get("action", "")
    if action == "reconcile":
        await treasury.reconcile(office(request))
        return "Đã đối soát với cổng thanh toán."
    if action == "read":
        return "Danh sách hồ sơ."
    order = desk.Order(
        officer=told.get("officer", ""),
        action=action,
        dossier=told.get("dossier", "").strip(),
        reason=told.get("reason", ""),
        components=tuple(told.get("components", "").replace(",", " ").split()),
        days=_number(told.get("days", "")) or 3,
        legal_basis=told.get("legal_basis", ""),
        due=told.get("due", ""),
        name=told.get("name", ""),
        amount=_number(told.get("amount", "")),
    )
    if registration := kbnn_desk.found(office(request), order.dossier):
        done = await kbnn_desk.act(office(request), registration, order)
        return f"Hồ sơ {done.code}: {office(request).parts.rules.kbnn.state_text(done.state)}."
    dossier = await desk.act(office(request), order)
    return f"Hồ sơ {dossier.code}: {_ACTIONS.get(action, action)} - đã thực hiện."


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _shown(
    request: Request, told: dict[str, str], message: str | None, listed: list[Dossier] | None = None
) -> Response:
    values = {
        "actions": _ACTIONS,
        "officers": desk.OFFICERS,
        "told": told,
        "message": message,
        "listed": listed or [],
    }
    return page(request, "officer.html", values)


ROUTES = [Route("/can-bo", _act, methods=["POST"]), Route("/can-bo", _desk)]
