"""What a check is given: a lab, a portal, and people with dossiers in the state that the check begins with."""

from collections.abc import Callable

import pytest

from conformance.adapter import Dossiers, Login, Payments, Portal, Signings
from conformance.checkout import Checkout
from conformance.desk import Officer
from conformance.failures import NotExercised, Ours
from conformance.filing import Filing
from conformance.lab import Lab, Visitor
from conformance.legal import Legal, chosen
from conformance.people import Citizen, Inbox, Phone
from conformance.records import Capabilities, Dossier
from conformance.solitude import Solitude
from conformance.stashes import BENCH
from conformance.units import Unit


@pytest.fixture(scope="session")
def lab(pytestconfig: pytest.Config) -> Lab:
    return pytestconfig.stash[BENCH].lab


@pytest.fixture(scope="session")
def portal(lab: Lab) -> Portal:
    return lab.portal


@pytest.fixture(scope="session")
def capabilities(lab: Lab) -> Capabilities:
    return lab.capabilities


@pytest.fixture(scope="session")
def legal(pytestconfig: pytest.Config, capabilities: Capabilities) -> Legal:
    """The numbers of the law that bind the portal."""
    return chosen(pytestconfig.option.legal, capabilities.legal)


@pytest.fixture
def citizen(lab: Lab) -> Citizen:
    """The person behind `applicant`."""
    return lab.citizen()


@pytest.fixture
def applicant(lab: Lab, citizen: Citizen) -> Visitor:
    """A citizen who has logged in, at a browser of their own."""
    return lab.log_in(citizen)


@pytest.fixture
def visitor(lab: Lab, citizen: Citizen) -> Visitor:
    """The same citizen before the login."""
    return lab.visitor(citizen)


@pytest.fixture
def stranger(lab: Lab) -> Visitor:
    """Another citizen who has logged in."""
    return lab.log_in()


@pytest.fixture
def solitude(lab: Lab, request: pytest.FixtureRequest) -> Solitude:
    """Power over everybody's traffic."""
    if request.node.get_closest_marker("alone") is None:
        raise Ours(f"{request.node.nodeid} disturbs everybody: mark it `alone`")
    return Solitude(lab.control)


@pytest.fixture
def login(visitor: Visitor) -> Login:
    return visitor.login


@pytest.fixture
def dossiers(applicant: Visitor) -> Dossiers:
    return applicant.dossiers


@pytest.fixture
def signing(applicant: Visitor) -> Signings:
    if applicant.signing is None:
        raise NotExercised("the adapter has no part `signing`")
    return applicant.signing


@pytest.fixture
def payments(applicant: Visitor) -> Payments:
    if applicant.payments is None:
        raise NotExercised("the adapter has no part `payments`")
    return applicant.payments


@pytest.fixture
def officer(portal: Portal) -> Officer:
    return Officer(portal)


@pytest.fixture
def phone(lab: Lab, citizen: Citizen) -> Phone:
    """The applicant's."""
    return lab.phone(citizen)


@pytest.fixture
def filing(lab: Lab, applicant: Visitor) -> Filing:
    return Filing(lab, applicant)


@pytest.fixture(scope="session")
def filing_of(lab: Lab) -> Callable[[Visitor], Filing]:
    """The same for anybody: filing_of(stranger)."""
    return lambda visitor: Filing(lab, visitor)


@pytest.fixture
def unit(lab: Lab) -> Unit:
    """A budget unit with its people, before the State Treasury."""
    return Unit.met(lab)


@pytest.fixture
def role(request: pytest.FixtureRequest) -> str:
    """`@pytest.mark.role("…")`, else what the check is about: paid with `payments`, signed with `signing`, else free."""
    if marked := request.node.get_closest_marker("role"):
        return str(marked.args[0])
    asked = request.fixturenames
    return "paid" if "payments" in asked else "signed" if "signing" in asked else "free"


@pytest.fixture
def draft(filing: Filing, role: str) -> Dossier:
    """A draft of the role's procedure with every mandatory component filled, none signed."""
    return filing.draft(role)


@pytest.fixture
def dossier(filing: Filing, role: str) -> Dossier:
    """A dossier of the role's procedure, submitted (and signed where that is demanded)."""
    return filing.filed(role)


@pytest.fixture
def checkout(lab: Lab, payments: Payments, dossier: Dossier) -> Checkout:
    """The dossier's fee at the gateway, which tells and answers as it should."""
    return lab.checkout(payments.start(dossier))


@pytest.fixture
def order(lab: Lab, payments: Payments, dossier: Dossier) -> Checkout:
    """The dossier's fee at the gateway, which answers no query about it: only a notice can say that money came."""
    return lab.order(payments.start(dossier))


@pytest.fixture
def inbox(lab: Lab, citizen: Citizen, request: pytest.FixtureRequest) -> Inbox:
    """What reaches the applicant from now on: after the login and, where the check has one, after the submission."""
    for given in ("applicant", "draft", "dossier"):
        if given in request.fixturenames:
            request.getfixturevalue(given)
    return lab.inbox(citizen)
