"""The Portal Test Interface on registrations: the same paths as for dossiers, told apart by the id."""

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reference_portal.dossiers import Refused
from reference_portal.kbnn import accounts, screens, sending, views, wizard
from reference_portal.kbnn.accounts import MemberAccount
from reference_portal.kbnn.registrations import Registration
from reference_portal.rules.kbnn import FIRST_PASSWORD_LIFE
from reference_portal.web import json_body, office, person, text

COOKIE = "phien_kbnn"
TREASURY = {
    "confirmation": r"/kbnn/xac-nhan/[\w-]+/([\w-]+)",
    "account": r"Tài khoản: (\S+)",
    "password": r"Mật khẩu lần đầu: (\S+)",
    "first_password_seconds": int(FIRST_PASSWORD_LIFE.total_seconds()),
}
"""Where in the mails the suite finds a link's token, an account and its first password."""


class _Id(Convertor[str]):
    """The id of a registration."""

    regex = "kbnn-[0-9a-f]{32}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("registration", _Id())


async def draft(request: Request, copy_of: str | None) -> Response:
    return shown(request, await wizard.draft(office(request), await person(request), copy_of), 201)


def shown(request: Request, registration: Registration, status: int = 200) -> Response:
    hall = office(request)
    return JSONResponse(views.whole(registration, hall.books, hall.parts.rules.kbnn), status)


async def _read(request: Request) -> Response:
    return shown(request, wizard.own(office(request), await person(request), request.path_params["dossier"]))


async def _put(request: Request) -> Response:
    told = await json_body(request)
    form = {} if told.get("delete") is True else told.get("form")
    if not isinstance(form, dict) or not all(isinstance(value, str) for value in form.values()):
        raise Refused("bad_form", "Biểu mẫu phải gồm tên ô và nội dung.", status=422, field="form")
    place, who = request.path_params, await person(request)
    return shown(request, await wizard.save(office(request), who, place["dossier"], place["component"], form))


async def _file(request: Request) -> Response:
    hall = office(request)
    registration = wizard.own(hall, await person(request), request.path_params["dossier"])
    content = hall.books.file(registration.file) if registration.file == request.path_params["file"] else None
    if content is None:
        raise Refused("no_such_file", "Không tìm thấy tập tin.", status=404)
    named = {"content-disposition": f'attachment; filename="{registration.code}.pdf"'}
    return Response(content, media_type="application/pdf", headers=named)


async def _sign(request: Request) -> Response:
    told = await json_body(request)
    if text(told, "through") != "token" or request.path_params["component"] != screens.PAPER:
        raise Refused("no_such_way", "Hồ sơ này được ký bằng USB token.", status=422, field="through")
    who = await person(request)
    begun = await sending.start(office(request), who, request.path_params["dossier"], text(told, "certificate"))
    return JSONResponse(views.signing_view(begun), 202)


async def _answer(request: Request) -> Response:
    reply = (await json_body(request)).get("reply")
    if not isinstance(reply, dict):
        raise Refused("bad_reply", "Thiếu trả lời của USB token.", status=422, field="reply")
    done = await sending.answer(office(request), await person(request), request.path_params["signing"], reply)
    return JSONResponse(views.signing_view(done))


async def _act(request: Request) -> Response:
    told, hall, who = await json_body(request), office(request), await person(request)
    action, name = text(told, "action"), request.path_params["dossier"]
    if action == "submit":
        return shown(request, await wizard.ask(hall, who, name))
    if action == "confirm":
        done = await wizard.confirm(hall, who, name, text(told, "token"), text(told, "certificate"))
        return shown(request, done)
    raise Refused("not_claimed", "Cổng không cung cấp thao tác này.", status=422)


async def _member_login(request: Request) -> Response:
    told = await json_body(request)
    given = (text(told, "account"), text(told, "password"), text(told, "new_password", ""))
    account, token = await accounts.log_in(office(request), *given)
    answer = JSONResponse(session_view(account))
    attributes = office(request).parts.rules.login.cookie
    answer.headers.append("set-cookie", f"{COOKIE}={token}; {attributes}")
    return answer


def session_view(account: MemberAccount) -> dict[str, object]:
    who = {"account": account.id, "name": account.name, "personal_id": account.personal_id}
    return {"signed_in": True, **who, "roles": account.roles}


_ONE = "/pti/dossiers/{dossier:registration}"
ROUTES = [
    Route(_ONE, _read),
    Route(f"{_ONE}/components/{{component}}", _put, methods=["PUT"]),
    Route(f"{_ONE}/components/{{component}}/sign", _sign, methods=["POST"]),
    Route(f"{_ONE}/files/{{file}}", _file),
    Route(f"{_ONE}/act", _act, methods=["POST"]),
    Route("/pti/signings/{signing}/answer", _answer, methods=["POST"]),
    Route("/pti/member-login", _member_login, methods=["POST"]),
]
