"""What a Cloud Signature Consortium door remembers: who may call, and which digests an approval lets out; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec.structs import replace

from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest
from simulators.kernel.records import Instant, Record


class AccessToken(Record, frozen=True, kw_only=True):
    """Service authorization: `id` is what the service provider sends as Bearer."""

    KIND: ClassVar[str] = "csc_token"

    sp_id: str
    expires: Instant


class Activation(Record, frozen=True, kw_only=True):
    """Signature activation data: `id` is the SAD, bound to the digests that the citizen approved, each let out once."""

    KIND: ClassVar[str] = "csc_sad"

    request: str
    credential: str
    left: tuple[str, ...]
    expires: Instant


def spent(sad: Activation | None, credential: str, digests: Sequence[str], now: Instant) -> Activation:
    """The activation without these digests, or Refused."""
    if sad is None or sad.credential != credential:
        raise Refused(Reason.SAD_UNKNOWN, "SAD is none that credentials/authorize gave for this credentialID")
    if now >= sad.expires:
        raise Refused(Reason.SAD_EXPIRED, "SAD is too old: authorize again")
    left = list(sad.left)
    for digest in digests:
        if digest not in left:
            raise Refused(
                Reason.NOT_AUTHORIZED, f"digest {digest[:16]}… is none that the citizen approved, or was let out"
            )
        left.remove(digest)
    return replace(sad, left=tuple(left))


def values(request: SigningRequest, digests: Sequence[str]) -> list[str]:
    """The raw signatures in the order of the question."""
    made = {document.digest: document.signature for document in request.documents}
    return [made[digest] for digest in digests]
