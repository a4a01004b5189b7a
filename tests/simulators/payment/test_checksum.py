"""Checksums of PAY 2.1.0: the published vectors, any text, and every wrong construction by its name."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.payment.checksum import accepted, barred_string, base_string, checksum, explain
from simulators.payment.constructions import DEVIATIONS
from simulators.payment.wires.vnpay_query import QUERY_SIGNED, REFUND_SIGNED

TRANSCRIPT = json.loads((Path(__file__).parents[2] / "transcripts/vnpay/checksums.json").read_text(encoding="utf-8"))
VECTORS = {vector["name"]: vector for vector in TRANSCRIPT["vectors"]}
SECRET = TRANSCRIPT["secret"]
PAY, QUERY = VECTORS["pay"]["fields"], VECTORS["querydr"]["fields"]
NAMES = {"querydr": QUERY_SIGNED, "refund": REFUND_SIGNED}
OWN = "Nộp lệ phí & 50% a+b ÷ <x>"
FIELDS = {**PAY, "vnp_OrderInfo": f" {OWN} ", "vnp_BankCode": "", "vnp_SecureHashType": "SHA512", "x": "1"}


@pytest.mark.parametrize("name", VECTORS)
def test_the_published_vectors_are_met(name: str) -> None:
    vector = VECTORS[name]
    fields = vector["fields"]
    base = base_string(fields) if vector["kind"] == "form" else barred_string(fields, NAMES[name])
    assert base == vector["base"]
    assert checksum(SECRET, base) == vector["checksum"]


@given(st.text(max_size=300))
def test_any_text_gives_the_checksum_of_quote_plus(info: str) -> None:
    info = info.encode("utf-8", "ignore").decode()
    fields = {**PAY, "vnp_OrderInfo": info}
    reference = "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in sorted(fields.items()) if value)
    expected = hmac.new(SECRET.encode(), reference.encode(), hashlib.sha512).hexdigest()
    assert checksum(SECRET, base_string(fields)) == expected


@pytest.mark.parametrize("encoder", ["python", "php", "java", "dotnet"])
def test_each_form_encoders_checksum_is_accepted_where_the_spec_says_so(encoder: str) -> None:
    special = {"python": "a~b", "php": "a%7Eb", "java": "a%7Eb", "dotnet": "a%7Eb"}[encoder]
    star = {"python": "%2A", "php": "%2A", "java": "*", "dotnet": "*"}[encoder]
    base = f"vnp_OrderInfo={special}{star}"
    fields = {"vnp_OrderInfo": "a~b*", "vnp_SecureHash": sha512(SECRET, base)}
    assert accepted(SECRET, fields, encoders=(encoder,), any_case=True)
    assert not accepted(SECRET, fields, encoders=(), any_case=True)


def test_upper_case_is_accepted_only_where_the_spec_says_so() -> None:
    fields = {**PAY, "vnp_SecureHash": VECTORS["pay"]["checksum"].upper()}
    assert accepted(SECRET, fields, encoders=("python",), any_case=True)
    assert not accepted(SECRET, fields, encoders=("python",), any_case=False)


def sha512(secret: str | bytes, text: str) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, text.encode(), hashlib.sha512).hexdigest()


def form(fields: dict[str, str]) -> str:
    return "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in sorted(fields.items()))


def wrote(write: Callable[[str], str], *, joint: str = "&") -> str:
    return sha512(SECRET, joint.join(f"{key}={write(value)}" for key, value in sorted(signed().items())))


def signed() -> dict[str, str]:
    return {key: value for key, value in FIELDS.items() if value and not key.startswith("vnp_SecureHash")}


def without(key: str) -> dict[str, str]:
    return {name: value for name, value in signed().items() if name != key}


def lower_percent(value: str) -> str:
    kept = [
        chr(byte) if byte < 128 and (chr(byte).isalnum() or chr(byte) in "_.-~") else f"%{byte:02x}"
        for byte in value.encode()
    ]
    return "".join(kept).replace("%20", "+")


RIGHT = form(signed())
ORDER = [
    *("vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_Amount", "vnp_CreateDate", "vnp_CurrCode", "vnp_IpAddr"),
    *("vnp_Locale", "vnp_OrderInfo", "vnp_OrderType", "vnp_ReturnUrl", "vnp_ExpireDate", "vnp_TxnRef", "x"),
]
WRONG = {
    "raw_values": wrote(str),
    "percent_20": wrote(lambda value: quote(value, safe="")),
    "lower_percent": wrote(lower_percent),
    "ascii_question_marks": wrote(lambda value: quote_plus("".join(c if ord(c) < 128 else "?" for c in value))),
    "latin_1": wrote(lambda value: quote_plus(value.encode("latin-1", "replace"))),
    "encoded_twice": wrote(lambda value: quote_plus(quote_plus(value))),
    "values_only": sha512(SECRET, "&".join(quote_plus(value) for _, value in sorted(signed().items()))),
    "html_escaped": sha512(SECRET, escape(RIGHT)),
    "no_joint": wrote(quote_plus, joint=""),
    "as_received": sha512(SECRET, "&".join(f"{key}={quote_plus(value)}" for key, value in signed().items())),
    "hash_type_included": sha512(SECRET, form({**signed(), "vnp_SecureHashType": "SHA512"})),
    "own_hash_included": sha512(SECRET, form({**signed(), "vnp_SecureHash": ""})),
    "empty_included": sha512(SECRET, form({**signed(), "vnp_BankCode": ""})),
    "foreign_left_out": sha512(SECRET, form(without("x"))),
    "amount_too_small": sha512(SECRET, form({**signed(), "vnp_Amount": "10000"})),
    "amount_too_large": sha512(SECRET, form({**signed(), "vnp_Amount": "100000000"})),
    "trimmed": sha512(SECRET, form({**signed(), "vnp_OrderInfo": OWN})),
    "decomposed": sha512(SECRET, form({**signed(), "vnp_OrderInfo": unicodedata.normalize("NFD", f" {OWN} ")})),
    "hmac_sha256": hmac.new(SECRET.encode(), RIGHT.encode(), hashlib.sha256).hexdigest(),
    "hmac_sha1": hmac.new(SECRET.encode(), RIGHT.encode(), hashlib.sha1).hexdigest(),
    "hmac_md5": hmac.new(SECRET.encode(), RIGHT.encode(), hashlib.md5).hexdigest(),
    "plain_md5": hashlib.md5(f"{SECRET}{RIGHT}".encode()).hexdigest(),
    "plain_sha256": hashlib.sha256(f"{SECRET}{RIGHT}".encode()).hexdigest(),
    "plain_sha512": hashlib.sha512(f"{SECRET}{RIGHT}".encode()).hexdigest(),
    "secret_behind": hashlib.sha512(f"{RIGHT}{SECRET}".encode()).hexdigest(),
    "without_secret": hashlib.sha512(RIGHT.encode()).hexdigest(),
    "base64": base64.b64encode(hmac.new(SECRET.encode(), RIGHT.encode(), hashlib.sha512).digest()).decode(),
    "secret_with_newline": sha512(f"{SECRET}\n", RIGHT),
    "secret_with_crlf": sha512(f"{SECRET}\r\n", RIGHT),
    "secret_with_blank": sha512(f"{SECRET} ", RIGHT),
    "secret_after_blank": sha512(f" {SECRET}", RIGHT),
    "secret_in_quotes": sha512(f'"{SECRET}"', RIGHT),
    "secret_empty": sha512("", RIGHT),
    "secret_lower": sha512(SECRET.lower(), RIGHT),
    "secret_decoded": sha512(base64.b64decode(SECRET), RIGHT),
    "secret_of_another": sha512("THESECRETOFANOTHERTERMINAL000001", RIGHT),
    "without_vnp_ExpireDate": sha512(SECRET, form(without("vnp_ExpireDate"))),
    "missing": "",
}  # fmt: skip
ELSEWHERE = {"raw_names", "encode_uri_component", "document_order", "case_blind_order", "secret_upper", "composed"}
"""Told apart from others only where the fields are of another kind: below."""


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_construction_is_named(name: str) -> None:
    why = explain(SECRET, FIELDS, WRONG[name], others={"OTHER001": "THESECRETOFANOTHERTERMINAL000001"})
    assert why.constructions == (name,)
    assert why.expected == RIGHT
    assert why.vi != why.en
    assert SECRET not in f"{why}"


def test_every_deviation_of_the_table_is_exercised() -> None:
    assert {deviation.id for deviation in DEVIATIONS} <= set(WRONG) | ELSEWHERE


ODD = {"vnp_B": "2", "vnp_a": "1 2", "vnp_Inv[x]": "3"}
SPECIAL = {
    "raw_names": (ODD, SECRET, "vnp_B=2&vnp_Inv[x]=3&vnp_a=1+2"),
    "case_blind_order": (ODD, SECRET, "vnp_a=1+2&vnp_B=2&vnp_Inv%5Bx%5D=3"),
    "encode_uri_component": ({"vnp_OrderInfo": "(a) b"}, SECRET, "vnp_OrderInfo=(a)%20b"),
    "secret_upper": (PAY, "simSecret", base_string(PAY)),
    "composed": ({"vnp_OrderInfo": "No\u0302p"}, SECRET, "vnp_OrderInfo=N%C3%B4p"),
    "document_order": (
        dict(sorted(PAY.items())),
        SECRET,
        "&".join(f"{key}={quote_plus(PAY[key])}" for key in ORDER if key in PAY),
    ),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_a_wrong_construction_that_needs_special_fields_is_named(name: str) -> None:
    fields, secret, base = SPECIAL[name]
    given = sha512(secret.upper() if name == "secret_upper" else secret, base)
    assert explain(secret, fields, given).constructions == (name,)


def test_two_mistakes_at_once_are_named_together() -> None:
    raw = "&".join(f"{key}={value}" for key, value in sorted(signed().items()))
    why = explain(SECRET, FIELDS, hashlib.md5(f"{SECRET}{raw}".encode()).hexdigest())
    assert set(why.constructions) == {"raw_values", "plain_md5"}


def test_the_first_differing_field_is_shown_with_both_pieces() -> None:
    why = explain(SECRET, PAY, sha512(SECRET, base_string(PAY).replace("+", "%20")))
    assert why.constructions == ("percent_20",)
    assert (why.field, why.expected_piece, why.their_piece) == (
        "vnp_OrderInfo",
        "vnp_OrderInfo=Nop+le+phi+ho+so+123",
        "vnp_OrderInfo=Nop%20le%20phi%20ho%20so%20123",
    )


def test_upper_case_is_named_where_it_is_refused() -> None:
    assert explain(SECRET, PAY, VECTORS["pay"]["checksum"].upper()).constructions == ("upper_hex",)
    assert explain(SECRET, PAY, f" {VECTORS['pay']['checksum']}").constructions == ("blank_around",)


def test_what_is_not_recognised_points_at_special_characters_and_shows_the_base_string() -> None:
    why = explain(SECRET, PAY, "0" * 128)
    assert why.constructions == ()
    assert why.expected == base_string(PAY)
    assert "vnp_ReturnUrl" in why.en


def test_a_query_hashed_like_a_pay_url_is_named() -> None:
    assert explain(SECRET, QUERY, sha512(SECRET, form(QUERY)), names=QUERY_SIGNED).constructions == ("like_pay_url",)


def test_a_query_that_left_out_a_field_is_named() -> None:
    base = "|".join(value for key, value in QUERY.items() if key != "vnp_OrderInfo")
    why = explain(SECRET, QUERY, sha512(SECRET, base), names=QUERY_SIGNED)
    assert why.constructions == ("without_vnp_OrderInfo",)
    assert why.field == "vnp_OrderInfo"
