"""A budget unit at the State Treasury, as given of a check: its people with tokens, its mailbox, the way of a registration."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.adapter import Pending, Treasury
from conformance.desk import Officer
from conformance.dossiers import DRAFT
from conformance.failures import NotExercised
from conformance.lab import Lab, Visitor
from conformance.people import Citizen, Inbox
from conformance.records import Broken, Dossier, Line, Signing, TreasuryMails
from conformance.tokens import UsbToken

OWNER, ACCOUNTANT, STAFF = "owner", "chief_accountant", "staff"
PREPARING = "Chờ hoàn thiện"
WAITING = "Chờ cán bộ KBNN tiếp nhận hồ sơ"
REFUSED = "KBNN từ chối tiếp nhận"
COMPLETED = "Đã hoàn thành"
"""Word for word as the Treasury's guide has them."""


@dataclass(frozen=True)
class Member:
    """Somebody of the unit at a browser of their own, with the token that was declared, and what comes by mail."""

    visitor: Visitor
    token: UsbToken
    role: str
    inbox: Inbox

    @property
    def citizen(self) -> Citizen:
        return self.visitor.citizen

    @property
    def treasury(self) -> Treasury:
        if self.visitor.treasury is None:
            raise NotExercised("the adapter has no part `treasury`")
        return self.visitor.treasury

    @property
    def owns(self) -> bool:
        """Whether this is the account's owner, or stands in for the owner."""
        return self.role.endswith("owner")

    @property
    def row(self) -> Mapping[str, str]:
        """As it stands on screen 3."""
        who = self.citizen
        told = {"role": self.role, "name": who.name, "email": who.email or "", "personal_id": who.id}
        return {**told, "serial": self.token.serial}


@dataclass(frozen=True)
class Unit:
    """`mailbox` is whoever reads the unit's declared address; the chief accountant declares."""

    lab: Lab
    officer: Officer
    mailbox: Inbox
    owner: Member
    accountant: Member

    @classmethod
    def met(cls, lab: Lab) -> "Unit":
        owner, accountant = (member(lab, role) for role in (OWNER, ACCOUNTANT))
        return cls(lab, Officer(lab.portal), lab.inbox(lab.citizen()), owner, accountant)

    @property
    def members(self) -> tuple[Member, ...]:
        return self.owner, self.accountant

    @property
    def mails(self) -> TreasuryMails:
        """Where the portal says that tokens and passwords stand in its mails."""
        told = self.lab.capabilities.treasury
        if told is None:
            raise NotExercised("capabilities has no field `treasury`: where in a mail is a member's link?")
        for pattern in (told.confirmation, told.account, told.password):
            try:
                groups = re.compile(pattern).groups
            except re.error as error:
                raise Broken("capabilities", 200, f"treasury: {pattern!r} is no regular expression: {error}") from error
            if groups != 1:
                raise Broken("capabilities", 200, f"treasury: {pattern!r} has {groups} groups, where one is due")
        return told

    def draft(self, *, copy_of: Line | None = None) -> Dossier:
        """Begun by the chief accountant, nothing declared."""
        role = self.lab.capabilities.procedures.get("kbnn")
        if role is None or not role.agencies:
            raise NotExercised("capabilities names no test procedure for the role 'kbnn'")
        return self.accountant.visitor.dossiers.draft(role.procedure, role.agencies[0], copy_of=copy_of)

    def forms(self, members: Iterable[Member] = ()) -> dict[str, Mapping[str, str]]:
        """Screens 1 to 3, of the owner and the chief accountant unless others are named."""
        rows = enumerate(tuple(members) or self.members, 1)
        email = self.mailbox.citizen.email or ""
        return {
            "unit": {"name": "Trường Mầm non Ưu Đàm", "code": "1099001", "address": "Xã Thanh Lương", "email": email},
            "projects": {"1.code": "1099001", "1.account": "9523.2.1099001"},
            "members": {f"{number}.{name}": value for number, one in rows for name, value in one.row.items()},
        }

    def declared(self, members: Iterable[Member] = (), *, copy_of: Line | None = None) -> Dossier:
        """Every screen saved, the members asked to confirm."""
        draft = self.draft(copy_of=copy_of)
        self.accountant.treasury.declare(draft, self.forms(members))
        return self.accountant.visitor.dossiers.act(draft, "submit")

    def link(self, who: Member, count: int = 1) -> str:
        """The token of the newest link in this member's mailbox, as soon as there are `count`."""
        token = who.inbox.found(self.mails.confirmation, count)[-1]
        self.lab.learn(token)
        return token

    def confirmed(self, members: Iterable[Member] = (), *, copy_of: Line | None = None) -> Dossier:
        """Everybody has confirmed, each at their own link with their own token."""
        members = tuple(members) or self.members
        earlier = {one.citizen.id: len(one.inbox.matches(self.mails.confirmation)) for one in members}
        return self.confirmed_by(self.declared(members, copy_of=copy_of), members, earlier)

    def confirmed_by(self, dossier: Dossier, members: Iterable[Member], earlier: Mapping[str, int]) -> Dossier:
        """The account owner last: a portal may ask the owner only when the others have confirmed."""
        for one in sorted(members, key=lambda member: member.owns):
            link = self.link(one, earlier.get(one.citizen.id, 0) + 1)
            dossier = one.treasury.confirm(dossier, link, one.token.certificate)
        return dossier

    def begun(self, dossier: Line, who: Member | None = None, token: UsbToken | None = None) -> Pending:
        """Ký số at screen 4: the digest for this token (the account owner's own)."""
        who = who or self.owner
        chosen = token or who.token
        return who.treasury.sign(dossier, chosen.serial, chosen.certificate)

    def signed(self, dossier: Line, who: Member | None = None, token: UsbToken | None = None) -> Signing:
        """Signed by this token with the right PIN, and handed back."""
        who = who or self.owner
        pending = self.begun(dossier, who, token)
        return who.treasury.answer(pending, (token or who.token).sign(pending.signing.digest))

    def sent(self, members: Iterable[Member] = (), *, copy_of: Line | None = None) -> Dossier:
        """Confirmed by everybody, signed and sent by the account owner."""
        dossier = self.confirmed(members, copy_of=copy_of)
        outcome = self.signed(dossier)
        now = self.read(dossier)
        if now.state == DRAFT:
            raise NotExercised(f"the account owner signed, it is not sent: {outcome.state} {outcome.message_vi or ''}")
        return now

    def approved(self, members: Iterable[Member] = ()) -> Dossier:
        """Sent, accepted and approved."""
        dossier = self.sent(members)
        self.officer.accept(dossier)
        return self.officer.finish(dossier)

    def read(self, dossier: Line) -> Dossier:
        return self.accountant.visitor.dossiers.read(dossier)

    def account(self, who: Member) -> tuple[str, str]:
        """Name and first password in the newest account mail."""
        password = who.inbox.found(self.mails.password)[-1]
        self.lab.learn(password)
        return who.inbox.found(self.mails.account)[-1], password


def member(lab: Lab, role: str) -> Member:
    """A new citizen who has logged in and has a token."""
    visitor = lab.log_in()
    return Member(visitor, lab.token(visitor.citizen), role, lab.inbox(visitor.citizen))
