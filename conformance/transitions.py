"""From which states a portal may allow a deed: the table of transitions of specs/portal.md 2.4, read generously.

Where the table leaves open who may do it, or from where (a withdrawal, a recall, a further fee), the state is listed; a portal
may allow less.
"""

from collections.abc import Mapping

from conformance.dossiers import (
    ACCEPTED,
    DRAFT,
    FINISHED,
    HANDED_OVER,
    PAYING,
    PROCESSING,
    REFUSED,
    STOPPED,
    SUBMITTED,
    SUPPLEMENT,
    WITHDRAWN,
)

FROM: Mapping[str, frozenset[int]] = {
    "submit": frozenset({DRAFT}),
    "answer": frozenset({SUPPLEMENT}),
    "withdraw": frozenset({DRAFT, SUBMITTED, ACCEPTED, PROCESSING, SUPPLEMENT, PAYING, FINISHED}),
    "accept": frozenset({SUBMITTED, SUPPLEMENT, PROCESSING, PAYING, STOPPED, FINISHED}),
    "process": frozenset({ACCEPTED, SUPPLEMENT, PROCESSING, PAYING, STOPPED, FINISHED}),
    "ask": frozenset({SUBMITTED, ACCEPTED, PROCESSING, SUPPLEMENT}),
    "refuse": frozenset({SUBMITTED, ACCEPTED, PROCESSING, SUPPLEMENT}),
    "fee": frozenset({SUBMITTED, ACCEPTED, PROCESSING, SUPPLEMENT, PAYING, FINISHED}),
    "stop": frozenset({ACCEPTED, PROCESSING}),
    "finish": frozenset({ACCEPTED, PROCESSING}),
    "hand_over": frozenset({FINISHED}),
}
TERMINAL = frozenset({REFUSED, WITHDRAWN, HANDED_OVER})

LIVES = (
    ("submit", "accept", "process", "finish", "hand_over"),
    ("submit", "refuse"),
    ("submit", "ask", "withdraw"),
    ("submit", "accept", "stop"),
    ("submit", "accept", "fee"),
)
"""Deeds that lead a dossier through every state."""


def forbidden(state: int) -> tuple[str, ...]:
    """The deeds that no portal may allow there."""
    return tuple(deed for deed, states in FROM.items() if state not in states)
