"""A world file is read whole or refused with one sentence."""

from pathlib import Path

import pytest

from simulators.mounting import BadWorld
from simulators.worldfile import read


def test_seed_and_providers_fields_are_read(tmp_path: Path) -> None:
    path = tmp_path / "tet.toml"
    path.write_text('seed = "tet"\n[provider.ca2]\nrequest_ttl = 60000\nnames = ["a", ["b"]]\n', encoding="utf-8")
    world = read(path)
    assert world.seed == "tet"
    assert world.overrides == {"ca2": {"request_ttl": 60000, "names": ["a", ["b"]]}}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("seed = ", "is not TOML"),
        ("sed = 1", "there is no 'sed'"),
        ("seed = 1", "seed is text"),
        ("provider = 1", "provider is a table of tables"),
        ("[provider]\nca2 = 1", "provider is a table of tables"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "w.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadWorld, match=named):
        read(path)
