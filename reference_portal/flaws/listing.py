"""The table of flaws as JSON, for whoever tries them from outside."""

import json

from reference_portal.flaws import MODULES


def listed() -> str:
    """`[{name, module, caught_by, also, repeats, vi, en, load_only, tls}, …]` in the order of the table."""
    return json.dumps(
        [
            {
                "name": flaw.name,
                "module": module.__name__.rpartition(".")[2],
                "caught_by": sorted(flaw.caught_by),
                "also": sorted(flaw.also),
                "repeats": flaw.repeats,
                "vi": flaw.vi,
                "en": flaw.en,
                "load_only": flaw.load_only,
                "tls": flaw.tls,
            }
            for module in MODULES
            for flaw in module.ROWS
        ],
        ensure_ascii=False,
    )
