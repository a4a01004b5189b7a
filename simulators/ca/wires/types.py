"""What travels on the QD-769 wires: requests as they are read, replies as the documentation shows them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=255)]
Digest = Annotated[str, msgspec.Meta(max_length=8_000_000)]


class GetCertificate(msgspec.Struct):
    """Which certificates has this person?"""

    sp_id: Text = ""
    sp_password: Text = ""
    user_id: Text = ""
    serial_number: Text | None = None
    transaction_id: Text | None = None
    ca_name: Text | None = None


class FileOptions(msgspec.Struct):
    """The canonical form of Decision 769 nests these two."""

    file_type: Text | None = None
    sign_type: Text | None = None


class SignFile(msgspec.Struct):
    """One document of a batch."""

    data_to_be_signed: Digest = ""
    doc_id: Text = ""
    file_type: Text | None = None
    sign_type: Text | None = None
    file_options: FileOptions | None = None


class Sign(msgspec.Struct):
    """Have this person sign these digests."""

    sp_id: Text = ""
    sp_password: Text = ""
    user_id: Text = ""
    transaction_id: Text | None = None
    transaction_desc: Annotated[str, msgspec.Meta(max_length=1000)] | None = None
    serial_number: Text | None = None
    time_stamp: Text | None = None
    sign_files: list[SignFile] = []
    ca_name: Text | None = None
    url_webhook: Annotated[str, msgspec.Meta(max_length=2000)] | None = msgspec.field(name="urlWebhook", default=None)


class SignIntegrated(Sign):
    """The same without the phone: the subscriber's password, and 6 digits."""

    password: Text = ""
    otp: Text = ""


class Confirm(msgspec.Struct):
    """Sign what was opened; `sad` as it was answered."""

    sp_id: Text = ""
    sp_password: Text = ""
    user_id: Text = ""
    password: Text = ""
    transaction_id: Text | None = None
    sad: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class Status(msgspec.Struct):
    """How does this transaction stand?"""

    sp_id: Text = ""
    sp_password: Text = ""
    user_id: Text = ""
    transaction_id: Text | None = None


class Chain(msgspec.Struct):
    """The issuer and, where the provider sends it, the root."""

    ca_cert: str
    root_cert: str | None


class CertificateRow(msgspec.Struct, omit_defaults=True):
    """One certificate; which fields come differs by provider."""

    cert_id: str
    serial_number: str
    cert_data: str
    chain_data: Chain | list[str]
    service_type: str = ""
    service_name: str = ""
    cert_status: str = ""
    cert_status_code: str = ""
    cert_subject: str = ""
    cert_valid_from: str = ""
    cert_valid_to: str = ""
    transaction_id: str = ""


class Certificates(msgspec.Struct):
    user_certificates: list[CertificateRow]


class GetCertificateReply(msgspec.Struct):
    status_code: int
    message: str
    data: Certificates


class Signature(msgspec.Struct):
    """`signature_value`: base64 of the raw RSA PKCS#1 v1.5 value over the digest that was given."""

    doc_id: str
    signature_value: str
    timestamp_signature: str | None


class Standing(msgspec.Struct, omit_defaults=True):
    """The list is called signatures, signed_files or sign_files, by provider. `sad`: a JWT, where no phone is asked."""

    transaction_id: str
    tran_code: str = ""
    expired_in: int = 0
    sad: str = ""
    signatures: list[Signature] | None = None
    signed_files: list[Signature] | None = None
    sign_files: list[Signature] | None = None


class SignReply(msgspec.Struct):
    status_code: int
    message: str
    data: Standing | None


class Refusal(msgspec.Struct):
    status_code: int
    message: str
    data: Any = None
