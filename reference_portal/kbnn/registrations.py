"""A registration with the State Treasury: its states, its members, what may follow what; pure."""

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from reference_portal.books import Record
from reference_portal.certificates import same_serial
from reference_portal.components import Signature
from reference_portal.dossiers import Refused, Step

# Numbers as the test interface has them (0 not sent yet, then the national synchronisation's); the words are the guide's,
# but that of an accepted registration, which the guide does not show (UNKNOWN).
PREPARING, WAITING, ACCEPTED, REFUSED, COMPLETED = 0, 1, 2, 3, 10
STATES = {
    PREPARING: "Chờ hoàn thiện",
    WAITING: "Chờ cán bộ KBNN tiếp nhận hồ sơ",
    ACCEPTED: "KBNN đã tiếp nhận hồ sơ",
    REFUSED: "KBNN từ chối tiếp nhận",
    COMPLETED: "Đã hoàn thành",
}
MOVES = {
    ("send", PREPARING): WAITING,
    ("accept", WAITING): ACCEPTED,
    ("refuse", WAITING): REFUSED,
    ("finish", ACCEPTED): COMPLETED,
}

OWNERS = ("owner", "authorised_owner")
ROLES = {
    "owner": "Chủ tài khoản",
    "authorised_owner": "Ủy quyền chủ tài khoản",
    "chief_accountant": "Kế toán trưởng",
    "authorised_accountant": "Ủy quyền kế toán trưởng",
    "staff": "Chuyên viên",
}


class Held(Struct, frozen=True):
    """What a certificate read from a token says of its holder; serial in hex."""

    serial: str
    personal_id: str


class Member(Struct, frozen=True, kw_only=True):
    """`link` is the hash of the mailed link that still waits; `certificate` (base64 DER) is what the member confirmed with."""

    role: str
    name: str
    email: str
    personal_id: str
    serial: str
    link: str = ""
    certificate: str = ""

    @property
    def confirmed(self) -> bool:
        return self.certificate != ""

    def declared(self) -> "Member":
        """Only what was typed on screen 3."""
        return replace(self, link="", certificate="")

    def holds(self, held: Held) -> bool:
        return same_serial(held.serial, self.serial) and held.personal_id == self.personal_id


class TokenSigning(Struct, frozen=True, kw_only=True):
    """A digest that was handed out for a token; `digest` in hex, `certificate` in base64 DER."""

    id: str
    state: Literal["waiting", "signed", "refused", "failed"]
    doc_id: str
    digest: str
    by: str
    certificate: str
    message_vi: str | None = None


class Registration(Record, frozen=True, kw_only=True):
    """`about` is the account of whoever declares it; `removed` keeps the members that were taken off the list."""

    code: str | None
    created: str
    state: int = PREPARING
    unit: dict[str, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    removed: tuple[Member, ...] = ()
    signing: TokenSigning | None = None
    file: str = ""
    sha256: str = ""
    signatures: tuple[Signature, ...] = ()
    refusal: str | None = None
    copy_of: str | None = None
    history: tuple[Step, ...] = ()
    sent: str | None = None

    def member(self, personal_id: str) -> Member | None:
        return next((each for each in self.members if each.personal_id == personal_id), None)

    def with_member(self, member: Member) -> "Registration":
        return replace(self, members=tuple(member if m.declared() == member.declared() else m for m in self.members))


class Seat(Record, frozen=True, kw_only=True):
    """That somebody was declared in a registration: `about` is the personal id, `id` ends with the registration's."""

    registration: str


class Code(Record, frozen=True, kw_only=True):
    """A registration's code, or a signing's id; `about` is the registration."""


def hashed(secret: str) -> str:
    """Of a long random secret, which needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def moved(registration: Registration, deed: str, step: tuple[str, str, Literal["citizen", "officer"]]) -> Registration:
    """One state further, with its row of history; `step` is when, who and in which role."""
    to = MOVES.get((deed, registration.state))
    if to is None:
        raise Refused("not_in_this_state", f"Không thể thực hiện khi hồ sơ “{STATES[registration.state]}”.")
    at, who, role = step
    row = Step(at=at, who=who, role=role, source=registration.state, target=to, reason=registration.refusal)
    return replace(registration, state=to, history=(*registration.history, row))


def replaced(registration: Registration, members: tuple[Member, ...]) -> Registration:
    """Screen 3 saved: who is on it as before keeps the confirmation; who is not on it any more is remembered as removed."""
    kept = {member.declared(): member for member in registration.members}
    gone = tuple(member for member in registration.members if member.declared() not in members)
    return replace(
        registration,
        members=tuple(kept.get(member, member) for member in members),
        removed=(*registration.removed, *(member.declared() for member in gone)),
    )


def aged(at: str | None, seconds: int) -> str | None:
    return None if at is None else (datetime.fromisoformat(at) - timedelta(seconds=seconds)).isoformat()
