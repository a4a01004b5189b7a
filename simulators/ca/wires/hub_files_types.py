"""What travels on the wire of the hub that takes whole files: names as its client has them."""

from __future__ import annotations

from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=255)]
Base64 = Annotated[str, msgspec.Meta(max_length=8_000_000)]


class GetCertificate(msgspec.Struct):
    user_id: Text = ""
    ca_name: Text = ""


class Row(msgspec.Struct):
    cert_id: str
    cert_data: str
    serial_number: str
    transaction_id: str


class Listed(msgspec.Struct):
    transaction_id: str
    user_certificates: list[Row]


class Certificates(msgspec.Struct):
    """`transaction_id` is the hub's own: sign_file must bring it back."""

    status_code: int
    message: str
    data: Listed | None


class FileToSign(msgspec.Struct):
    """A whole PDF."""

    doc_id: Text = ""
    file_name: Text = ""
    file_base64: Base64 = ""


class SignFiles(msgspec.Struct):
    user_id: Text = ""
    ca_name: Text = ""
    cert_data: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    serial_number: Text = ""
    transaction_id: Text = ""
    sign_files: list[FileToSign] = []


class SignedFile(msgspec.Struct):
    doc_id: str
    file_name: str
    file_base64: str


class Signed(msgspec.Struct):
    """`sign_files` is signFiles here; an empty list is a failure, whose reason the code and the message tell."""

    status_code: int
    message: str
    serial_number: str
    transaction_id: str
    sign_files: list[SignedFile] = msgspec.field(name="signFiles")


class SignedReply(msgspec.Struct):
    data: Signed
