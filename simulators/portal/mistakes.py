"""Which wrong construction this is: sentences for the journal that name the field and the cure; pure, never a secret in them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from urllib.parse import SplitResult, quote, unquote, urlsplit

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def about_uri(sent: str, registered: Sequence[str]) -> str:
    """How a redirect URI differs from the nearest that was registered."""
    if not registered:
        return "the contract has no redirect_uris"
    try:
        told = [_difference(sent, known) for known in registered]
    except ValueError:
        return "it is not a URL"
    return min(told, key=lambda pair: pair[0])[1]


def about_verifier(sent: str, challenge: str, method: str) -> str:
    """Why a code_verifier does not fit the code_challenge of the authorization request."""
    if not sent:
        return "the authorization request had a code_challenge, the token request has no code_verifier"
    digest = hashlib.sha256(sent.encode()).digest()
    right = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    constructions = {
        "the code_verifier is the code_challenge itself: send the value that was hashed": sent == challenge,
        "code_challenge is the digest in hexadecimal: S256 is BASE64URL of the digest's bytes": challenge
        == digest.hex(),
        "code_challenge is BASE64URL of the hexadecimal digest: encode the digest's bytes": challenge
        == base64.urlsafe_b64encode(digest.hex().encode()).rstrip(b"=").decode(),
        "code_challenge is plain Base64 (with + or /): S256 is BASE64URL without padding": challenge
        == base64.b64encode(digest).rstrip(b"=").decode()
        != right,
        "the code_verifier went as S256, but code_challenge_method was missing or plain": method == "plain"
        and challenge == right,
        "code_challenge_method was S256, but code_challenge is the plain code_verifier": method == "S256"
        and challenge == sent,
        "code_challenge is the hash of the verifier's Base64-decoded bytes: hash its ASCII text": challenge
        == _hash_of_decoded(sent),
        "a line end or a blank stands around the code_verifier": _s256(sent.strip()) == challenge
        or sent.strip() == challenge,
        "the code_verifier is URL-encoded twice": _s256(unquote(sent)) == challenge,
        "the code_verifier is not 43 to 128 of A-Z a-z 0-9 - . _ ~": not VERIFIER.fullmatch(sent),
    }
    found = next((text for text, is_it in constructions.items() if is_it), "")
    return found or "the code_verifier belongs to another attempt, or was not the one that was hashed"


def about_challenge(sent: str) -> str:
    if sent.endswith("="):
        return "code_challenge has padding: BASE64URL without ="
    if "+" in sent or "/" in sent or " " in sent:
        return "code_challenge is plain Base64: write - for + and _ for /"
    return f"code_challenge has {len(sent)} characters: 43 to 128 of A-Z a-z 0-9 - . _ ~"


def about_challenge_method(sent: str) -> str:
    if sent.upper().replace("-", "").replace("SHA", "S") == "S256":
        return f"code_challenge_method is {sent[:20]!r}: write S256"
    return f"code_challenge_method is {sent[:20]!r}: S256 or plain"


def about_secret(sent: str, secret: str, client_id: str) -> str:
    constructions = {
        "client_secret is empty": not sent,
        "client_secret is the client_id": sent == client_id,
        "a blank or a line end stands around client_secret": sent.strip() == secret,
        "client_secret is in quotation marks": sent.strip("\"'") == secret,
        "client_secret is URL-encoded twice": unquote(sent) == secret or sent == quote(secret, safe=""),
        "client_secret is Base64-encoded": _decoded(sent) == secret.encode(),
        "client_secret is cut short": secret.startswith(sent) or secret.endswith(sent),
        "client_secret differs in upper and lower case": sent.casefold() == secret.casefold(),
        "client_secret is a hash": bool(re.fullmatch(r"[0-9a-fA-F]{32,128}", sent)),
    }
    return next(
        (text for text, is_it in constructions.items() if is_it),
        "client_secret is another contract's or a typing error",
    )


def about_code(sent: str) -> str:
    if not sent:
        return "the code is empty"
    if sent != sent.strip() or "\n" in sent:
        return "a blank or a line end stands around the code"
    if "%" in sent:
        return "the code is URL-encoded twice"
    if "code=" in sent or "?" in sent or "&" in sent:
        return "the code holds a piece of the callback's address: take the parameter's value"
    return "this login never issued this code"


def about_basic(header: str) -> str:
    """Why an Authorization header could not be read."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "bearer":
        return "Authorization is Bearer: a client sends Basic, or client_id and client_secret in the form"
    if scheme.lower() != "basic":
        return f"Authorization is {scheme[:20]!r}: Basic, or client_id and client_secret in the form"
    if ":" in given:
        return "Authorization: Basic carries id:secret in the clear: Base64 of id:secret"
    return "Authorization: Basic is not Base64 of id:secret"


def _difference(sent: str, known: str) -> tuple[int, str]:
    """How many parts differ, and the sentence."""
    if sent.strip() == known:
        return 0, "a blank or a line end stands around redirect_uri"
    if unquote(sent) == known:
        return 0, "redirect_uri is URL-encoded twice"
    one, other = urlsplit(sent), urlsplit(known)
    parts = [
        text
        for text in (_part(name, one, other) for name in ("scheme", "host", "port", "path", "query", "fragment"))
        if text
    ]
    return len(parts), "; ".join(
        parts
    ) or "redirect_uri is written otherwise than registered: it is compared byte for byte"


def _part(name: str, one: SplitResult, other: SplitResult) -> str:
    sent, known = (getattr(url, "hostname" if name == "host" else name) for url in (one, other))
    if sent == known:
        return ""
    text = f"redirect_uri differs in its {name}: {str(sent)[:100]!r}, registered is {str(known)[:100]!r}"
    if name == "path" and sent.rstrip("/") == known.rstrip("/"):
        return f"{text} (a slash at the end)"
    if name == "path" and sent.lower() == known.lower():
        return f"{text} (upper and lower case)"
    if name == "scheme":
        return f"{text} (behind a proxy that ends TLS the application must be told its own scheme)"
    if name == "host" and {sent, known} == {"localhost", "127.0.0.1"}:
        return f"{text} (two names of this machine are two addresses)"
    return text


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _hash_of_decoded(verifier: str) -> str:
    decoded = _decoded(verifier.replace("-", "+").replace("_", "/"))
    return base64.urlsafe_b64encode(hashlib.sha256(decoded).digest()).rstrip(b"=").decode() if decoded else ""


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
