"""What travels on the Cloud Signature Consortium wire, version 1.0.4.0: names as the standard has them."""

from __future__ import annotations

from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(max_length=1000)]
Hash = Annotated[str, msgspec.Meta(max_length=1000)]
ALIAS = {"credential_id": "credentialID", "user_id": "userID", "pin": "PIN", "otp": "OTP", "sad": "SAD"}


def camel_case(name: str) -> str:
    """camelCase, but for the standard's abbreviations."""
    first, *rest = name.split("_")
    return ALIAS.get(name) or first + "".join(word.capitalize() for word in rest)


class Info(msgspec.Struct):
    lang: Text = ""


class LogIn(msgspec.Struct, rename=camel_case):
    refresh_token: Text = ""
    remember_me: bool = False
    client_data: Text = ""


class CredentialsList(msgspec.Struct, rename=camel_case):
    user_id: Text = ""
    max_results: int = 0
    page_token: Text = ""
    client_data: Text = ""


class CredentialsInfo(msgspec.Struct, rename=camel_case):
    credential_id: Text = ""
    certificates: Text = "single"
    cert_info: bool = False
    auth_info: bool = False
    lang: Text = ""
    client_data: Text = ""


class Authorize(msgspec.Struct, rename=camel_case):
    credential_id: Text = ""
    num_signatures: int = 0
    hash: list[Hash] = []
    pin: Text = ""
    otp: Text = ""
    description: Annotated[str, msgspec.Meta(max_length=500)] = ""
    client_data: Text = ""

    @property
    def names(self) -> list[str]:
        """What the phone calls the documents, where the caller names them."""
        return []

    @property
    def told(self) -> str:
        """What the phone shows of the documents."""
        return self.description


class SignHash(msgspec.Struct, rename=camel_case):
    credential_id: Text = ""
    sad: Text = ""
    hash: list[Hash] = []
    hash_algo: Text = ""
    sign_algo: Text = ""
    sign_algo_params: Text = ""
    client_data: Text = ""


class Service(msgspec.Struct, rename=camel_case):
    """What the service says of itself."""

    specs: str
    name: str
    region: str
    lang: str
    description: str
    auth_type: list[str]
    methods: list[str]


class Token(msgspec.Struct):
    access_token: str
    expires_in: int


class CredentialIds(msgspec.Struct, rename={"credential_ids": "credentialIDs"}):
    credential_ids: list[str]


class PrivateKey(msgspec.Struct):
    status: str
    algo: list[str]
    len: int


class CertificateInfo(msgspec.Struct, rename=camel_case, omit_defaults=True):
    status: str
    certificates: list[str] = []
    issuer_dn: str = msgspec.field(name="issuerDN", default="")
    serial_number: str = ""
    subject_dn: str = msgspec.field(name="subjectDN", default="")
    valid_from: str = ""
    valid_to: str = ""


class Credential(msgspec.Struct, rename=camel_case):
    description: str
    key: PrivateKey
    cert: CertificateInfo
    auth_mode: str
    scal: str = msgspec.field(name="SCAL")
    multisign: int
    lang: str


class Sad(msgspec.Struct, rename=camel_case):
    sad: str
    expires_in: int


class Signatures(msgspec.Struct):
    signatures: list[str]


class Failure(msgspec.Struct):
    error: str
    error_description: str
