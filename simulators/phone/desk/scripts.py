"""Auto-answer: what a citizen does with every prompt of a kind from now on, without anyone at the phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import MINUTE
from simulators.kernel.crashes import crashed
from simulators.kernel.prompts import Prompt, Refused
from simulators.kernel.records import Change, Key, Record
from simulators.kernel.store import Store
from simulators.phone.desk.answering import Desk

ANY_KIND = "*"
KEPT_AFTER_END = 10 * MINUTE
AT_ONCE = 500
LOOK_AGAIN = 60.0


class Script(Record, frozen=True, kw_only=True):
    """`id` is citizen/kind. Without a secret, the citizen types their right PIN where one is asked."""

    KIND: ClassVar[str] = "script"
    ABOUT: ClassVar[str | None] = "citizen"

    citizen: str
    kind: str
    choice: str
    secret: str | None = None


class Scripts:
    """Wakes with the store's bell and answers what scripts answer."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store = store
        self._desk = desk
        self._seen: set[str] = set()

    async def put(self, scripts: list[Script], removed: list[Key[Script]]) -> None:
        """Save and remove; a prompt that waits already is answered too."""
        keys = [*(Key(Script, script.id) for script in scripts), *removed]
        await self._store.change(keys, lambda _records, _now: Change(records=tuple(scripts), gone=tuple(removed)))
        self._seen.clear()
        self._store.bell.ring()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._answer_all()
            await self._store.bell.wait(LOOK_AGAIN, Prompt)

    async def _answer_all(self) -> None:
        present: set[str] = set()
        old: list[Key[Prompt]] = []
        async for prompt in self._all():
            present.add(prompt.id)
            if prompt.expires <= self._store.now() - KEPT_AFTER_END:
                old.append(Key(Prompt, prompt.id))
            elif prompt.id not in self._seen and prompt.expires > self._store.now():
                self._seen.add(prompt.id)
                script = await self._script(prompt)
                if script and script.choice in prompt.choices:
                    await self._answer(prompt, script)
        self._seen &= present
        if old:  # they ran out long ago and leave the phone
            await self._store.change(old, lambda _records, _now: Change(gone=tuple(old)))

    async def _all(self) -> AsyncIterator[Prompt]:
        after = ""
        while prompts := await self._store.find(Prompt, after=after, limit=AT_ONCE):
            for prompt in prompts:
                yield prompt
            if len(prompts) < AT_ONCE:
                return
            after = prompts[-1].id

    async def _answer(self, prompt: Prompt, script: Script) -> None:
        secret = script.secret
        if secret is None and prompt.secret and script.choice == "approve":
            citizen = await self._store.get(Key(Citizen, prompt.citizen))
            secret = citizen.pin if citizen else None
        try:
            await self._desk.answer(prompt, script.choice, secret, by="script")
        except Refused:
            return  # the family has journalled why; the prompt waits for a better answer
        except Exception as error:  # noqa: BLE001  # one prompt's failure must not stop the others' phones; it voids the run
            await crashed(self._store, f"script answering {prompt.kind} {prompt.ref}", error)

    async def _script(self, prompt: Prompt) -> Script | None:
        own, any_kind = (Key(Script, script_id(prompt.citizen, kind)) for kind in (prompt.kind, ANY_KIND))
        return await self._store.get(own) or await self._store.get(any_kind)


def script_id(citizen: str, kind: str) -> str:
    return f"{citizen}/{kind}"
