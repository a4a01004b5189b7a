"""Where messages come in, whatever brought them: who sends, what was planned about it, and one record for each addressee."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from simulators.kernel import faults
from simulators.kernel.contracts import Contract, Settings, settings_id
from simulators.kernel.entropy import Entropy
from simulators.kernel.prompts import Message, message_id
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.kernel.store import Store
from simulators.messages import addresses


@dataclass(frozen=True)
class Letter:
    """What a portal sends; `to` in its one spelling."""

    channel: str
    to: tuple[str, ...]
    sender: str
    subject: str
    text: str


class Failing(Exception):
    """A planned fault: the gateway fails and takes nothing in."""


class Desk:
    """One for both channels; `site` of a fault is sms.receive or smtp.receive."""

    def __init__(self, store: Store, entropy: Entropy) -> None:
        self._store = store
        self._entropy = entropy

    def make_settings(self, contract: Contract, section: str, values: dict[str, object]) -> Settings:
        user = f"{section}-{self._entropy.hex(f'messages.{section}.user', 10)}"
        password = self._entropy.token(f"messages.{section}.password", 24)
        return Settings(
            id=settings_id(section, user),
            contract=contract.id,
            about=contract.id,
            section=section,
            values={**values, "user": user, "password": password},
            private={"name": contract.name},
        )

    def sender(self, section: str, user: str, password: str) -> Settings | None:
        """The contract's settings when user and password are right."""
        settings = self._store.peek(Key(Settings, settings_id(section, user)))
        known = str(settings.values["password"]) if settings else ""
        right = hmac.compare_digest(known.encode(), password.encode(errors="surrogateescape"))
        return settings if right and settings else None

    async def take_in(self, site: str, contract: str, letter: Letter) -> list[str]:
        """The ids of the messages, one for each addressee; Failing when a fault was planned about any of them."""
        tokens = [self._entropy.token("message", 8) for _ in letter.to]
        owners = [await addresses.owner(self._store, to) for to in letter.to]
        abouts = tuple(filter(None, (*letter.to, *owners, contract)))

        def decide(records: Records, now: Instant) -> Change:
            taken = faults.take(records, site, abouts, ref=letter.to[0], contract=contract)
            if taken.effect:
                return Change(taken.records, taken.events, refused=Failing(taken.effect))
            made = [
                _message(letter, to, contract, message_id(now, token))
                for to, token in zip(letter.to, tokens, strict=True)
            ]
            events = tuple(_received(message, owner) for message, owner in zip(made, owners, strict=True))
            return Change(tuple(made), events, result=[message.id for message in made])

        change = await self._store.change(faults.keys(site, abouts, contract), decide)
        ids: list[str] = change.result
        return ids

    async def turn_away(self, source: str, contract: str, *, reason: str, why: str) -> None:
        body = {"reason": reason, "why": why}
        await self._store.note(Event(source=source, word="turned_away", contract=contract, body=body))


def _message(letter: Letter, to: str, contract: str, identity: str) -> Message:
    return Message(
        id=identity,
        contract=contract,
        at=Instant(int(identity.partition("-")[0])),
        channel=letter.channel,
        to=to,
        sender=letter.sender,
        subject=letter.subject,
        text=letter.text,
    )


def _received(message: Message, owner: str) -> Event:
    body = {
        "channel": message.channel,
        "to": message.to,
        "from": message.sender,
        "subject": message.subject,
        "digest": hashlib.sha256(message.text.encode()).hexdigest(),
    }
    return Event(
        source=f"messages.{message.channel}",
        word="message_received",
        ref=message.id,
        subject=owner,
        contract=message.contract,
        body=body,
    )
