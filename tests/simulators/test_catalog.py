"""A world file's fields reach the specs as the specs' own types and within their ranges, or the world does not start."""

from pathlib import Path
from typing import Any, get_args

import pytest

from simulators import catalog
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.ca.spec import CaSpec, FileHubSpec, HubSpec, IntegratedSpec, MysignSpec
from simulators.kernel import bounds
from simulators.payment.checksum import ENCODERS
from simulators.payment.spec import Encoder, GatewaySpec
from simulators.portal.spec import LoginSpec
from simulators.tokens.spec import PluginSpec, TokenSpec
from simulators.trust.spec import TrustSpec
from tests.places import running
from tests.simulators.living import living, refused

KINDS: dict[type, str] = {
    CaSpec: "ca",
    IntegratedSpec: "ca",
    HubSpec: "ca",
    FileHubSpec: "ca",
    MysignSpec: "ca",
    TokenSpec: "tokens",
    EnrolmentSpec: "ca",
    PluginSpec: "tokens",
    GatewaySpec: "payment",
    LoginSpec: "portal",
    TrustSpec: "trust",
}
NOT_SET = {
    CaSpec: {"id", "source", "doors"},
    IntegratedSpec: {"id", "source", "doors"},
    HubSpec: {"id", "source", "door"},
    FileHubSpec: {"id", "source", "door"},
    MysignSpec: {"id", "source", "doors"},
    TokenSpec: {"id", "source"},
    EnrolmentSpec: {"id", "source", "packages", "promotions"},
    PluginSpec: {"id", "source", "words"},
    GatewaySpec: {"id", "source", "wire", "page_words", "query_words", "endings", "banks", "cards"},
    LoginSpec: {"id", "source", "authenticators"},
    TrustSpec: {"id", "source"},
}
PROVIDERS = [
    (kind, spec) for kind, family in KINDS.items() for spec in catalog.load(f"simulators.{family}.providers", kind)
]
LINE = "text of 1 to 128 characters on one line"
WRONG: list[tuple[str, str, Any, str]] = [
    ("vnpay", "encoders", ["ruby"], "one of dotnet, java, php, python"),
    ("vnpay", "encoders", [], "a list of 1 or more values"),
    ("vnpay", "encoders", "php", "a list of"),
    ("vnpay", "name", 1, LINE),
    ("vnpay", "name", "hai\ndòng", LINE),
    ("vnpay", "citizen_bank", "VIB", "one of VNPAYQR, NCB"),
    ("vnpay", "window", 0, "a whole number 1 to"),
    ("vnpay", "window", 10**30, "a whole number 1 to"),
    ("vnpay", "window", 1.5, "a whole number 1 to"),
    ("vnpay", "window", True, "a whole number 1 to"),
    ("vnpay", "acknowledged", ["0"], "two digits"),
    ("vnpay", "notice_attempts", 0, "a whole number 1 to 1000"),
    ("vnpay", "largest_query", 10**6, "a whole number 1024 to 65536"),
    ("vnpay", "extra_fields", {"Promotion": "1"}, "vnp_ and"),
    ("vnpay", "extra_fields", {"vnp_Amount": "1"}, "the notice has its own"),
    ("vnpay", "variance", -1, "a whole number 0 to 1000"),
    ("vnpay", "notice_on_expiry", "yes", "true or false"),
    ("vnpay", "cards", [], "has no field 'cards' for a world file"),
    ("vnpt", "subject", {"C": "Việt Nam"}, "C is two capital letters"),
    ("vnpt", "subject", {"DC": "x"}, "some of C, ST, L, O, OU, CN, UID, not DC"),
    ("vnpt", "subject", {"CN": "ệ" * 40}, "length"),
    ("vnpt", "certificate_days", 4000, "a whole number 1 to 1095"),
    ("vnpt", "held_answer", float("nan"), "a number 0 to 300"),
    ("vnpt", "held_answer", float("inf"), "a number 0 to 300"),
    ("vnpt", "otp_steps", 11, "a whole number 0 to 10"),
    ("vnpt", "otp_reuse", "once", "one of refused, taken"),
    ("vnpt", "http_status", "header", "one of body, both"),
    ("vnpt", "hosts", ["a b"], "a host name"),
    ("vnpt", "hosts", ["A.vn\n"], "a host name"),
    (
        "neac",
        "routes",
        {"VNPT-CA": "vnptt"},
        "there are the CAs bkav, ca2, fpt, fpt_esign, misa, mobifone, mysign, vnpt",
    ),
    ("vnpt-enrolment", "ca", "vnptt", "choose one of"),
    ("vnpt-enrolment", "prices", {"x": 1}, "there are the packages per-signature-12, unlimited-12"),
    ("vnpt-enrolment", "turn_packs", {"5": -1}, "a whole number 0 to"),
    ("vnpt-enrolment", "appraisal", 10**9, "provision_limit is"),
    ("neacfiles", "files_per_call", 0, "a whole number 1 to 100"),
    ("neacfiles", "subfilter", "PAdES", "one of ETSI.CAdES.detached, adbe.pkcs7.detached"),
    ("neac", "patience", -5, "a whole number 1 to"),
    ("viettel-ca", "pin_tries", 0, "a whole number 1 to 1000"),
    ("viettel-ca", "pin_shortest", 17, "pin_longest is 16"),
    ("viettel-ca", "locking_try", "both", "one of incorrect, locked"),
    ("vnconnect-2022", "issuer_path", "oauth2", "a path such as"),
    ("vnconnect-2022", "otp_length", 3, "a whole number 4 to 8"),
    ("vneid-2026", "captcha_length", 99, "a whole number 1 to 12"),
    ("trust", "ocsp_life", 5, "a whole number 1000 to"),
    ("trust", "tsa_policy", "1.77.1", "an object identifier"),
]


