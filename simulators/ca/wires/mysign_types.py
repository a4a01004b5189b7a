"""What travels on the Viettel MySign wire: names as its integration document has them, numbers as strings."""

from __future__ import annotations

from typing import Annotated

import msgspec

from simulators.ca.wires.csc_types import Authorize, camel_case
from simulators.ca.wires.mysign_texts import document_name

Text = Annotated[str, msgspec.Meta(max_length=255)]
Hash = Annotated[str, msgspec.Meta(max_length=1000)]


class LogIn(msgspec.Struct):
    """The service provider, for one user."""

    client_id: Text = ""
    client_secret: Text = ""
    profile_id: Text = ""
    user_id: Text = ""


class Token(msgspec.Struct):
    """`expires_in` in seconds, a string; `refresh_token` is always empty: log in again."""

    access_token: str
    expires_in: str
    refresh_token: str = ""
    token_type: str = "Bearer"  # noqa: S105  # a kind of token


class CertificatesInfo(LogIn):
    certificates: Text = "chain"
    cert_info: bool = msgspec.field(name="certInfo", default=False)
    auth_info: bool = msgspec.field(name="authInfo", default=False)


class PrivateKey(msgspec.Struct):
    status: str
    algo: list[str]
    len: str
    curve: str | None = None


class CertificateInfo(msgspec.Struct, rename="camel"):
    """`certificates`: leaf, issuer, root, in base64 with CRLF; `serial_number` in decimal."""

    status: str
    certificates: list[str]
    issuer_dn: str = msgspec.field(name="issuerDN")
    serial_number: str
    subject_dn: str = msgspec.field(name="subjectDN")
    valid_from: str
    valid_to: str


class Credential(msgspec.Struct):
    credential_id: str
    description: str
    key: PrivateKey
    cert: CertificateInfo
    auth_mode: str = msgspec.field(name="authMode", default="implicit")
    scal: str = "2"
    multisign: str = "2147483647"


class Document(msgspec.Struct):
    """`document_name`: base64 of letters without marks, digits, blank, - and _."""

    document_id: Text = ""
    document_name: Text = ""


class AuthorizeNamed(Authorize, rename=camel_case):
    """Of the variant shaped as CSC: a document for each hash, or none."""

    documents: list[Document] = msgspec.field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [one.document_id for one in self.documents]

    @property
    def told(self) -> str:
        """The description, then each document's name, or Refused."""
        return ", ".join([self.description, *(document_name(one.document_name) for one in self.documents)]).strip(", ")


class SignHash(msgspec.Struct):
    """`credential_id` is credentialID here; `mode` (async): 0 waits for the phone, 1 and 2 are polled, 3 is told by webhook."""

    client_id: Text = ""
    client_secret: Text = ""
    credential_id: Text = msgspec.field(name="credentialID", default="")
    num_signatures: int = msgspec.field(name="numSignatures", default=0)
    description: Text = ""
    documents: list[Document] = []
    hash: list[Hash] = []
    hash_algo: Text = msgspec.field(name="hashAlgo", default="")
    sign_algo: Text = msgspec.field(name="signAlgo", default="")
    mode: int | None = msgspec.field(name="async", default=None)


class Signed(msgspec.Struct, omit_defaults=True):
    """The raw values where the call waited, else the transaction to ask about."""

    signatures: list[str] | None = None
    transaction: str = msgspec.field(name="transactionId", default="")


class Status(msgspec.Struct):
    transaction: Text = msgspec.field(name="transactionId", default="")


class Standing(msgspec.Struct):
    status: str
    description: str
    signatures: list[str] | None = None


class Failure(msgspec.Struct):
    error: str
    error_description: str
