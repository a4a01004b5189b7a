"""Contracts: a portal says its URLs, every provider answers with ids and secrets, and the settings sheet is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simulators.kernel.contracts import Contract, ContractRequest, Settings, as_env
from simulators.kernel.plain import operation, refuse
from simulators.kernel.records import Change, Event, Key
from simulators.kernel.wire import Route, answer
from simulators.world import Family, World

URL_FIELDS = ("redirect_uris", "post_logout_redirect_uris", "ipn_url", "return_url", "webhook_url")
UNKNOWN = {404: "there is no such contract"}


class BadContract(Exception):
    """The request cannot become a contract; the text names the field and the cure."""


class Contracts:
    """Makes contracts and tells them again."""

    def __init__(self, world: World, families: Sequence[Family]) -> None:
        self._world = world
        self._families = families

    def routes(self) -> tuple[Route, ...]:
        sheet: Any = dict[str, Any]
        return (
            operation(
                "POST",
                "/control/contracts",
                "A portal and the providers agree: URLs in, the settings sheet out.",
                self.post,
                reads="json",
                takes=ContractRequest,
                gives=sheet,
                errors={422: "a URL is not absolute, or a field is unknown"},
            ),
            operation("GET", "/control/contracts/{id}", "The settings sheet.", self.get, gives=sheet, errors=UNKNOWN),
            operation(
                "GET", "/control/contracts/{id}/env", "The settings sheet as .env lines.", self.env, errors=UNKNOWN
            ),
        )

    async def post(self, _request: Request, given: ContractRequest) -> Response:
        try:
            contract = await self.make(given)
        except BadContract as error:
            return refuse(422, str(error))
        return answer(sheet_of(contract), 201)

    async def get(self, request: Request, _given: None) -> Response:
        contract = await self._world.store.get(Key(Contract, request.path_params["id"]))
        return answer(sheet_of(contract)) if contract else _unknown(request)

    async def env(self, request: Request, _given: None) -> Response:
        contract = await self._world.store.get(Key(Contract, request.path_params["id"]))
        return PlainTextResponse(as_env(sheet_of(contract))) if contract else _unknown(request)

    async def make(self, given: ContractRequest) -> Contract:
        for field in URL_FIELDS:
            value = getattr(given, field)
            for url in (value,) if isinstance(value, str) else value:
                _demand_absolute(field, url)
        self._demand_profile(given.login_profile)
        contract = Contract(id="c" + self._world.entropy.token("contract", 15), name=given.name, request=given)
        parts: list[Settings] = []
        for family in self._families:
            if family.on_contract:
                parts += await family.on_contract(contract, given)
        return await self._save(contract, parts)

    async def _save(self, contract: Contract, parts: Sequence[Settings]) -> Contract:
        whole = Contract(
            id=contract.id,
            contract=contract.id,
            name=contract.name,
            request=contract.request,
            sheet={part.section: part.values for part in parts},
        )
        body = {"name": contract.name, "sections": sorted(whole.sheet)}
        made = Event(source="control", word="contract_made", ref=contract.id, contract=contract.id, body=body)
        keys: list[Key[Any]] = [Key(Contract, whole.id), *(Key(Settings, part.id) for part in parts)]
        await self._world.store.change(keys, lambda _records, _now: Change(records=(whole, *parts), events=(made,)))
        return whole

    def _demand_profile(self, profile: str) -> None:
        known = sorted(identity for family in self._families if family.name == "portal" for identity in family.specs)
        if known and profile not in known:
            raise BadContract(f"login_profile {profile!r} is not known; use one of: {', '.join(known)}.")


def sheet_of(contract: Contract) -> dict[str, Any]:
    return {"contract": contract.id, "name": contract.name, **contract.sheet}


def _demand_absolute(field: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if any(character.isspace() or not character.isprintable() for character in url):
        raise BadContract(f"{field}: {url!r} has a blank, a line end or an unprintable character; take it out.")
    if field.endswith("uris") and "#" in url:
        raise BadContract(f"{field}: {url!r} has a fragment, behind which no answer arrives (RFC 6749, 3.1.2).")
    if (url and not usable) or (not url and field.endswith("uris")):
        raise BadContract(f"{field}: {url!r} is not absolute; write http://host[:port]/path or https://….")


def _unknown(request: Request) -> Response:
    return refuse(404, f"There is no contract {request.path_params['id']!r}; POST /control/contracts makes one.")
