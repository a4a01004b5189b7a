"""What a relying party and a citizen agreed at a CA that signs on a code: the agreement, its bills, the files in them; pure."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from simulators.kernel.records import Record


class Agreement(Record, frozen=True, kw_only=True):
    """`id` is ca/sp_id/agreementUUID; codes go to `mobile` and `email`, and `serial` is the citizen's last certificate."""

    KIND: ClassVar[str] = "ca_agreement"

    citizen: str
    mobile: str
    email: str
    serial: str


class PreparedPdf(msgspec.Struct, frozen=True):
    """A PDF with room for a signature: all in base64 but the room's first and last place."""

    pdf: str
    attributes: str
    digest: str
    """Of the byte range."""
    start: int
    end: int


class SigningFile(msgspec.Struct, frozen=True):
    """`prepared` is None where a digest alone is signed."""

    name: str
    mime: str
    prepared: PreparedPdf | None = None


class Bill(Record, frozen=True, kw_only=True):
    """`id` is the signing request's; which agreement it is of, and its files in their order."""

    KIND: ClassVar[str] = "ca_bill"

    agreement: str
    files: tuple[SigningFile, ...]


def agreement_id(ca: str, sp_id: str, uuid: str) -> str:
    return f"{ca}/{sp_id}/{uuid}"
