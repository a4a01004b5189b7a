"""Reading data_to_be_signed: a SHA-256 in the encoding that is due, or a sentence that says what came instead."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from simulators.ca.reasons import Reason, Refused
from simulators.kernel.wire import from_base64

SIZE = 32
FIELD = "sign_files[].data_to_be_signed"
DIGEST_INFO = "3031300d060960864801650304020105000420"
HEX = re.compile(r"[0-9a-fA-F]*\Z")
OTHER_SIZES = {20: "a SHA-1", 48: "a SHA-384", 64: "a SHA-512", 128: "an RSA-1024 value", 256: "an RSA-2048 value"}


def read(text: str, encodings: Sequence[str], field: str = FIELD) -> tuple[str, str]:
    """The digest in lower-case hex, and the encoding in which it came."""
    if HEX.match(text) and len(text) == 2 * SIZE and "hex" in encodings:
        return text.lower(), "hex"
    decoded = from_base64(text)
    if decoded is not None and len(decoded) == SIZE and "base64" in encodings:
        return decoded.hex(), "base64"
    due = " or ".join(encodings)
    raise Refused(Reason.BAD_DIGEST, f"{field} {_came(text, decoded)}; due is a SHA-256 (32 bytes) in {due}")


def _came(text: str, decoded: bytes | None) -> str:
    if not text:
        return "is empty"
    if HEX.match(text):
        return _came_as_hex(text)
    if decoded is not None:
        return _came_as_base64(decoded)
    if from_base64(text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4)) is not None:
        return "is base64url: write + and / for - and _, and pad it with ="
    return f"is neither hex nor base64 ({text[:12]!r}…, {len(text)} characters)"


def _came_as_hex(text: str) -> str:
    if len(text) % 2:
        return f"has {len(text)} hex digits, an odd number: 64 make a SHA-256"
    raw = bytes.fromhex(text)
    if text.lower().startswith(DIGEST_INFO):
        return "is a whole DigestInfo in hex: send the 32 bytes of the digest alone"
    if _is_hex_text(raw):
        return "is the hex of a hex text: encode the 32 bytes once"
    if (inner := from_base64(raw.decode("latin-1"))) is not None and len(inner) == SIZE:
        return "is the hex of a base64 text: encode the 32 bytes once"
    if raw.startswith(b"%PDF"):
        return "is a whole PDF in hex: send the SHA-256 of the DER of its signed attributes"
    kind = OTHER_SIZES.get(len(raw))
    return f"has {len(text)} hex digits = {len(raw)} bytes" + (f", the size of {kind}" if kind else "")


def _came_as_base64(decoded: bytes) -> str:
    if len(decoded) == SIZE:
        return f"is base64 of 32 bytes: write them in hex ({decoded.hex()})"
    if _is_hex_text(decoded):
        return "is the base64 of a hex text: send the 64 hex digits as they are"
    if decoded.startswith(b"%PDF"):
        return "is a whole PDF in base64: send the SHA-256 of the DER of its signed attributes"
    if decoded.startswith(b"\x31"):
        return "looks like the signed attributes themselves in base64: send their SHA-256"
    kind = OTHER_SIZES.get(len(decoded))
    return f"is base64 of {len(decoded)} bytes" + (f", the size of {kind}" if kind else "")


def _is_hex_text(raw: bytes) -> bool:
    return len(raw) == 2 * SIZE and HEX.match(raw.decode("latin-1")) is not None


def value(signature: bytes) -> str:
    """A signature as the wires carry it."""
    return base64.b64encode(signature).decode()
