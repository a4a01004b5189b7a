"""The Treasury's pages for a person: lookup list, the wizard's four screens, a member's link, the signing dialog, member login.

A script reads the USB token through the agent on the citizen's computer; without it certificate and signature are pasted.
"""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from reference_portal.dossiers import Refused
from reference_portal.kbnn import accounts, screens, sending, wizard
from reference_portal.kbnn.api import COOKIE
from reference_portal.kbnn.holding import der_of, held_of
from reference_portal.kbnn.registrations import OWNERS, PREPARING, REFUSED, ROLES
from reference_portal.pages.render import FOLDER, fields, page
from reference_portal.web import office, person, signed_in

_ORDER = (screens.UNIT, screens.PROJECTS, screens.MEMBERS, screens.PAPER)
_BLANK_ROWS = 2
_SCRIPT = FOLDER / "token.js"


async def _lookup(request: Request) -> Response:
    """“Tra cứu hồ sơ đăng ký”: state and reason of each, and the way to copy what was refused."""
    hall = office(request)
    rules = hall.parts.rules.kbnn
    rows = [
        (each, rules.state_text(each.state), rules.listed_refusal(each), each.state == REFUSED)
        for each in wizard.listed(hall, await signed_in(request))
    ]
    return page(request, "kbnn_lookup.html", {"rows": rows})


async def _draft(request: Request) -> Response:
    copy_of = (await fields(request)).get("copy_of") or None
    made = await wizard.draft(office(request), await person(request), copy_of)
    return RedirectResponse(_place(made.id, 1), 303)


async def _screen(request: Request) -> Response:
    hall, who = office(request), await signed_in(request)
    registration = wizard.own(hall, who, request.path_params["dossier"])
    number = int(request.path_params["screen"])
    if not 1 <= number <= len(_ORDER):
        raise Refused("no_such_screen", "Không có màn hình này.", status=404)
    rules, member = hall.parts.rules.kbnn, registration.member(who.personal_id)
    mine = registration.state == PREPARING and registration.about == who.id
    values = {
        "registration": registration,
        "state_text": rules.state_text(registration.state),
        "number": number,
        "titles": [screens.TITLES[name] for name in _ORDER],
        "rows": _rows(_ORDER[number - 1], screens.form_of(registration, _ORDER[number - 1]), blank=mine),
        "roles": ROLES,
        "editable": mine and number < len(_ORDER),
        "asks": mine and number == len(_ORDER),
        "signs": registration.state == PREPARING and member is not None and member.role in OWNERS,
    }
    return page(request, "kbnn_screen.html", values)


async def _save(request: Request) -> Response:
    number, place = int(request.path_params["screen"]), request.path_params["dossier"]
    if not 1 <= number < len(_ORDER):
        raise Refused("no_form", "Màn hình này không có biểu mẫu.", status=404)
    typed = {name: value.strip() for name, value in (await fields(request)).items()}
    empty = {name.partition(".")[0] for name in typed} - {
        name.partition(".")[0] for name, text in typed.items() if text
    }
    form = {name: text for name, text in typed.items() if "." not in name or name.partition(".")[0] not in empty}
    await wizard.save(office(request), await person(request), place, _ORDER[number - 1], form)
    return RedirectResponse(_place(place, number + 1), 303)


async def _ask(request: Request) -> Response:
    asked = await wizard.ask(office(request), await person(request), request.path_params["dossier"])
    return RedirectResponse(_place(asked.id, len(_ORDER)), 303)


async def _link(request: Request) -> Response:
    """The mailed link; whose it is shows when the certificate comes."""
    await signed_in(request)
    return page(request, "kbnn_confirm.html", {})


async def _confirm(request: Request) -> Response:
    told, place = await fields(request), request.path_params
    certificate = _pasted(told, "certificate")
    done = await wizard.confirm(office(request), await person(request), place["dossier"], place["token"], certificate)
    return RedirectResponse(_place(done.id, len(_ORDER)), 303)


