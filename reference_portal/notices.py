"""Notices: drawn up in the transaction of the change they tell of, sent after it, retried until they are taken, once each."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal
from uuid import uuid4

from msgspec.structs import replace

from reference_portal.accounts import Account
from reference_portal.books import Change, Record
from reference_portal.calls.messages import SendFailed
from reference_portal.dossiers import Dossier, Refused, Step
from reference_portal.office import Office
from reference_portal.texts import mail_subject, mail_text

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0


class Message(Record, frozen=True, kw_only=True):
    """`about` is the dossier; the text of a secret one is forgotten when it was sent."""

    channel: str
    to: str
    subject: str
    text: str
    state: Literal["queued", "sent"] = "queued"
    secret: bool = False


async def carry_out(office: Office, decide: Callable[[Change], Dossier]) -> Dossier:
    """One transaction for the change and its notices; the gateways are spoken to only afterwards."""

    def whole(change: Change, state: Literal["queued", "sent"]) -> tuple[Dossier, tuple[Message, ...]]:
        dossier = decide(change)
        before = office.books.get(Dossier, dossier.id)
        new = dossier.history[len(before.history) if before else 0 :]
        messages = tuple(message for step in new for message in _drawn_up(office, change, dossier, step))
        for message in messages:
            change.put(replace(message, state=state))
        return dossier, messages

    if office.parts.rules.notices.queued:
        dossier, messages = await office.change(lambda change: whole(change, "queued"))
        dispatch(office, messages)
        return dossier
    for message in whole(Change(office.books), "sent")[1]:
        await _send_or_refuse(office, message)
    return (await office.change(lambda change: whole(change, "sent")))[0]


def dispatch(office: Office, messages: Iterable[Message]) -> None:
    """After the transaction in which they were drawn up."""
    for message in messages:
        office.tasks.start(_deliver(office, message.id))


def resume(office: Office) -> None:
    """After a restart: what was not taken yet is sent."""
    dispatch(office, (message for message in office.books.every(Message) if message.state == "queued"))


def _drawn_up(office: Office, change: Change, dossier: Dossier, step: Step) -> tuple[Message, ...]:
    rules = office.parts.rules.notices
    applicant = change.get(Account, dossier.about)
    if applicant is None or not rules.tells(step):
        return ()
    newest_other = partial(_newest_other, office, dossier)
    sms, subject = rules.sms_text(dossier, step), mail_subject(dossier)
    mail = mail_text(dossier, step, office.settings.origin)
    messages = []
    for person in rules.recipients(applicant, newest_other):
        words = {"sms": (person.phone or "", "", sms), "mail": (person.email or "", subject, mail)}
        for channel in rules.channels(person, step.target):
            to, title, text = words[channel]
            messages.append(Message(id=uuid4().hex, about=dossier.id, channel=channel, to=to, subject=title, text=text))
    return tuple(messages)


def _newest_other(office: Office, dossier: Dossier) -> Account | None:
    others = [each for each in office.books.every(Dossier) if each.about != dossier.about]
    return office.books.get(Account, others[-1].about) if others else None


async def _deliver(office: Office, message_id: str) -> None:
    wait = FIRST_WAIT
    message = office.books.get(Message, message_id)
    assert message is not None, f"message {message_id} was not saved"
    while True:
        try:
            await _send(office, message)
        except SendFailed:
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            break
    sent = replace(message, state="sent", text="" if message.secret else message.text)
    await office.change(lambda change: change.put(sent))


async def _send(office: Office, message: Message) -> None:
    calls = office.parts.calls
    if message.channel == "sms":
        await calls.send_sms(office.http, office.settings.sms, message.to, message.text)
    else:
        await calls.send_mail(office.settings.smtp, message.to, message.subject, message.text)


async def _send_or_refuse(office: Office, message: Message) -> None:
    try:
        await _send(office, message)
    except SendFailed as failed:
        raise Refused("gateway_down", "Không gửi được thông báo.", status=503) from failed
