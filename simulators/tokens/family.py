"""The tokens mounted: the agent on every citizen's computer, the PIN dialog, the control side's hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators import catalog
from simulators.kernel.contracts import Contract, ContractRequest, Settings
from simulators.kernel.prompts import PromptKind
from simulators.tokens import dialogs
from simulators.tokens.desk.giving import Giving
from simulators.tokens.desk.signing import Computer
from simulators.tokens.dialogs import Dialog
from simulators.tokens.spec import TokenSpec
from simulators.tokens.wires.agent import Agent
from simulators.tokens.wires.control import TokenControl
from simulators.world import Family, World

WORDS = {
    "usb_given": "a citizen was given a USB token",
    "usb_inserted": "a token was put into the computer",
    "usb_removed": "a token was taken out of the computer",
    "usb_unlocked": "a token's PIN was set anew by its SO PIN",
    "usb_listed": "an agent listed the certificates in a computer",
    "usb_signing": "an agent asks for a token's PIN to sign a digest",
    "usb_signed": "the PIN was right: the digest is signed",
    "usb_refused": "nothing was signed: wrong PIN, locked, cancelled, taken out, too late",
}


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]] = {}) -> Family:  # never changed
    specs = catalog.load("simulators.tokens.providers", TokenSpec, overrides)
    giving = Giving(world, specs)
    computer = Computer(world, giving)

    async def on_contract(_contract: Contract, _request: ContractRequest) -> list[Settings]:
        """Nothing is agreed with a citizen's computer; the issuers' certificates are made, so that pki can name them."""
        await giving.authorities()
        return []

    return Family(
        name="tokens",
        routes=Agent(computer).routes(),
        specs=specs,
        journal_words=WORDS,
        prompt_kinds=(PromptKind(dialogs.PROMPT, computer.answer),),
        ends={Dialog: (lambda ref: ref, dialogs.ended)},
        on_contract=on_contract,
        control_routes=TokenControl(giving, world.store).routes(),
    )
