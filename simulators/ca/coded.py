"""CAs that send the citizen a code (OTP), which the portal hands back: what they are made of, beside what every CA is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from simulators.ca.spec import CaSpec, fact
from simulators.kernel.bounds import Count, Lifetime, Line, Milliseconds
from simulators.kernel.clock import DAY, MINUTE, SECOND


@dataclass(frozen=True)
class CodedCaSpec(CaSpec):
    """A CA that sends the citizen a code (OTP), which the portal hands back."""

    code_sender: Line = fact("eSign", "UNKNOWN")
    code_life: Lifetime = fact(5 * MINUTE, "UNKNOWN")
    code_tries: Count = fact(5, "UNKNOWN")
    """Wrong codes in a row before no code is taken."""
    codes_sent: Count = fact(5, "UNKNOWN")
    """Codes that may be sent within `code_block`."""
    code_block: Lifetime = fact(5 * MINUTE, "UNKNOWN")


@dataclass(frozen=True)
class MisaSpec(CodedCaSpec):
    """MISA eSign's own facts; the token's life too stands here, so that a world file may shorten it."""

    token_life: Lifetime = fact(3600 * SECOND, "CONFIRMED")
    refresh_life: Lifetime = fact(30 * DAY, "UNKNOWN")
    login_wait: Lifetime = fact(15 * MINUTE, "UNKNOWN")
    """How long after the right password a login waits: so long another code may be asked for without it."""
    password_tries: Count = fact(5, "UNKNOWN")
    """Wrong passwords in a row, at login-api and in the app together, that lock the account."""
    password_lock: Milliseconds = fact(5 * MINUTE, "UNKNOWN")
    root_login: Literal["405", "served"] = fact("405", "LIKELY")
    """login-api and two-factor-auth at the root, as documented: the test environment serves them under /webdev alone."""
    refused_status: Literal["CANCELLED", "FAILED"] = fact("CANCELLED", "LIKELY")
    """Status of a request that the citizen refused: the document has FAILED alone, a client reads CANCELLED too."""


@dataclass(frozen=True)
class EsignSpec(CodedCaSpec):
    """FPT.eSign's own facts: the relying party signs what it sends, the citizen is sent a code."""

    code_life: Lifetime = fact(5 * MINUTE, "LIKELY")
    credential_hash: Literal["sha1", "sha256"] = fact("sha1", "LIKELY")
    """Under pkcs1Signature."""
    timestamp_skew: Lifetime = fact(5 * MINUTE, "UNKNOWN")
    """How far credentialData.timestamp may be from now."""
    relying_keys: Annotated[int, Meta(ge=1, le=1000)] = fact(4, "DESIGN")
    """So many keys of relying parties in all, of which a contract gets one: a key costs 40 ms."""
