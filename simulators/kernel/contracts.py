"""What a portal and the providers agreed: one contract, and for each provider a mapping that only the provider reads."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from simulators.kernel.records import Record

ESCAPED = (("\\", "\\\\"), ('"', '\\"'), ("\r", "\\r"), ("\n", "\\n"))
"""What may not stand in double quotes as it is, the escape's own sign first."""


class ContractRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a portal says of itself; URLs are absolute."""

    name: str = "portal"
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    ipn_url: str = ""
    return_url: str = ""
    webhook_url: str = ""
    webhook_token_url: str = ""
    """Where the portal gives out the token under which its webhook is told, for a provider that asks for one first."""
    webhook_client_id: str = ""
    webhook_client_secret: str = ""
    """What such a provider names itself with there: of the portal's own making."""
    login_profile: str = "vnconnect-2022"
    beside: str = ""
    """Of another application in the same test: the contract that the test is about."""


class Contract(Record, frozen=True, kw_only=True):
    """A portal that the providers know; `sheet` is the settings sheet, section by section."""

    KIND: ClassVar[str] = "contract"

    name: str
    request: ContractRequest
    sheet: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)


class Settings(Record, frozen=True, kw_only=True):
    """One provider's part of a contract, found by `id` = provider/public id (client id, sp_id, TmnCode)."""

    KIND: ClassVar[str] = "settings"
    ABOUT: ClassVar[str | None] = "about"

    about: str
    section: str
    values: dict[str, Any]
    private: dict[str, Any] = msgspec.field(default_factory=dict)


def settings_id(provider: str, public_id: str) -> str:
    return f"{provider}/{public_id}"


def as_env(sheet: dict[str, Any]) -> str:
    """The sheet as `.env` lines: SECTION_FIELD="value"; lists are joined with commas, line ends written as \\n."""
    lines = []
    for section, fields in sheet.items():
        pairs = fields.items() if isinstance(fields, dict) else (("", fields),)
        for field, value in pairs:
            text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            for sign, written in ESCAPED:
                text = text.replace(sign, written)
            lines.append(f'{"_".join(filter(None, (section, field))).upper()}="{text}"')
    return "\n".join(lines) + "\n"
