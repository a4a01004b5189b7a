"""What a portal answers, as the suite reads it: unknown fields ignored, a missing mandatory field told in one sentence."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Read only; two are equal when all their fields are."""


class Refused(Exception):
    """The portal said no (4xx), in its own words."""

    def __init__(self, operation: str, status: int, message_vi: str, *, error: str = "", field: str = "") -> None:
        super().__init__(f"{operation}: {status} {error} {message_vi}".strip())
        self.operation, self.status, self.message_vi, self.error, self.field = (
            operation,
            status,
            message_vi,
            error,
            field,
        )


class Broken(Refused):
    """The portal's answer is none: 5xx, another shape than the interface's, no JSON where JSON is due."""


class Role(Record, frozen=True, kw_only=True):
    """One of the portal's own test procedures, and where it is offered."""

    procedure: str
    agencies: tuple[str, ...]


class Way(Record, frozen=True, kw_only=True):
    """How a signature may be asked for: directly at a CA or through the hub."""

    through: str
    ca: str


class TreasuryMails(Record, frozen=True, kw_only=True):
    """Regular expressions with one group: where tokens, accounts and first passwords stand in the Treasury's e-mails."""

    confirmation: str
    account: str
    password: str
    first_password_seconds: int


class Capabilities(Record, frozen=True, kw_only=True):
    name: str
    claims: tuple[str, ...]
    procedures: dict[str, Role]
    version: str = ""
    signing: tuple[Way, ...] = ()
    gateways: tuple[str, ...] = ()
    ipn_path: str = ""
    return_path: str = ""
    webhook_path: str = ""
    callback_path: str = ""
    signing_patience_seconds: int = 300
    notice_patience_seconds: int = 60
    treasury: TreasuryMails | None = None
    legal: str = ""
    """Name of the numbers of the law that bind it (profiles/legal)."""


class Session(Record, frozen=True, kw_only=True):
    signed_in: bool
    account: str = ""
    subject: str = ""
    name: str = ""
    personal_id: str = ""
    roles: tuple[str, ...] = ()


class Fee(Record, frozen=True, kw_only=True):
    id: str
    name: str
    amount: int
    kind: str = ""
    collect: str = ""
    paid: bool = False


class ComponentRule(Record, frozen=True, kw_only=True):
    id: str
    name: str
    required: bool
    sign: bool = False
    form: tuple[str, ...] = ()
    template: str | None = None
    media: tuple[str, ...] = ()
    max_bytes: int | None = None


class Procedure(Record, frozen=True, kw_only=True):
    code: str
    name: str
    agency: str
    agency_name: str
    level: str
    components: tuple[ComponentRule, ...]
    fees: tuple[Fee, ...]
    field: str = ""


class Signing(Record, frozen=True, kw_only=True):
    id: str
    state: str
    doc_id: str
    transaction: str | None = None
    message_vi: str | None = None
    digest: str = ""


class Signature(Record, frozen=True, kw_only=True):
    valid: bool = False
    signer: str = ""
    personal_id: str = ""
    serial: str = ""
    issuer: str = ""
    at: str | None = None
    reason_vi: str = ""


class Version(Record, frozen=True, kw_only=True):
    file: str = ""
    sha256: str = ""
    at: str = ""
    signed: bool = False


class Component(Record, frozen=True, kw_only=True):
    id: str
    state: str
    file: str | None = None
    file_name: str | None = None
    media: str | None = None
    sha256: str | None = None
    size: int | None = None
    form: dict[str, str] | None = None
    versions: tuple[Version, ...] = ()
    signing: Signing | None = None
    signatures: tuple[Signature, ...] = ()


class Applicant(Record, frozen=True, kw_only=True):
    name: str = ""
    personal_id: str = ""


class Supplement(Record, frozen=True, kw_only=True):
    reason: str = ""
    components: tuple[str, ...] = ()
    until: str = ""


class Payment(Record, frozen=True, kw_only=True):
    """`ref` is what the gateway knows it by."""

    ref: str
    gateway: str
    amount: int
    state: str
    url: str = ""


class Receipt(Record, frozen=True, kw_only=True):
    id: str
    amount: int
    payment: str
    number: str = ""
    payer: str = ""
    dossier_code: str | None = None
    at: str = ""


class Step(Record, frozen=True, kw_only=True, rename={"source": "from", "target": "to"}):
    at: str
    who: str
    source: int
    target: int
    role: str = ""
    reason: str | None = None


class Member(Record, frozen=True, kw_only=True):
    """Who is declared in a registration with the State Treasury."""

    personal_id: str
    confirmed: bool
    role: str = ""
    name: str = ""


class Slip(Record, frozen=True, kw_only=True):
    """A paper of the desk: acceptance, supplement, refusal, apology or stop."""

    kind: str
    at: str = ""
    code: str | None = None
    components: tuple[str, ...] = ()
    due: str | None = None
    place_of_return: str = ""
    reason: str | None = None


class Line(Record, frozen=True, kw_only=True):
    """A dossier as the list shows it."""

    id: str
    code: str | None
    procedure: str
    agency: str
    state: int
    state_text: str
    refusal: str | None = None
    copy_of: str | None = None


class Dossier(Line, frozen=True, kw_only=True):
    components: tuple[Component, ...]
    fees: tuple[Fee, ...]
    payments: tuple[Payment, ...]
    receipts: tuple[Receipt, ...]
    history: tuple[Step, ...]
    applicant: Applicant = Applicant()
    members: tuple[Member, ...] = ()
    supplement: Supplement | None = None
    submitted: str | None = None
    received: str | None = None
    due: str | None = None
    late: bool | None = None
    overdue: bool | None = None
    slips: tuple[Slip, ...] = ()

    def component(self, component: str) -> Component:
        """That component; one that the portal does not show is empty."""
        return next((one for one in self.components if one.id == component), Component(id=component, state="empty"))

    @property
    def files(self) -> tuple[str, ...]:
        """References of the files that it holds, in the order of its components."""
        return tuple(one.file for one in self.components if one.file)

    @property
    def is_paid(self) -> bool:
        """Whether anything in it says that money came."""
        paid = any(payment.state == "paid" for payment in self.payments)
        return paid or bool(self.receipts) or any(fee.paid and fee.amount for fee in self.fees)


class Certificate(Record, frozen=True, kw_only=True):
    """What the dialog lists; `way` and `user_id` say how it was asked for."""

    serial: str
    subject: str
    issuer: str
    valid_from: str = ""
    valid_to: str = ""
    way: Way = Way(through="", ca="")
    user_id: str = ""


def read(kind: type[T], answer: Any, operation: str) -> T:
    """The answer as `kind`, or Broken with one sentence that names the operation and the field."""
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as error:
        name = getattr(kind, "__name__", str(kind))
        raise Broken(operation, 200, f"the answer is not a {name} of portal_api.yaml: {error}") from error