async def _dialog(request: Request) -> Response:
    """“Phê duyệt hồ sơ”, before a certificate was picked."""
    registration = wizard.own(office(request), await signed_in(request), request.path_params["dossier"])
    return page(request, "kbnn_sign.html", {"registration": registration, "signing": None})


async def _pick(request: Request) -> Response:
    """The digest for the token of the certificate that was picked."""
    who, certificate = await person(request), _pasted(await fields(request), "certificate")
    registration = wizard.own(office(request), who, request.path_params["dossier"])
    begun = await sending.start(office(request), who, registration.id, certificate)
    serial = held_of(der_of(certificate)).serial
    values = {"registration": registration, "signing": begun, "certificate": certificate, "serial": serial}
    return page(request, "kbnn_sign.html", values)


async def _answer(request: Request) -> Response:
    told, place = await fields(request), request.path_params
    reply = {name: _pasted(told, name) for name in ("certificate", "signature", "error")}
    await sending.answer(office(request), await person(request), place["signing"], reply)
    return RedirectResponse(_place(place["dossier"], len(_ORDER)), 303)


async def _members_door(request: Request) -> Response:
    account = accounts.signed_in(office(request), request.cookies.get(COOKIE, ""))
    roles = [ROLES.get(role, role) for role in account.roles] if account else []
    return page(request, "kbnn_login.html", {"account": account, "roles": roles})


async def _member_login(request: Request) -> Response:
    told = await fields(request)
    given = (told.get(name, "") for name in ("account", "password", "new_password"))
    _, token = await accounts.log_in(office(request), *given)
    answer = RedirectResponse("/kbnn/dang-nhap", 303)
    answer.headers.append("set-cookie", f"{COOKIE}={token}; {office(request).parts.rules.login.cookie}")
    return answer


async def _script(_request: Request) -> Response:
    return FileResponse(_SCRIPT, media_type="text/javascript")


def _rows(screen: str, form: dict[str, str], *, blank: bool) -> list[list[tuple[str, str, str]]]:
    """(field's name, label, value) by rows; where it is edited, some empty rows below a list."""
    if screen == screens.UNIT:
        return [[(name, label, form.get(name, "")) for name, label in screens.UNIT_FIELDS.items()]]
    labels = {screens.PROJECTS: screens.PROJECT_FIELDS, screens.MEMBERS: screens.MEMBER_FIELDS}.get(screen, {})
    filled = len({name.partition(".")[0] for name in form})
    return [
        [(f"{row}.{name}", label, form.get(f"{row}.{name}", "")) for name, label in labels.items()]
        for row in range(1, (filled + (_BLANK_ROWS if blank else 0) if labels else 0) + 1)
    ]


def _pasted(told: dict[str, str], name: str) -> str:
    """Base64 as people paste it, in lines."""
    return "".join(told.get(name, "").split())


def _place(registration: str, screen: int) -> str:
    return f"/kbnn/ho-so/{quote(registration)}/{screen}"


_ONE = "/kbnn/ho-so/{dossier}"
ROUTES = [
    Route("/kbnn/tra-cuu", _lookup),
    Route("/kbnn/ho-so", _draft, methods=["POST"]),
    Route(f"{_ONE}/thanh-vien", _ask, methods=["POST"]),
    Route(f"{_ONE}/ky", _pick, methods=["POST"]),
    Route(f"{_ONE}/ky", _dialog),
    Route(f"{_ONE}/ky/{{signing}}", _answer, methods=["POST"]),
    Route(f"{_ONE}/{{screen:int}}", _save, methods=["POST"]),
    Route(f"{_ONE}/{{screen:int}}", _screen),
    Route("/kbnn/xac-nhan/{dossier}/{token}", _confirm, methods=["POST"]),
    Route("/kbnn/xac-nhan/{dossier}/{token}", _link),
    Route("/kbnn/dang-nhap", _member_login, methods=["POST"]),
    Route("/kbnn/dang-nhap", _members_door),
    Route("/kbnn/token.js", _script),
]
