"""The variant of MySign that is shaped as the Cloud Signature Consortium's API 1.0: a token for one user, documents with names."""

from __future__ import annotations

from simulators.ca.desk.requests import Desk
from simulators.ca.desk.users import CLIENT, Users
from simulators.ca.reasons import Reason
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import csc_types, csc_v1, csc_words
from simulators.ca.wires.csc_words import CscDialect, CscWord
from simulators.ca.wires.mysign_types import AuthorizeNamed
from simulators.ca.wires.mysign_words import TOKEN_LIFE
from simulators.kernel.wire import Route

METHODS: csc_v1.Methods = {
    "credentials/list": csc_v1.METHODS["credentials/list"],
    "credentials/info": csc_v1.METHODS["credentials/info"],
    "credentials/authorize": (AuthorizeNamed, csc_types.Sad),
    "signatures/signHash": csc_v1.METHODS["signatures/signHash"],
}
"""Its login is MySign's own (ras/v1/login)."""
WORDS = {
    **csc_words.WORDS,
    Reason.CA_FAILED: CscWord(400, "server_error", "Signing failed", "UNKNOWN"),
}
DIALECT = CscDialect(WORDS, spare_signatures=True)
"""One integrator asks for ten signatures more than it has hashes."""


def routes(desk: Desk, door: Door) -> tuple[Route, ...]:
    """Everything behind a door of this variant."""
    return csc_v1.served(csc_v1.Counter(desk, door.dialect, Users(desk, TOKEN_LIFE)), METHODS, desk, door)


WIRE = Wire(routes, CLIENT, told=csc_v1.WIRE.told)
