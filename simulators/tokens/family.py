"""The tokens mounted: the agent on every citizen's computer, the PIN dialog, the control side's hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from simulators import catalog
from simulators.kernel.contracts import Contract, ContractRequest, Settings, settings_id
from simulators.kernel.prompts import PromptKind
from simulators.tokens import dialogs
from simulators.tokens.desk.giving import Giving
from simulators.tokens.desk.signing import Computer
from simulators.tokens.dialogs import Dialog
from simulators.tokens.spec import PluginSpec, TokenSpec
from simulators.tokens.wires.agent import Agent
from simulators.tokens.wires.control import TokenControl
from simulators.tokens.wires.seats import Seats
from simulators.tokens.wires.vnpt_plugin import Plugin
from simulators.world import Family, World

WORDS = {
    "usb_given": "a citizen was given a USB token",
    "usb_inserted": "a token was put into the computer",
    "usb_removed": "a token was taken out of the computer",
    "usb_unlocked": "a token's PIN was set anew by its SO PIN",
    "usb_listed": "an agent listed the certificates in a computer",
    "usb_signing": "an agent asks for a token's PIN to sign a digest",
    "usb_signed": "the PIN was right: the digest is signed",
    "plugin_asked": "a page sent the signing plugin a frame: function, domain, origin",
    "usb_refused": "nothing was signed: wrong PIN, locked, cancelled, taken out, too late",
}


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]] = {}) -> Family:  # never changed
    specs = catalog.load("simulators.tokens.providers", TokenSpec, overrides)
    giving = Giving(world, specs)
    computer = Computer(world, giving)
    (plugin,) = catalog.load("simulators.tokens.providers", PluginSpec, overrides).values()
    seats = Seats(world, Plugin(computer, plugin))

    async def on_contract(contract: Contract, request: ContractRequest) -> list[Settings]:
        """The plugin's licence, for the portal's own hosts; the issuers' certificates are made, so that pki can name them."""
        await giving.authorities()
        return [_licence(world, plugin, contract, request)]

    return Family(
        name="tokens",
        routes=Agent(computer).routes(),
        specs={**specs, plugin.id: plugin},
        journal_words=WORDS,
        prompt_kinds=(PromptKind(dialogs.PROMPT, computer.answer),),
        ends={Dialog: (lambda ref: ref, dialogs.ended)},
        on_contract=on_contract,
        control_routes=(*TokenControl(giving, world.store).routes(), *seats.routes()),
        background=(seats.until_the_end,),
    )


def _licence(world: World, plugin: PluginSpec, contract: Contract, request: ContractRequest) -> Settings:
    """A text of our own: what a real licence looks like is UNKNOWN. It is of the hosts that the contract names."""
    licence = world.entropy.token(f"token.{plugin.id}.licence", 64)
    urls = (*request.redirect_uris, request.return_url, request.ipn_url, request.webhook_url)
    hosts = sorted({host for url in urls if (host := urlsplit(url).hostname)})
    return Settings(
        id=settings_id(plugin.id, licence),
        about=contract.id,
        contract=contract.id,
        section=plugin.id.replace("-", "_"),
        values={"licence": licence},
        private={"hosts": hosts},
    )
