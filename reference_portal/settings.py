"""What the portal is told when it starts: the providers' settings sheet, its own origin, its key, its folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

SECTIONS = ("login", "vnpt", "ca2", "neac", "vnpay", "sms", "smtp", "pki")

CALLBACK_PATH = "/sso/callback"
NOTICE_PATH = "/vnpay/ipn"
RETURN_PATH = "/vnpay/return"
WEBHOOK_PATH = "/smartca/webhook"

# A CA keeps a request for 300 s; a portal that is less patient leaves documents unsigned (specs/ca.md 16.5).
SIGNING_PATIENCE = 305
NOTICE_PATIENCE = 20


class SheetRefused(Exception):
    """The settings sheet cannot be used; says which field and what to do."""


@dataclass(frozen=True)
class Settings:
    origin: str
    portal_key: str
    login: Mapping[str, Any]
    vnpt: Mapping[str, Any]
    neac: Mapping[str, Any]
    vnpay: Mapping[str, Any]
    sms: Mapping[str, Any]
    smtp: Mapping[str, Any]
    roots: tuple[bytes, ...]
    authorities: tuple[bytes, ...]
    data: Path | None = None


def read(sheet: Mapping[str, Any], *, origin: str, portal_key: str, data: Path | None = None) -> Settings:
    for section in SECTIONS:
        if not isinstance(sheet.get(section), Mapping):
            raise SheetRefused(f"The settings sheet has no section {section!r}: ask the simulators for a new contract.")
    pki = sheet["pki"]
    return Settings(
        origin=origin.rstrip("/"),
        portal_key=portal_key,
        login=sheet["login"],
        vnpt=sheet["vnpt"],
        neac=sheet["neac"],
        vnpay=sheet["vnpay"],
        sms=sheet["sms"],
        smtp=sheet["smtp"],
        roots=(_der(pki["root_pem"]),),
        authorities=tuple(_der(pem) for pem in pki.get("authorities_pem", ())),
        data=data,
    )


def _der(pem: str) -> bytes:
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
