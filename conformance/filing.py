"""The usual way of a dossier, as given of a check: draft, filled, signed, submitted, by a role of the portal's procedures."""

from dataclasses import dataclass
from functools import cached_property

from conformance.failures import NotExercised
from conformance.lab import Lab, Visitor
from conformance.records import Certificate, ComponentRule, Dossier, Line, Procedure, Way
from conformance.samples import attachment, form_value


@dataclass(frozen=True)
class Filing:
    """What `applicant` does; every verb answers the dossier as it is then."""

    lab: Lab
    applicant: Visitor

    def procedure(self, role: str, agency: str | None = None) -> Procedure:
        """The catalogue's row of the role's procedure at this agency, or at its first."""
        named = self.lab.capabilities.procedures.get(role)
        if named is None or not named.agencies:
            raise NotExercised(f"capabilities names no test procedure for the role {role!r}")
        agency = agency or named.agencies[0]
        found = [row for row in self._catalogue if row.code == named.procedure and row.agency == agency]
        if not found:
            raise NotExercised(f"the catalogue has no row for procedure {named.procedure} at agency {agency}")
        return found[0]

    @cached_property
    def _catalogue(self) -> tuple[Procedure, ...]:
        """It is the same for everybody, and asked for once in a check."""
        return self.applicant.dossiers.procedures()

    def blank(self, role: str = "free", agency: str | None = None) -> Dossier:
        """A draft in which nothing is filled."""
        procedure = self.procedure(role, agency)
        return self.applicant.dossiers.draft(procedure.code, procedure.agency)

    def draft(self, role: str = "free", agency: str | None = None) -> Dossier:
        """A draft with every mandatory component filled, none signed."""
        procedure = self.procedure(role, agency)
        dossier = self.applicant.dossiers.draft(procedure.code, procedure.agency)
        for rule in procedure.components:
            if rule.required:
                dossier = self.give(dossier, rule)
        return dossier

    def give(self, dossier: Line, rule: ComponentRule) -> Dossier:
        """The component by its e-form where it has one, else by a file."""
        if rule.form:
            return self.applicant.dossiers.fill(dossier, rule.id, {field: form_value(field) for field in rule.form})
        content, name = attachment(rule.media, f"{rule.id} {self.applicant.citizen.id}")
        return self.applicant.dossiers.attach(dossier, rule.id, content, name)

    def give_all(self, dossier: Line, role: str = "free") -> None:
        """Every mandatory component of the role's procedure, anew: a copy may have come without files."""
        for rule in self.procedure(role).components:
            if rule.required:
                self.give(dossier, rule)

    def filed(self, role: str = "free", agency: str | None = None) -> Dossier:
        """Submitted, signed where the procedure demands it."""
        dossier = self.draft(role, agency)
        for rule in self.procedure(role, agency).components:
            if rule.required and rule.sign:
                dossier = self.signed(dossier, rule.id)
        return self.applicant.dossiers.act(dossier, "submit")

    def first(self, role: str) -> ComponentRule:
        """The rule of the role's first component."""
        return self.procedure(role).components[0]

    def way(self, through: str = "", ca: str = "") -> Way:
        """The first way of signing that the portal names and that fits."""
        for way in self.lab.capabilities.signing:
            if through in {"", way.through} and ca in {"", way.ca}:
                return way
        raise NotExercised(f"capabilities names no way of signing {through} {ca}".rstrip())

    def certificate(self, way: Way | None = None) -> Certificate:
        """The applicant's own, as the portal's dialog offers it."""
        assert self.applicant.signing is not None, "the portal claims no signing"
        found = self.applicant.signing.certificates(way or self.way(), self.applicant.citizen.id)
        if not found:
            raise NotExercised("the portal offers no certificate for the applicant's own number")
        return found[0]

    def signed(self, dossier: Line, component: str, way: Way | None = None) -> Dossier:
        """The component signed by the applicant, approved on the applicant's phone."""
        assert self.applicant.signing is not None, "the portal claims no signing"
        pending = self.applicant.signing.start(dossier, component, self.certificate(way))
        self.lab.phone(self.applicant.citizen).approve()
        outcome = self.applicant.signing.outcome(pending)
        if outcome.state != "signed":
            raise NotExercised(f"the applicant approved, the portal says {outcome.state}: {outcome.message_vi or ''}")
        return self.applicant.dossiers.read(dossier)
