"""A world file's fields reach the specs as the specs' own types, or the world does not start."""

from pathlib import Path

import pytest

from simulators import catalog
from simulators.payment.spec import GatewaySpec
from tests.simulators.living import living, refused

PROVIDERS = "simulators.payment.providers"


def test_a_field_is_overridden_by_name() -> None:
    plain = catalog.load(PROVIDERS, GatewaySpec)["vnpay"]
    changed = catalog.load(PROVIDERS, GatewaySpec, {"vnpay": {"name": "Thử"}})["vnpay"]
    assert (plain.name == "Thử", changed.name, changed.id) == (False, "Thử", plain.id)


@pytest.mark.parametrize(
    ("fields", "named"), [({"nam": "x"}, "has no field 'nam'; it has: "), ({"name": 1}, "vnpay: name cannot be 1")]
)
def test_an_unknown_field_or_another_type_refuses(fields: dict[str, object], named: str) -> None:
    with pytest.raises(catalog.BadOverride, match=named):
        catalog.load(PROVIDERS, GatewaySpec, {"vnpay": fields})


def test_a_world_file_that_fits_starts_and_one_that_does_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tet.toml"
    path.write_text('seed = "tet"\n[provider.vnpay]\nname = "Thử"\n', encoding="utf-8")
    with living("--world", str(path), "--only", "payment,messages") as server:
        assert server.http.get("/control/health").status_code == 200
    path.write_text("[provider.vnpay]\nname = 1\n", encoding="utf-8")
    assert "name cannot be 1" in refused("--world", str(path))
    path.write_text("[provider.vnpy]\nname = 1\n", encoding="utf-8")
    assert "there is no provider 'vnpy'" in refused("--world", str(path))
