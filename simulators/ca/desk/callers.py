"""Who may call: what a service provider and a CA agreed, and how one is recognised."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from simulators.ca.reasons import Reason, Refused
from simulators.ca.spec import CaSpec, HubSpec
from simulators.kernel.contracts import Contract, ContractRequest, Settings, settings_id
from simulators.kernel.entropy import Entropy
from simulators.kernel.records import Key
from simulators.kernel.store import Store


@dataclass(frozen=True)
class Caller:
    """A service provider that has named itself rightly."""

    contract: str
    sp_id: str
    name: str
    webhook_url: str
    webhook_token: tuple[str, str, str] = ("", "", "")
    """Of the portal's making: URL, client id, client secret; for a CA that asks for a token first."""


def agreed(
    entropy: Entropy,
    spec: CaSpec | HubSpec,
    told: Mapping[str, str],
    contract: Contract,
    asked: ContractRequest,
) -> Settings:
    """The provider's part of a contract: an sp_id and sp_password of the documented shapes.

    `told`: addresses and what else is the same for all. The wire of the front door says what the two are called.
    """
    id_name, password_name = spec.front.wire.client
    label = f"ca.{spec.id}.sp"
    sp_id = f"{entropy.hex(label, 4)}-{entropy.digits(label, 18)}.{spec.sp_domain}"
    password = "-".join(base64.b64encode(entropy.draw(label, 18)).decode() for _ in range(2))
    names = {"ca_names": list(spec.routes)} if isinstance(spec, HubSpec) else {}
    return Settings(
        id=settings_id(spec.id, sp_id if spec.front.wire.found_by == "id" else password),
        about=contract.id,
        contract=contract.id,
        section=spec.id,
        values={**told, id_name: sp_id, password_name: password, **names},
        private={
            "name": contract.name,
            "webhook_url": asked.webhook_url,
            "webhook_token": [asked.webhook_token_url, asked.webhook_client_id, asked.webhook_client_secret],
            "password": password,
        },
    )


async def contract_of(store: Store, provider: str, sp_id: str) -> str:
    """Whose sp_id this is, for the journal; nothing when it is nobody's."""
    settings = await store.get(Key(Settings, settings_id(provider, sp_id)))
    return settings.contract if settings else ""


async def recognised(
    store: Store, provider: str, sp_id: str, sp_password: str, named: tuple[str, str] = ("sp_id", "sp_password")
) -> Caller:
    """`named`: what the wire calls the two, for the journal."""
    settings = await store.get(Key(Settings, settings_id(provider, sp_id)))
    if settings is None:
        why = f"{named[0]} {sp_id[:80]!r} is not known here: take it from section {provider!r} of the settings sheet"
        raise Refused(Reason.SP_UNKNOWN, why)
    # Worlds of an earlier version have it in the values alone.
    if sp_password != settings.private.get("password", settings.values.get("sp_password")):
        why = f"{named[1]} is not the one of this {named[0]}: take it from section {provider!r} of the settings sheet"
        raise Refused(Reason.SP_PASSWORD, why)
    return Caller(
        contract=settings.contract,
        sp_id=sp_id,
        name=settings.private["name"],
        webhook_url=settings.private["webhook_url"],
    )
