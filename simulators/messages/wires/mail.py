"""A mail server for portals in the server's own loop: AUTH PLAIN or LOGIN over plain SMTP, on loopback."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from simulators.kernel.contracts import Settings
from simulators.kernel.crashes import crashed
from simulators.messages.addresses import normal
from simulators.messages.desk import Desk, Failing, Letter
from simulators.messages.letters import NotMime, read
from simulators.world import World

SOURCE = "messages.mail"
LARGEST_MAIL = 10 * 1024 * 1024
MOST_ADDRESSEES = 100
PATIENCE = 60


def protocol(world: World) -> Callable[[], asyncio.Protocol]:
    """What the listener makes for each connection."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # what matters is in the journal
    clerk = Clerk(world)

    def make() -> asyncio.Protocol:
        server: asyncio.Protocol = SMTP(
            clerk,
            authenticator=clerk.authenticate,
            auth_require_tls=False,  # loopback; a laboratory has no certificate that a portal would trust
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="thu.mo-phong.example",
            ident="Hop Chuan MO PHONG",
            timeout=PATIENCE,
            loop=asyncio.get_running_loop(),
        )
        return server

    return make


class Clerk:
    """The hooks that the mail server calls; their names are aiosmtpd's."""

    def __init__(self, world: World) -> None:
        self._store = world.store
        self._desk = Desk(world.store, world.entropy)

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, password = (value.decode(errors="replace") for value in (given.login, given.password))
        settings = self._desk.sender("smtp", user, password)
        return AuthResult(success=settings is not None, handled=False, auth_data=settings)

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name and arguments
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            why = "MAIL before AUTH: log in with user and password of the section smtp"
            await self._desk.turn_away(SOURCE, "", reason="530", why=why)
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # as above
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        settings: Settings = session.auth_data
        if not (0 < address.find("@") < len(address) - 1):
            why = f"RCPT {address[:80]!r} is no address"
            await self._desk.turn_away(SOURCE, settings.contract, reason="553", why=why)
            return "553 5.1.3 Not an address"
        if len(envelope.rcpt_tos) >= MOST_ADDRESSEES:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        settings: Settings = session.auth_data
        assert isinstance(envelope.content, bytes), "decode_data is off"
        try:
            mail = read(envelope.content)
        except NotMime as error:
            await self._desk.turn_away(SOURCE, settings.contract, reason="554", why=str(error))
            return "554 5.6.0 This message cannot be read"
        to = tuple(dict.fromkeys(normal(address) for address in envelope.rcpt_tos))
        letter = Letter("mail", to, mail.sender or envelope.mail_from or "", mail.subject, mail.text)
        try:
            ids = await self._desk.take_in("smtp.receive", settings.contract, letter)
        except Failing:
            return "451 4.3.0 Try again later"
        return f"250 2.0.0 OK {ids[0]}"

    async def handle_exception(self, error: Exception) -> str:
        await crashed(self._store, SOURCE, error)
        return "451 4.3.0 The simulators failed here"
