"""docs/providers.md is what the providers say of themselves now."""

from __future__ import annotations

from simulators import manual
from tests.source_tree import ROOT

PAGE = ROOT / "docs" / "providers.md"


def test_docs_providers_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == manual.printed(), "run make docs"


def test_every_provider_says_what_is_not_simulated_and_which_facts_are_unknown() -> None:
    page = PAGE.read_text("utf-8")
    files = [path for path in (ROOT / "simulators").glob("*/providers/*.py") if path.stem not in {"__init__", "trust"}]
    assert len(files) >= 6
    for path in files:
        name = next(one for one in (path.stem, path.stem.replace("_", "-")) if f"`{one}`\n" in page)
        said = page.split(f"`{name}`\n", 1)[1].split("\n### ", 1)[0]
        assert "**Not simulated:**" in said, path.stem
        assert "**unknown" in said.lower(), path.stem
