"""The pages: the console with a form that makes a contract, and the journal to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators import VERSION
from simulators.control.contracts import BadContract, Contracts, sheet_of
from simulators.control.people import People
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import in_vietnam
from simulators.kernel.contracts import Contract, ContractRequest, as_env
from simulators.kernel.gate import Gate
from simulators.kernel.journal import Question, UnknownWord
from simulators.kernel.pages import page
from simulators.kernel.plain import broken
from simulators.kernel.wire import Route
from simulators.world import Family, World

HERE = "simulators.front"
SHOWN = 50
ROWS = 200
PAGE_ERRORS = {401: "the key is missing or wrong"}


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """`key` opens the page the first time; `made` is the contract that was just made."""

    key: str = ""
    made: str = ""


class ContractForm(msgspec.Struct, frozen=True, kw_only=True):
    """The form; several URLs of one field are separated by blanks."""

    name: str = "portal"
    redirect_uris: str = ""
    post_logout_redirect_uris: str = ""
    ipn_url: str = ""
    return_url: str = ""
    webhook_url: str = ""
    login_profile: str = "vnconnect-2022"


class CitizenForm(msgspec.Struct, frozen=True, kw_only=True):
    """How many people."""

    count: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1


class RowsView(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows of the journal; the newest of them are shown."""

    key: str = ""
    contract: str = ""
    ref: str = ""
    subject: str = ""
    word: str = ""


class FrontPages:
    """For the holder of the run key."""

    def __init__(self, world: World, families: Sequence[Family], gate: Gate) -> None:
        self._world = world
        self._families = families
        self._gate = gate
        self._contracts = Contracts(world, families)
        self._people = People(world, families)

    def routes(self) -> tuple[Route, ...]:
        return (
            _page("GET", "/", "The console: every URL, secret and citizen to copy.", self.console, Opened),
            _page("POST", "/", "The console's form: make a contract.", self.make_contract, ContractForm),
            _page("POST", "/citizens", "The console's form: make people.", self.make_citizens, CitizenForm),
            _page("GET", "/journal", "The journal as a page.", self.journal, RowsView),
        )

    async def console(self, request: Request, given: Opened) -> Response:
        if not self._gate.knows(request):
            return page(HERE, "locked.html", 401)
        return self._gate.remember(request, await self._console(made=given.made))

    async def make_contract(self, request: Request, given: ContractForm) -> Response:
        if not self._gate.knows(request):
            return page(HERE, "locked.html", 401)
        wanted = ContractRequest(
            name=given.name,
            redirect_uris=tuple(given.redirect_uris.split()),
            post_logout_redirect_uris=tuple(given.post_logout_redirect_uris.split()),
            ipn_url=given.ipn_url.strip(),
            return_url=given.return_url.strip(),
            webhook_url=given.webhook_url.strip(),
            login_profile=given.login_profile,
        )
        try:
            contract = await self._contracts.make(wanted)
        except BadContract as error:
            return await self._console(status=422, wrong=str(error), form=given)
        return RedirectResponse(f"/?made={contract.id}#{contract.id}", 303)

    async def make_citizens(self, request: Request, given: CitizenForm) -> Response:
        if not self._gate.knows(request):
            return page(HERE, "locked.html", 401)
        for _ in range(given.count):
            await self._people.make({})
        return RedirectResponse("/#citizens", 303)

    async def journal(self, request: Request, given: RowsView) -> Response:
        if not self._gate.knows(request):
            return page(HERE, "locked.html", 401)
        fields = {name: getattr(given, name).strip() for name in ("contract", "ref", "subject", "word")}
        wrong = ""
        try:
            rows = self._world.journal.newest(Question(**fields, limit=ROWS))
        except UnknownWord:
            rows, wrong = [], f"Không ai ghi từ {given.word!r} vào nhật ký."
        shown = [{"row": row, "body": _body(row.body)} for row in rows]
        words = sorted(self._world.journal.words.items())
        html = page(HERE, "journal.html", rows=shown, words=words, wrong=wrong, **fields)
        return self._gate.remember(request, html)

    async def _console(
        self, *, status: int = 200, made: str = "", wrong: str = "", form: ContractForm | None = None
    ) -> Response:
        world = self._world
        contracts = await world.store.find(Contract, limit=SHOWN)
        citizens = await world.store.find(Citizen, limit=SHOWN)
        return page(
            HERE,
            "console.html",
            status,
            world=world,
            version=VERSION,
            now=f"{in_vietnam(world.store.now()):%H:%M:%S, %d/%m/%Y}",
            contracts=[_shown(contract) for contract in contracts],
            citizens=citizens,
            profiles=self._profiles(),
            families=[(family.name, family.routes) for family in self._families if family.routes],
            faults=sorted((site, effects) for family in self._families for site, effects in family.fault_sites.items()),
            made=made,
            wrong=wrong,
            form=form or self._example(),
        )

    def _profiles(self) -> list[str]:
        return sorted(identity for family in self._families if family.name == "portal" for identity in family.specs)

    def _example(self) -> ContractForm:
        """A portal on this machine; it is another site than the simulators because it is called localhost."""
        home = f"{urlsplit(self._world.url).scheme}://localhost:8080"
        return ContractForm(
            name="Cổng thử nghiệm",
            redirect_uris=f"{home}/login/callback",
            ipn_url=f"{home}/payment/ipn",
            webhook_url=f"{home}/ca/webhook",
        )


def _page(method: str, path: str, text: str, handle: Any, takes: type) -> Route:
    reads: Any = "query" if method == "GET" else "form"
    return Route(method, path, text, handle, broken, reads, takes, "text/html", PAGE_ERRORS)


def _shown(contract: Contract) -> dict[str, Any]:
    sheet = sheet_of(contract)
    sections = [(name, fields) for name, fields in sheet.items() if isinstance(fields, dict)]
    return {"id": contract.id, "name": contract.name, "sections": sections, "env": as_env(sheet)}


def _body(body: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
