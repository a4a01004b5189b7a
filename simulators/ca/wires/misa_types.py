"""What travels on the MISA eSign wire: names and their capitals as its document has them, the misspelt chain too."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=255)]
Long = Annotated[str, msgspec.Meta(max_length=4000)]
Hash = Annotated[str, msgspec.Meta(max_length=8_000_000)]


class LogIn(msgspec.Struct, rename="camel"):
    user_name: Text = ""
    password: Text = ""


class SecondFactor(msgspec.Struct, rename="camel"):
    """`otp_type`: 0 by SMS or e-mail, 1 from an authenticator."""

    user_name: Text = ""
    code: Text = ""
    otp_type: int = 0
    remember: bool = False


class Resend(msgspec.Struct, rename="camel"):
    user_name: Text = ""
    language: Text = ""


class Refresh(msgspec.Struct, rename="camel"):
    refresh_token: Text = ""


class User(msgspec.Struct, rename="camel"):
    """`id` is what Signing/hash takes as UserId."""

    id: str
    email: str
    phone_number: str
    first_name: str
    last_name: str
    username: str


class Tokens(msgspec.Struct, rename="camel"):
    """`expires_in` in seconds; AuthorizationRM takes the second alone."""

    access_token: str
    remote_signing_access_token: str
    token_type: str
    expires_in: int
    refresh_token: str


class Session(Tokens, rename="camel"):
    user: User
    default: dict[str, bool]
    verify_user: dict[str, bool]


class Outcome(msgspec.Struct, rename="camel"):
    type: str
    code: int
    message: str
    error: bool
    error_code: int | str
    dev_msg: str
    user_msg: str


class LoggedIn(msgspec.Struct, rename="camel"):
    """`data` is null where the login is refused or waits for the code."""

    status: Outcome
    data: Session | None


class Resent(msgspec.Struct, rename="camel"):
    status: Outcome
    data: dict[str, dict[str, str]] | None


class WhichCertificate(msgspec.Struct, rename="camel"):
    cert_alias: Text = ""


class Certificate(msgspec.Struct, rename="camel"):
    """`chain`: leaf, MISA's CA, the national root, in base64."""

    user_id: str
    key_alias: str
    app_name: str
    key_status: str
    certificate: str
    chain: list[str] = msgspec.field(name="certiticateChain")
    cert_status: str
    effective_date: str
    expiration_date: str
    email_name: str
    is_auto_sign: bool


class Document(msgspec.Struct, rename="pascal"):
    """`file_to_sign` is the digest, in base64."""

    document_id: Text = ""
    file_to_sign: Hash = ""
    document_name: Text = ""


class SignHash(msgspec.Struct, rename="pascal"):
    """`data_to_be_displayed` may be HTML."""

    data_to_be_displayed: Long = ""
    user_id: Text = ""
    cert_alias: Text = ""
    documents: list[Document] = []


class Asked(msgspec.Struct, rename="camel"):
    transaction_id: str


class Signature(msgspec.Struct, rename="camel", omit_defaults=True):
    """`signature`: base64 of the raw RSA PKCS#1 v1.5 value; in the order of the question, which may be all that tells."""

    signature: str
    document_id: str = ""


class Standing(msgspec.Struct, rename="camel"):
    """`status`: PENDING, SUCCESS, FAILED or CANCELLED; signatures only when all are made."""

    status: str
    error_code: str
    error_description: str
    transaction_id: str
    signatures: list[Signature]


class Webhook(msgspec.Struct, rename="camel"):
    """`message_id` is another at each attempt."""

    message_id: str
    client_id: str
    extra_data: dict[str, Any]
    status: str
    error_code: str
    transaction_id: str
    signatures: list[Signature]


class Acknowledgement(msgspec.Struct, rename="camel"):
    error_code: str | int | None = None


class Failure(msgspec.Struct, rename="camel"):
    error: str
    error_code: str
    dev_msg: str
    user_msg: str
