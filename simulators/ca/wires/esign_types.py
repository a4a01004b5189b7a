"""What travels on the eSignCloud wire: one request and one reply for all functions, as its client library has them."""

from __future__ import annotations

from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=255)]
Long = Annotated[str, msgspec.Meta(max_length=2000)]
Bytes = Annotated[str, msgspec.Meta(max_length=8_000_000)]
"""In base64."""


class CredentialData(msgspec.Struct):
    """`timestamp`: milliseconds, as text; `pkcs1Signature` over username + password + signature + timestamp."""

    username: Text = ""
    password: Text = ""
    signature: Long = ""
    timestamp: Text = ""
    pkcs1_signature: Long = msgspec.field(name="pkcs1Signature", default="")


class AgreementDetails(msgspec.Struct, rename="camel"):
    """One of `personalID` and `citizenID` is needed; the photos are not looked at."""

    personal_name: Text = ""
    personal_id: Text = msgspec.field(name="personalID", default="")
    citizen_id: Text = msgspec.field(name="citizenID", default="")
    location: Text = ""
    state_or_province: Text = ""
    country: Text = ""
    photo_front: Bytes | None = msgspec.field(name="photoFrontSideIDCard", default=None)
    photo_back: Bytes | None = msgspec.field(name="photoBackSideIDCard", default=None)


class MetaData(msgspec.Struct, rename="camel"):
    singleton_signing: dict[Text, Long] | None = None
    counter_signing: dict[Text, Long] | None = None


class File(msgspec.Struct, rename="camel"):
    """A file in `signing_file_data`, or a digest in `hash` (hexadecimal)."""

    signing_file_data: Bytes | None = None
    signing_file_name: Text = ""
    mime_type: Text = ""
    hash: Text | None = None
    sign_cloud_meta_data: MetaData | None = None


class Request(msgspec.Struct, rename="camel"):
    """Each function reads what it needs of it."""

    relying_party: Text = ""
    agreement_uuid: Text = msgspec.field(name="agreementUUID", default="")
    credential_data: CredentialData | None = None
    email: Text | None = None
    mobile_no: Text | None = None
    certificate_profile: Text | None = None
    agreement_details: AgreementDetails | None = None
    authorize_method: int | None = None
    messaging_mode: int | None = None
    authorize_code: Text | None = None
    bill_code: Text | None = None
    notification_template: Long | None = None
    notification_subject: Text | None = None
    signing_file_data: Bytes | None = None
    signing_file_name: Text | None = None
    mime_type: Text | None = None
    sign_cloud_meta_data: MetaData | None = None
    multiple_signing_file_data: list[File] | None = None


class SignedFile(msgspec.Struct, rename="camel", omit_defaults=True):
    """A PDF in `signed_file_data`, or a raw RSA value in `signature_value`, in base64."""

    signed_file_name: str
    mime_type: str
    signed_file_data: str = ""
    signature_value: str = ""


class Reply(msgspec.Struct, rename="camel", omit_defaults=True):
    """HTTP 200 whatever the code is; `validFrom` and `validTo` in milliseconds."""

    response_code: int
    response_message: str
    bill_code: str = ""
    certificate: str = ""
    certificate_dn: str = msgspec.field(name="certificateDN", default="")
    certificate_serial_number: str = ""
    valid_from: int = 0
    valid_to: int = 0
    remaining_counter: int = 0
    signed_file_data: str = ""
    signed_file_name: str = ""
    mime_type: str = ""
    signature_value: str = ""
    multiple_signed_file_data: list[SignedFile] = []
