"""What a CA's app takes and shows, the same for its pages and for its JSON."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from simulators.ca.enrolment.records import Details, Organisation

Text = Annotated[str, msgspec.Meta(max_length=200)]


class Typed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form of the app; what is left out is empty."""


class Person(Typed, frozen=True, kw_only=True):
    """As on the card, and where to be reached; what an organisation brings besides. `seal` is yes on a sealed authorisation."""

    card_number: Text = ""
    name: Text = ""
    email: Text = ""
    phone: Text = ""
    address: Text = ""
    kind: Literal["person", "organisation"] = "person"
    organisation: Text = ""
    tax_code: Text = ""
    licence: Text = ""
    representative: Text = ""
    authorisation: Text = ""
    seal: Literal["", "yes"] = ""

    def details(self, package: str, channel: str) -> Details:
        organisation = Organisation(
            name=self.organisation,
            tax_code=self.tax_code,
            licence=self.licence,
            representative=self.representative,
            authorisation=self.authorisation,
            sealed=self.seal == "yes",
        )
        return Details(
            package=package,
            card_number=self.card_number.strip(),
            name=self.name,
            email=self.email.strip(),
            phone=self.phone.strip(),
            address=self.address,
            channel=channel,
            organisation=organisation if self.kind == "organisation" else None,
        )


class Register(Person, frozen=True, kw_only=True):
    """`channel` is the portal where they will sign; `device` names the phone."""

    package: Text = ""
    device: Text = ""
    channel: Text = ""


class Update(Person, frozen=True, kw_only=True):
    """The corrected details of a refused file."""


class Pay(Typed, frozen=True, kw_only=True):
    """With which means."""

    means: Text = ""


class Settle(Typed, frozen=True, kw_only=True):
    """How the confirmation of an order ends."""

    order: Text = ""
    outcome: Literal["pay", "fail", "cancel"]


class Nothing(Typed, frozen=True, kw_only=True):
    """A button alone."""


class Activate(Typed, frozen=True, kw_only=True):
    """The code of the message, and the password that the account has from now on."""

    code: Text = ""
    password: Text = ""


class Identify(Typed, frozen=True, kw_only=True):
    """eKYC: what the photographed card shows, and whether the face is the card's."""

    card_number: Text = ""
    face: Literal["match", "differs"] = "differs"


class Contract(Typed, frozen=True, kw_only=True):
    """The box under the contract."""

    agree: Literal["", "yes"] = ""


class Minutes(Typed, frozen=True, kw_only=True):
    """Who signs the minutes logs in."""

    password: Text = ""


class Turns(Typed, frozen=True, kw_only=True):
    """A pack of turns."""

    pack: Text = ""
    means: Text = ""


class Certificate(Typed, frozen=True, kw_only=True):
    """What the subscriber asks about every certificate that is not over."""

    change: Literal["suspend", "unsuspend", "revoke"]
    password: Text = ""


class ShownOrder(msgspec.Struct):
    """An order that may be paid; `amount` in đồng, `pays` is package, renewal or turns."""

    id: str
    pays: str
    amount: int
    means: str
    expires: str


class ShownPaper(msgspec.Struct):
    """A signed text: SHA-256 of its UTF-8 in hex, base64 of the raw RSA value over it."""

    title: str
    text: str
    digest: str
    signature: str


class Shown(msgspec.Struct):
    """The account. `turns` is null where none are counted; `standings` is what keeps from signing."""

    stage: str
    next: str
    package: str
    amount: int
    months: int
    renewal_percent_off: int
    promotions: list[str]
    order: ShownOrder | None
    refusal: str
    papers: list[ShownPaper]
    serials: list[str]
    standings: list[str]
    turns: int | None


class Appraisal(Typed, frozen=True, kw_only=True):
    """The CA's decision; `why` is what the citizen reads of a refusal."""

    decision: Literal["approve", "refuse"]
    why: Text = ""
