"""Portals with one defect each, seen in real code: what a check must catch before its silence means anything."""

from reference_portal.flaws import (
    filing,
    forgeries,
    handling,
    identity,
    login,
    money,
    notices,
    papers,
    signing,
    time_limits,
    treasury,
    visits,
)
from reference_portal.flaws.row import Flaw

FLAWS: tuple[Flaw, ...] = (
    *login.ROWS,
    *identity.ROWS,
    *visits.ROWS,
    *signing.ROWS,
    *forgeries.ROWS,
    *papers.ROWS,
    *filing.ROWS,
    *handling.ROWS,
    *time_limits.ROWS,
    *money.ROWS,
    *notices.ROWS,
    *treasury.ROWS,
)