def test_a_field_is_overridden_by_name() -> None:
    plain = catalog.load("simulators.payment.providers", GatewaySpec)["vnpay"]
    changed = catalog.load("simulators.payment.providers", GatewaySpec, {"vnpay": {"name": "Thử"}})["vnpay"]
    assert (plain.name == "Thử", changed.name, changed.id) == (False, "Thử", plain.id)


def test_an_unknown_field_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(catalog.BadOverride, match=r"has no field 'nam' for a world file; it has: acknowledged, .*name"):
        catalog.load("simulators.payment.providers", GatewaySpec, {"vnpay": {"nam": "x"}})


@pytest.mark.parametrize(("provider", "field", "value", "allowed"), WRONG)
def test_a_value_that_cannot_be_refuses_to_start(provider: str, field: str, value: Any, allowed: str) -> None:
    with pytest.raises(catalog.BadOverride) as met, running(*set(KINDS.values()), overrides={provider: {field: value}}):
        pass
    told = str(met.value)
    assert all(word in told for word in (f"provider {provider}", field, allowed)), told
    assert "\n" not in told


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_bounded_or_is_none_of_a_world_files(kind: type) -> None:
    assert set(catalog.settable(kind)) == set(kind.__dataclass_fields__) - NOT_SET[kind]


@pytest.mark.parametrize(("kind", "provider"), PROVIDERS)
def test_what_a_provider_says_itself_is_within_its_bounds(kind: type, provider: str) -> None:
    spec = catalog.load(f"simulators.{KINDS[kind]}.providers", kind)[provider]
    for name, type_ in catalog.settable(kind).items():
        assert bounds.fitting(getattr(spec, name), type_) == getattr(spec, name)


def test_a_world_file_names_every_form_encoder_there_is() -> None:
    assert set(get_args(Encoder)) == set(ENCODERS)


def test_a_world_file_that_fits_starts_and_one_that_does_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tet.toml"
    path.write_text('seed = "tet"\n[provider.vnpay]\nname = "Thử"\nencoders = ["php"]\n', encoding="utf-8")
    with living("--world", str(path), "--only", "payment,messages") as server:
        assert server.http.get("/control/health").status_code == 200
    path.write_text('[provider.vnpay]\nencoders = ["ruby"]\n', encoding="utf-8")
    told = refused("--world", str(path))
    assert f"{path}: provider vnpay: encoders cannot be ['ruby']: it is a list" in told
    path.write_text("[provider.vnpy]\nname = 1\n", encoding="utf-8")
    assert f"{path}: there is no provider 'vnpy'" in refused("--world", str(path))
