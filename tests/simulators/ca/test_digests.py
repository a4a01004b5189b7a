"""data_to_be_signed: what is taken, and what the journal is told of everything else."""

import base64
import hashlib

import pytest

from simulators.ca import digests
from simulators.ca.reasons import Reason, Refused

RAW = hashlib.sha256(b"signed attributes").digest()


@pytest.mark.parametrize(
    ("text", "encodings", "encoding"),
    [
        (RAW.hex(), ("hex",), "hex"),
        (RAW.hex().upper(), ("hex",), "hex"),
        (RAW.hex(), ("hex", "base64"), "hex"),
        (base64.b64encode(RAW).decode(), ("hex", "base64"), "base64"),
        (base64.encodebytes(RAW).decode(), ("base64",), "base64"),
    ],
)
def test_a_sha256_is_taken_in_the_encodings_of_the_door(text: str, encodings: tuple[str, ...], encoding: str) -> None:
    assert digests.read(text, encodings) == (RAW.hex(), encoding)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (base64.b64encode(RAW).decode(), f"is base64 of 32 bytes: write them in hex ({RAW.hex()})"),
        (base64.urlsafe_b64encode(b"\xfb\xff" * 16).decode().rstrip("="), "is base64url"),
        (RAW.hex()[:-1], "63 hex digits, an odd number"),
        (RAW.hex()[:-2], "62 hex digits = 31 bytes"),
        (RAW.hex() + "00", "66 hex digits = 33 bytes"),
        (hashlib.sha1(b"x").hexdigest(), "the size of a SHA-1"),
        (hashlib.sha512(b"x").hexdigest(), "the size of a SHA-512"),
        ("ab" * 256, "512 hex digits = 256 bytes, the size of an RSA-2048 value"),
        (base64.b64encode(b"\x01" * 256).decode(), "base64 of 256 bytes, the size of an RSA-2048 value"),
        (RAW.hex().encode().hex(), "the hex of a hex text"),
        (base64.b64encode(RAW).hex(), "the hex of a base64 text"),
        (base64.b64encode(RAW.hex().encode()).decode(), "the base64 of a hex text"),
        (digests.DIGEST_INFO + RAW.hex(), "a whole DigestInfo"),
        (base64.b64encode(b"%PDF-1.7\n").decode(), "a whole PDF in base64"),
        (b"%PDF-1.7\n".hex(), "a whole PDF in hex"),
        (base64.b64encode(b"\x31\x82" + bytes(70)).decode(), "signed attributes themselves"),
        ("mã băm!", "neither hex nor base64"),
    ],
)
def test_anything_else_is_refused_with_what_it_is(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        digests.read(text, ("hex",))

    assert refused.value.reason is Reason.BAD_DIGEST
    assert said in refused.value.why
    assert refused.value.why.endswith("due is a SHA-256 (32 bytes) in hex")
