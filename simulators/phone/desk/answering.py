"""Where a prompt is answered: the owning family hears it, the journal is told."""

from __future__ import annotations

from collections.abc import Iterable

from simulators.kernel.prompts import Prompt, PromptKind, Refused
from simulators.kernel.records import Event, Key
from simulators.kernel.store import Store

PAGE = 500


class Desk:
    """Knows which family owns which kind of prompt."""

    def __init__(self, store: Store, kinds: Iterable[PromptKind]) -> None:
        self._store = store
        self.kinds = {kind.name: kind for kind in kinds}

    async def waiting(self, citizen: str) -> list[Prompt]:
        """The prompts that may still be answered, oldest first."""
        now = self._store.now()
        found: list[Prompt] = []
        while page := await self._store.find(Prompt, about=citizen, after=found[-1].id if found else "", limit=PAGE):
            found += page
        return sorted((one for one in found if one.expires > now), key=lambda one: (one.expires, one.id))

    async def prompt(self, citizen: str, identity: str) -> Prompt | None:
        found = await self._store.get(Key(Prompt, identity))
        return found if found and found.citizen == citizen else None

    async def answer(self, prompt: Prompt, choice: str, secret: str | None, *, by: str) -> None:
        """Raises Refused when the family does not take the answer (wrong PIN, too late)."""
        if prompt.expires <= self._store.now():
            raise Refused("Yêu cầu đã hết hạn.")
        answered = Event(
            source="phone",
            word="prompt_answered",
            ref=prompt.ref,
            subject=prompt.citizen,
            contract=prompt.contract,
            body={"choice": choice, "kind": prompt.kind, "by": by},
        )
        await self.kinds[prompt.kind].answer(prompt, choice, secret, answered)
