"""A component of a dossier: its versions, its e-form and its signings; frozen records."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Mark = Literal["attached", "signed", "broken"]


class Signature(Struct, frozen=True, kw_only=True):
    """What the examination of a file said about one signature in it."""

    valid: bool
    signer: str
    personal_id: str
    serial: str
    issuer: str
    at: str
    digest: str
    problem_vi: str | None = None


class Version(Struct, frozen=True, kw_only=True):
    """One version of a component's file; `base` is the unsigned file that the portal had signed."""

    file: str
    name: str
    media: str
    sha256: str
    size: int
    at: str
    mark: Mark = "attached"
    signatures: tuple[Signature, ...] = ()
    base: str | None = None


class Signing(Struct, frozen=True, kw_only=True):
    """A signing request for one file; `shown` is the doc_id that the citizen compares with the phone."""

    id: str
    state: Literal["waiting", "signed", "refused", "expired", "failed"]
    file: str
    doc_id: str
    shown: str
    transaction: str
    through: str
    ca: str
    user_id: str
    serial: str
    at: str
    message_vi: str | None = None


class Component(Struct, frozen=True, kw_only=True):
    id: str
    form: dict[str, str] | None = None
    versions: tuple[Version, ...] = ()
    present: bool = False
    signings: tuple[Signing, ...] = ()

    @property
    def current(self) -> Version | None:
        return self.versions[-1] if self.present else None

    def waiting(self) -> Signing | None:
        """The signing that the phone has not yet answered, for the file that lies here now."""
        current = self.current
        for signing in reversed(self.signings):
            if signing.state == "waiting" and current is not None and signing.file == current.file:
                return signing
        return None

    def signing(self, signing_id: str | None) -> Signing | None:
        """The signing of that id, else the latest."""
        named = [signing for signing in self.signings if signing.id == signing_id]
        return named[0] if named else (self.signings[-1] if self.signings else None)

    def state(self) -> str:
        if self.current is None:
            return "empty"
        return "signing" if self.waiting() else self.current.mark

    def with_version(self, version: Version) -> "Component":
        return replace(self, versions=(*self.versions, version), present=True)

    def with_signing(self, signing: Signing) -> "Component":
        others = tuple(old for old in self.signings if old.id != signing.id)
        return replace(self, signings=(*others, signing))
