"""What a check demands of a component after a file was uploaded into it that only claims to be signed."""

from conformance.dossiers import DRAFT
from conformance.failures import came
from conformance.filing import Filing
from conformance.records import Component, Dossier
from conformance.requirement import Attempt, good_twin, may_be_refused


def demand_not_taken(filing: Filing, draft: Dossier, what_vi: str, what_en: str) -> None:
    """The first component counts as unsigned, and the dossier cannot be submitted with it."""
    dossiers = filing.applicant.dossiers
    state = dossiers.read(draft).components[0].state
    assert state != "signed", came(f"{what_vi} được coi là đã ký", f"{what_en} counts as signed")

    with may_be_refused():
        dossiers.act(draft, "submit")
    now = dossiers.read(draft)
    assert now.state == DRAFT, came(f"hồ sơ với {what_vi} đã được nhận", f"a dossier with {what_en} was taken")


def demand_signed_is_taken(filing: Filing, draft: Dossier) -> None:
    """The same component filled anew, signed by the applicant, submitted."""
    with good_twin():
        rule = filing.first("signed")
        filing.signed(filing.give(draft, rule), rule.id)
        assert filing.applicant.dossiers.act(draft, "submit").state != DRAFT


def words_of(attempt: Attempt, component: Component) -> str:
    """What the citizen is told of a file that does not count: at the upload, else beside the signature."""
    at_upload = attempt.refused.message_vi if attempt.refused else ""
    return " ".join([at_upload, *(one.reason_vi for one in component.signatures)]).strip()
