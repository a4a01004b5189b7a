"""Signing at the citizen's computer: the list of certificates, the PIN dialog, what it answers."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, replace

from simulators.kernel import prompts
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import SECOND
from simulators.kernel.pki import Certificate
from simulators.kernel.prompts import Prompt
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.tokens import dialogs
from simulators.tokens import token as tokens
from simulators.tokens.desk.giving import Giving
from simulators.tokens.dialogs import Dialog, State
from simulators.tokens.reasons import Reason, Refused
from simulators.tokens.token import Token
from simulators.world import World

DIGEST_BYTES = 32


@dataclass(frozen=True)
class Slot:
    """A token in the computer, with its certificate."""

    token: Token
    certificate: Certificate


class Computer:
    """Every citizen has one; each agent on it uses the same tokens."""

    def __init__(self, world: World, giving: Giving) -> None:
        self.world = world
        self._giving = giving
        self._store = world.store

    async def slots(self, citizen: str, origin: str) -> list[Slot]:
        """What is in the computer now, or Refused."""
        found = [
            Slot(token, await self._giving.certificate(token))
            for token in await self._tokens(citizen)
            if token.inserted
        ]
        if not found:
            raise Refused(
                Reason.NOT_PRESENT, f"no token is in the computer of {citizen}: POST /control/tokens gives one"
            )
        body = {"serials": [slot.certificate.id for slot in found], "origin": origin}
        await self._store.note(Event(source="token", word="usb_listed", subject=citizen, body=body))
        return found

    async def sign(self, citizen: str, serial: str, digests: tuple[bytes, ...], origin: str) -> Dialog:
        """The dialog as it ended, after the citizen or its time; Refused where none could be shown."""
        if odd := [len(digest) for digest in digests if len(digest) != DIGEST_BYTES]:
            raise Refused(Reason.BAD_DIGEST, f"digest: {odd[0]} bytes; a SHA-256 digest has {DIGEST_BYTES}")
        wanted = serial.replace(":", "").lower().removeprefix("0x")
        chosen = next((token for token in await self._tokens(citizen) if token.serial == wanted), None)
        if chosen is None:
            raise Refused(Reason.KEY_UNKNOWN, f"serial {serial[:40]!r} is on no token of {citizen}: op list names them")
        dialog = Dialog(
            id=self.world.entropy.token("token.dialog", 20),
            citizen=citizen,
            token=chosen.id,
            provider=chosen.provider,
            serial=chosen.serial,
            digests=tuple(digest.hex() for digest in digests),
            origin=origin,
        )
        key, spec = Key(Token, chosen.id), self._giving.specs[chosen.provider]

        def decide(records: Records, now: Instant) -> Change:
            token = records[key]
            assert token is not None, "tokens are never removed from the world"
            return dialogs.opened(dialog, token, spec, now)

        shown: Dialog = (await self._store.change([key, Key(Dialog, dialog.id)], decide)).result
        return await self._settled(shown, spec.dialog_life / SECOND)

    async def answer(self, prompt: Prompt, choice: str, secret: str | None, answered: Event) -> None:
        """The citizen's OK or Huỷ; raises kernel.prompts.Refused with the dialog's own sentence."""
        shown = await self._store.get(Key(Dialog, prompt.ref))
        if shown is None or choice not in prompt.choices:
            raise prompts.Refused(dialogs.OVER)
        keys = Key(Dialog, shown.id), Key(Token, shown.token)
        typed = secret or ""
        signatures: tuple[str, ...] | None = None
        if choice == "approve" and await self._is_taken(keys[1], typed):
            signatures = await self._signatures(shown)

        def decide(records: Records, now: Instant) -> Change:
            dialog, token = records[keys[0]], records[keys[1]]
            assert dialog is not None, "looked at before"
            assert token is not None, "tokens are never removed from the world"
            if dialog.state is not State.OPEN:
                raise prompts.Refused(dialogs.OVER)
            if token.dialog != dialog.id:
                return _refusal(dialog, token, Reason.REMOVED)
            if now >= dialog.expires:
                return _refusal(dialog, token, Reason.EXPIRED)
            if choice != "approve":
                change = _refusal(dialog, token, Reason.CANCELLED)
                return replace(change, events=(*change.events, answered), refused=None)
            counted, reason = tokens.tried(token, typed, self._giving.specs[token.provider])
            if reason:
                return _refusal(dialog, counted, reason)
            if signatures is None:  # the token was unlocked with this very PIN a moment ago
                raise prompts.Refused(dialogs.AGAIN)
            done, written = dialogs.signed(dialog, signatures)
            return Change((done, tokens.released(counted)), (*written, answered), gone=(Key(Prompt, dialog.id),))

        await self._store.change(keys, decide)

    async def note(self, event: Event) -> None:
        """What an agent refused without changing anything."""
        await self._store.note(event)

    async def _tokens(self, citizen: str) -> list[Token]:
        if await self._store.get(Key(Citizen, citizen)) is None:
            raise Refused(Reason.NO_COMPUTER, f"{citizen[:40]!r} is no citizen of this world")
        return await self._giving.of(citizen)

    async def _is_taken(self, key: Key[Token], typed: str) -> bool:
        """Whether the token as it stands takes this PIN; the decision looks again."""
        token = await self._store.get(key)
        assert token is not None, "tokens are never removed from the world"
        return tokens.tried(token, typed, self._giving.specs[token.provider])[1] is None

    async def _signatures(self, dialog: Dialog) -> tuple[str, ...]:
        """Base64, made before the decision, which may make nothing; others are let in between many."""
        certificate = await self.world.pki.by_serial(dialog.serial)
        assert certificate is not None, "certificates are never removed"
        made: list[str] = []
        for digest in dialog.digests:
            await asyncio.sleep(0)  # noqa: TID251  # waits for nothing
            signed = self.world.pki.sign_digest(certificate.keypair, bytes.fromhex(digest))
            made.append(base64.b64encode(signed).decode())
        return tuple(made)

    async def _settled(self, opened: Dialog, patience: float) -> Dialog:
        keys = Key(Dialog, opened.id), Key(Token, opened.token)

        async def look() -> bool:
            records = await self._store.read(*keys)
            dialog, token = records[keys[0]], records[keys[1]]
            return dialog is None or dialog.state is not State.OPEN or token is None or token.dialog != dialog.id

        await self._store.bell.until(look, bool, patience)

        def decide(records: Records, _now: Instant) -> Change:
            dialog, token = records[keys[0]], records[keys[1]]
            assert dialog is not None, "dialogs are never removed"
            assert token is not None, "tokens are never removed from the world"
            if dialog.state is not State.OPEN:
                free = (tokens.released(token),) if token.dialog == dialog.id else ()
                return Change(free, result=dialog)
            reason = Reason.EXPIRED if token.dialog == dialog.id else Reason.REMOVED
            return replace(_refusal(dialog, token, reason), refused=None)

        return (await self._store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above


def _refusal(dialog: Dialog, token: Token, reason: Reason) -> Change:
    """The dialog is over and its prompt gone; the token keeps its count and is free."""
    own = token.dialog == dialog.id
    done, written = dialogs.refused(dialog, reason, wrong=token.wrong)
    return Change(
        (done, *((tokens.released(token),) if own else ())),
        (written,),
        gone=(Key(Prompt, dialog.id),),
        refused=prompts.Refused(dialogs.SAID.get(reason, dialogs.OVER)),
        result=done,
    )
