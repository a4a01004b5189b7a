"""The phone by HTTP: see the prompts (long poll), answer one, leave a script; for one citizen or for thousands."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import in_vietnam
from simulators.kernel.plain import LONGEST_WAIT, operation, refuse
from simulators.kernel.prompts import Line, Prompt, Refused
from simulators.kernel.records import Key
from simulators.kernel.store import Store
from simulators.kernel.wire import Route, answer
from simulators.phone.desk.answering import Desk
from simulators.phone.desk.scripts import ANY_KIND, Script, Scripts, script_id

CHOICES = ("approve", "refuse")
MOST_CITIZENS = 10_000
NOBODY = {404: "there is no such citizen"}
NO_PROMPT = {404: "no such citizen or prompt", 409: "the owner did not take the answer; the text is the phone's"}


class Which(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With `wait` the answer comes when a prompt is there; with `doc_id`, when one that shows this document is."""

    doc_id: str = ""
    wait: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT)] = 0.0


class Shown(msgspec.Struct):
    """One prompt; `secret` names what must be typed to approve, if anything."""

    id: str
    kind: str
    ref: str
    title: str
    lines: tuple[Line, ...]
    code: str
    choices: tuple[str, ...]
    secret: str | None
    doc_ids: tuple[str, ...]
    expires: str


class Prompts(msgspec.Struct):
    """Those that may still be answered."""

    prompts: list[Shown]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the citizen taps, and types."""

    choice: str
    secret: str | None = None


class ScriptRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """{} removes every script of the citizen; `kind` "*" is any kind; without `secret` the citizen types the right PIN."""

    kind: str = ""
    choice: str = ""
    secret: str | None = None


class BulkRequest(ScriptRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same script for many citizens."""

    citizens: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_CITIZENS)]


class Put(msgspec.Struct):
    """How many citizens have the script now (or have none any more)."""

    citizens: int


class Api:
    """Behind the run key."""

    def __init__(self, store: Store, desk: Desk, scripts: Scripts) -> None:
        self._store = store
        self._desk = desk
        self._scripts = scripts

    def routes(self) -> tuple[Route, ...]:
        one, all_at_once = "/phone/api/{citizen}", "/phone/api/scripts"
        return (
            operation(
                "GET",
                f"{one}/prompts",
                "The prompts on a citizen's phone; with wait a long poll.",
                self.prompts,
                reads="query",
                takes=Which,
                gives=Prompts,
                errors=NOBODY,
            ),
            operation(
                "POST",
                f"{one}/prompts/{{id}}",
                "Answer a prompt: approve or refuse.",
                self.answer,
                reads="json",
                takes=Answer,
                errors=NO_PROMPT,
            ),
            _put(
                f"{one}/script", "Answer every prompt of a kind from now on; {} ends that.", self.script, ScriptRequest
            ),
            _put(all_at_once, "The same script for many citizens.", self.bulk, BulkRequest),
        )

    async def prompts(self, request: Request, given: Which) -> Response:
        citizen = request.path_params["citizen"]
        if await self._store.get(Key(Citizen, citizen)) is None:
            return nobody(citizen)

        async def look() -> list[Prompt]:
            found = await self._desk.waiting(citizen)
            return [one for one in found if not given.doc_id or given.doc_id in one.doc_ids]

        found = await self._store.bell.until(look, bool, given.wait)
        return answer(Prompts([show(prompt) for prompt in found]))

    async def answer(self, request: Request, given: Answer) -> Response:
        citizen, identity = request.path_params["citizen"], request.path_params["id"]
        prompt = await self._desk.prompt(citizen, identity)
        if prompt is None:
            return refuse(404, f"Citizen {citizen!r} has no prompt {identity!r}; it was answered, or never came.")
        if given.choice not in prompt.choices:
            return refuse(422, f"choice: {given.choice!r} is not offered; use one of: {', '.join(prompt.choices)}.")
        try:
            await self._desk.answer(prompt, given.choice, given.secret, by="api")
        except Refused as error:
            return refuse(409, error.text)
        return answer({})

    async def script(self, request: Request, given: ScriptRequest) -> Response:
        return await self._save((request.path_params["citizen"],), given)

    async def bulk(self, _request: Request, given: BulkRequest) -> Response:
        return await self._save(given.citizens, given)

    async def _save(self, citizens: tuple[str, ...], given: ScriptRequest) -> Response:
        for citizen in citizens:
            if await self._store.get(Key(Citizen, citizen)) is None:
                return nobody(citizen)
        if not given.kind and not given.choice and given.secret is None:
            kinds = (*self._desk.kinds, ANY_KIND)
            gone = [Key(Script, script_id(citizen, kind)) for citizen in citizens for kind in kinds]
            await self._scripts.put([], gone)
            return answer(Put(len(citizens)))
        if given.choice not in CHOICES:
            return refuse(422, f"choice: {given.choice!r} is not one; use one of: {', '.join(CHOICES)}.")
        if given.kind not in {*self._desk.kinds, ANY_KIND}:
            known = ", ".join([*sorted(self._desk.kinds), ANY_KIND])
            return refuse(422, f"kind: nobody asks {given.kind!r}; the kinds of prompts are: {known}.")
        made = [
            Script(
                id=script_id(citizen, given.kind),
                citizen=citizen,
                kind=given.kind,
                choice=given.choice,
                secret=given.secret,
            )
            for citizen in dict.fromkeys(citizens)
        ]
        await self._scripts.put(made, [])
        return answer(Put(len(made)))


def _put(path: str, text: str, handle: Any, takes: type) -> Route:
    return operation("PUT", path, text, handle, reads="json", takes=takes, gives=Put, errors=NOBODY)


def show(prompt: Prompt) -> Shown:
    return Shown(
        id=prompt.id,
        kind=prompt.kind,
        ref=prompt.ref,
        title=prompt.title,
        lines=prompt.lines,
        code=prompt.code,
        choices=prompt.choices,
        secret=prompt.secret,
        doc_ids=prompt.doc_ids,
        expires=in_vietnam(prompt.expires).isoformat(timespec="milliseconds"),
    )


def nobody(citizen: str) -> Response:
    return refuse(404, f"There is no citizen {citizen!r}; POST /control/citizens makes one.")
