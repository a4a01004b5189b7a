"""A citizen's way through the portal, pure over lab and adapter: sign in, file one dossier signed and one paid, track both."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conformance.lab import Lab, Visitor
from conformance.people import Citizen
from conformance.records import Capabilities, Dossier, Line, Procedure, Way
from conformance.samples import attachment, form_value

NOTICE_SITE = "vnpay.notice"
PARALLEL = "parallel"

Tell = Callable[[str, str], None]
"""(deed, reference): what the portal said that it did."""


class Unfit(Exception):
    """The portal's capabilities do not allow this journey; one sentence."""


class Astray(Exception):
    """The portal answered every hop, and yet the citizen is not where the journey leads."""


@dataclass(frozen=True)
class Plan:
    """What every citizen does. `notice_effect` is planned about each payment: what a gateway may do at any time."""

    signed: Procedure
    paid: Procedure
    ways: tuple[Way, ...]
    notice_effect: str = PARALLEL

    @classmethod
    def of(cls, capabilities: Capabilities, catalogue: Iterable[Procedure], *, notice_effect: str = PARALLEL) -> "Plan":
        rows = tuple(catalogue)
        if not capabilities.signing:
            raise Unfit("capabilities names no way of signing (`signing`)")
        if "vnpay" not in capabilities.gateways:
            raise Unfit("capabilities does not name the gateway vnpay (`gateways`)")
        signed, paid = (_procedure(capabilities, rows, role) for role in ("signed", "paid"))
        return cls(signed, paid, capabilities.signing, notice_effect)


@dataclass(frozen=True)
class Journey:
    """One citizen's; `number` chooses among the portal's ways of signing, in turn."""

    lab: Lab
    plan: Plan
    citizen: Citizen
    number: int
    tell: Tell

    def travel(self) -> None:
        visitor = self.lab.log_in_anew(self.citizen)
        self.tell("logged_in", self.citizen.id)
        signed = self._file_signed(visitor)
        paid = self._file_and_pay(visitor)
        self._track(visitor, signed, paid)
        visitor.login.logout()

    def _file_signed(self, visitor: Visitor) -> Dossier:
        draft = self._draft(visitor, self.plan.signed)
        for rule in self.plan.signed.components:
            if rule.required and rule.sign:
                self._sign(visitor, draft, rule.id)
        return self._submit(visitor, draft)

    def _file_and_pay(self, visitor: Visitor) -> Dossier:
        assert visitor.payments is not None, "capabilities names a gateway"
        dossier = self._submit(visitor, self._draft(visitor, self.plan.paid))
        started = visitor.payments.start(dossier)
        self.tell("payment_begun", started.ref)
        if self.plan.notice_effect:
            self.lab.fault(NOTICE_SITE, self.plan.notice_effect, about=started.ref)
        self.lab.checkout(started, self.citizen).pay()
        self.lab.wait_for("delivered", started.ref)
        if not visitor.dossiers.read(dossier).is_paid:
            raise Astray(f"payment {started.ref}: its notice was delivered, the dossier {dossier.id} is not paid")
        return dossier

    def _track(self, visitor: Visitor, signed: Dossier, paid: Dossier) -> None:
        listed = {line.id: line.code for line in visitor.dossiers.list()}
        for dossier in (signed, paid):
            if listed.get(dossier.id) != dossier.code:
                raise Astray(f"dossier {dossier.code} is in the citizen's list as {listed.get(dossier.id)!r}")
        shown = visitor.dossiers.read(signed)
        for component in shown.components:
            if component.state == "signed" and component.file:
                visitor.dossiers.file(signed, component.file)
        assert visitor.payments is not None, "capabilities names a gateway"
        if not visitor.payments.receipts(paid):
            raise Astray(f"dossier {paid.code} is paid and has no receipt")

    def _draft(self, visitor: Visitor, procedure: Procedure) -> Dossier:
        """Everything mandatory, and the first voluntary paper that is a file, so that each journey attaches one."""
        draft = visitor.dossiers.draft(procedure.code, procedure.agency)
        self.tell("drafted", draft.id)
        voluntary = next((rule.id for rule in procedure.components if not (rule.required or rule.form)), "")
        for rule in procedure.components:
            if rule.required and rule.form:
                visitor.dossiers.fill(draft, rule.id, {field: form_value(field) for field in rule.form})
            elif rule.required or rule.id == voluntary:
                content, name = attachment(rule.media, f"{rule.id} {self.citizen.id}")
                visitor.dossiers.attach(draft, rule.id, content, name)
        return draft

    def _sign(self, visitor: Visitor, dossier: Line, component: str) -> None:
        assert visitor.signing is not None, "capabilities names a way of signing"
        way = self.plan.ways[self.number % len(self.plan.ways)]
        offered = visitor.signing.certificates(way, self.citizen.id)
        if not offered:
            raise Astray(f"{way.through} {way.ca} offers no certificate for {self.citizen.id}")
        pending = visitor.signing.start(dossier, component, offered[0])
        self.tell("signing_begun", pending.doc_id)
        self.tell("component_signed", f"{dossier.id}/{component}")
        outcome = visitor.signing.outcome(pending)
        if outcome.state != "signed":
            raise Astray(f"{pending.doc_id}: the phone approved, the portal says {outcome.state} {outcome.message_vi}")

    def _submit(self, visitor: Visitor, draft: Line) -> Dossier:
        dossier = visitor.dossiers.act(draft, "submit")
        if not dossier.code:
            raise Astray(f"dossier {dossier.id} was submitted and has no code")
        self.tell("submitted", dossier.id)
        return dossier


def _procedure(capabilities: Capabilities, catalogue: Iterable[Procedure], role: str) -> Procedure:
    named = capabilities.procedures.get(role)
    if named is None:
        raise Unfit(f"capabilities names no test procedure for the role {role!r}")
    for row in catalogue:
        if row.code == named.procedure and row.agency in named.agencies:
            return row
    raise Unfit(f"the catalogue has no row for the {role} procedure {named.procedure} at {', '.join(named.agencies)}")
