"""What the parts of the pytest plugin share: the bench of this process, the run of the first, and the options' names."""

from pathlib import Path

import pytest

from conformance.run import Bench, Ending, Run
from conformance.target import Baseline

OPTIONS = {
    "portal": "address of the portal to certify; without it the reference portal is started",
    "simulators": "address of the simulators that the portal is configured for",
    "simulators_key": "their run key (or the variable HOPCHUAN_KEY)",
    "simulators_root": "file with the root certificate of simulators that speak TLS (PEM)",
    "contract": "id of the portal's contract",
    "portal_key": "the portal's own key for the operations officer and books (or the variable HOPCHUAN_PORTAL_KEY)",
}
SECRET_OPTIONS = frozenset({"simulators_key", "portal_key"})
MARKERS = (
    "alone: runs last and by itself, because it disturbs everybody",
    "tls: needs simulators that speak TLS (--tls); without them it is not run",
    "role(name): the role of the procedure that `draft` and `dossier` are made of",
)
UNCLAIMED = "hopchuan_not_claimed"

BENCH = pytest.StashKey[Bench]()
RUN = pytest.StashKey[Run]()
ENDING = pytest.StashKey[Ending]()
SEEN = pytest.StashKey[tuple[Baseline, Path]]()
