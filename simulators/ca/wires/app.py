"""A CA's app on the citizen's phone: pages with plain forms, the same acts as JSON for tests, and the CA's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.ca.desk.enrolling import Enrolling
from simulators.ca.enrolment import papers
from simulators.ca.enrolment.reasons import Refused
from simulators.ca.enrolment.records import Stage
from simulators.ca.wires.app_acts import ACTS, Act, shown
from simulators.ca.wires.app_types import Appraisal, Shown
from simulators.ca.wires.app_words import WORDS
from simulators.kernel.citizens import Citizen
from simulators.kernel.gate import Gate
from simulators.kernel.pages import page
from simulators.kernel.plain import broken, operation, refuse
from simulators.kernel.wire import Route, answer

HERE = "simulators.ca.pages"
NOBODY = "There is no such citizen; POST /control/citizens makes one."
ERRORS: Mapping[int, str] = {
    404: "no such citizen or order",
    409: "not at this stage of the file",
    423: "five wrong passwords: the account is locked",
}


class View(msgspec.Struct, frozen=True, kw_only=True):
    """`key` opens the page the first time; `done` is the act that was just done."""

    key: str = ""
    done: str = ""


class App:
    """One CA's."""

    def __init__(self, desk: Enrolling, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate
        self._base = f"/ca/{desk.spec.ca}/app"

    def routes(self) -> tuple[Route, ...]:
        told = "How a citizen's enrolment stands."
        html = {401: "the key is missing or wrong", **ERRORS}
        own = f"{self._base}/api/{{citizen}}"
        return (
            operation("GET", own, told, self.tell, gives=Shown, errors={404: ERRORS[404]}),
            *(self._operation(own, act) for act in ACTS),
            Route(
                "GET",
                f"{self._base}/{{citizen}}",
                "The app as a page.",
                self.show,
                broken,
                reads="query",
                takes=View,
                gives="text/html",
                errors=html,
            ),
            *(self._form(act, html) for act in ACTS),
        )

    def _operation(self, own: str, act: Act) -> Route:
        async def handle(request: Request, given: Any) -> Response:
            citizen = await self._citizen(request)
            if citizen is None:
                return refuse(404, NOBODY)
            try:
                await act.run(self._desk, citizen, given)
            except Refused as refused:
                return await self._refused(citizen, refused)
            return answer(shown(await self._desk.account(citizen)))

        return operation(
            "POST",
            f"{own}/{act.name}",
            act.text,
            handle,
            reads="json",
            takes=act.takes,
            gives=Shown,
            errors=ERRORS,
        )

    def _form(self, act: Act, html: Mapping[int, str]) -> Route:
        async def handle(request: Request, given: Any) -> Response:
            if not self._gate.knows(request):
                return page(HERE, "locked.html", 401)
            citizen = await self._citizen(request)
            if citizen is None:
                return self._nobody(request)
            try:
                await act.run(self._desk, citizen, given)
            except Refused as refused:
                await self._desk.turn_away(citizen.id, refused)
                said = WORDS[refused.reason]
                return await self._page(citizen, status=said.status, wrong=said.text.format(left=refused.left))
            return RedirectResponse(f"{self._base}/{quote(citizen.id)}?done={act.name}", 303)

        return Route(
            "POST",
            f"{self._base}/{{citizen}}/{act.name}",
            f"On the page: {act.text}",
            handle,
            broken,
            reads="form",
            takes=act.takes,
            gives="text/html",
            errors=html,
        )

    async def tell(self, request: Request, _given: None) -> Response:
        citizen = await self._citizen(request)
        return answer(shown(await self._desk.account(citizen))) if citizen else refuse(404, NOBODY)

    async def show(self, request: Request, _given: View) -> Response:
        if not self._gate.knows(request):
            return page(HERE, "locked.html", 401)
        citizen = await self._citizen(request)
        return self._gate.remember(request, await self._page(citizen) if citizen else self._nobody(request))

    async def _page(self, citizen: Citizen, *, status: int = 200, wrong: str = "") -> Response:
        account = await self._desk.account(citizen)
        file = account.case.file
        unsigned = papers.contract(self._desk.spec, file, account.case.now)[1] if file else ""
        return page(
            HERE,
            "app.html",
            status,
            base=f"{self._base}/{citizen.id}",
            spec=self._desk.spec,
            packages=[self._desk.spec.package(one.id) for one in self._desk.spec.packages],
            channels_of=sorted({one.channel for one in self._desk.spec.promotions if one.channel}),
            citizen=citizen,
            own=shown(account),
            details=file.details if file else None,
            contract=unsigned if account.case.stage is Stage.IDENTIFIED else "",
            wrong=wrong,
        )

    async def _citizen(self, request: Request) -> Citizen | None:
        return await self._desk.citizen(request.path_params["citizen"])

    def _nobody(self, request: Request) -> Response:
        return page(HERE, "nobody.html", 404, identity=request.path_params["citizen"])

    async def _refused(self, citizen: Citizen, refused: Refused) -> Response:
        await self._desk.turn_away(citizen.id, refused)
        told = {"error": refused.why, "reason": refused.reason.value}
        return answer(told, WORDS[refused.reason].status)


def decisions(desks: Sequence[Enrolling]) -> Route:
    """How the CA decides about a file that it appraises."""
    by_ca = {desk.spec.ca: desk for desk in desks}

    async def handle(request: Request, given: Appraisal) -> Response:
        desk = by_ca.get(request.path_params["ca"])
        citizen = await desk.citizen(request.path_params["citizen"]) if desk else None
        if desk is None or citizen is None:
            return refuse(404, f"There is no such citizen, or nobody enrols there; the CAs are {', '.join(by_ca)}.")
        if given.decision == "refuse" and not given.why.strip():
            return refuse(422, "why: a refusal tells the citizen its reason; write one.")
        try:
            await desk.appraise(citizen, given.why if given.decision == "refuse" else "")
        except Refused as refused:
            return refuse(409, refused.why)
        return answer(shown(await desk.account(citizen)))

    return operation(
        "POST",
        "/control/enrolments/{ca}/{citizen}",
        "Decide an enrolment that a CA appraises: approve, or refuse with a reason.",
        handle,
        reads="json",
        takes=Appraisal,
        gives=Shown,
        errors={404: "no such CA or citizen", 409: "the file is not being appraised"},
    )
