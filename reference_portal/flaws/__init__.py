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

MODULES = (
    login,
    identity,
    visits,
    signing,
    forgeries,
    papers,
    filing,
    handling,
    time_limits,
    money,
    notices,
    treasury,
)
FLAWS: tuple[Flaw, ...] = tuple(flaw for module in MODULES for flaw in module.ROWS)
