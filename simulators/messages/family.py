"""Messages as a family: what a contract gets (SMS and SMTP credentials), and the routes of gateway and inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.kernel.citizens import Citizen
from simulators.kernel.contracts import Contract, ContractRequest, Settings
from simulators.kernel.faults import plain
from simulators.kernel.gate import Gate
from simulators.messages import addresses
from simulators.messages.desk import Desk
from simulators.messages.inbox import Inbox
from simulators.messages.page import InboxPage
from simulators.messages.wires.sms import Gateway
from simulators.world import Family, World

FROM_DOMAIN = "cong-thu.example"
"""The domain that a portal may write its mails from; nothing here demands it."""


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> Family:
    del overrides  # no provider's file here: a generic gateway and a plain mail server
    desk, inbox = Desk(world.store, world.entropy), Inbox(world.store)

    async def on_contract(contract: Contract, _request: ContractRequest) -> list[Settings]:
        host, port = world.smtp
        smtp = {"host": host, "port": port, "from_domain": FROM_DOMAIN}
        return [
            desk.make_settings(contract, "sms", {"url": f"{world.url}/messages/sms"}),
            desk.make_settings(contract, "smtp", smtp),
        ]

    async def on_citizen(citizen: Citizen) -> None:
        await addresses.remember(world.store, citizen)

    return Family(
        name="messages",
        routes=(Gateway(desk).route(), *inbox.routes(), InboxPage(inbox, Gate(world.key, world.url)).route()),
        fault_sites={"sms.receive": plain("server_error"), "smtp.receive": plain("server_error")},
        journal_words={"message_received": "a message from a portal reached the inbox"},
        on_citizen=on_citizen,
        on_contract=on_contract,
    )
