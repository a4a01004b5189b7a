"""What a visible signature says in words against whose certificate it is; words that cannot be read are not judged."""

import re
import unicodedata
from typing import Any

from cryptography import x509

from conformance.oracles.findings import Assertion
from conformance.oracles.signers import common_name

_CLAIM = re.compile(r"(?:digitally signed by|nguoi ky|ky boi)\s*:?\s*([^\n]+)")
_STRING = re.compile(rb"\(((?:[^()\\]|\\.)*)\)")
_NESTED = 3


def appearance_of(embedded: Any, signer: x509.Certificate | None) -> Assertion:
    """ "Digitally signed by X": at least half of X's words stand in the certificate's name. Only strings of simple fonts
    are read; glyph numbers of an embedded subset are not."""
    words = _plain("\n".join(_texts(_item(_item(embedded.sig_field, "/AP"), "/N"), _NESTED)))
    claim = _CLAIM.search(words)
    if claim is None or signer is None:
        return Assertion("appearance", held=None, detail="NOT CHECKED: no readable words that name a signer")
    shown, real = claim[1].split(), set(_plain(common_name(signer)).split())
    agreed = sum(word in real for word in shown) * 2 >= len(shown)
    return Assertion("appearance", agreed, f"shows {claim[1].strip()!r}, signed by {common_name(signer)!r}")


def _texts(stream: Any, depth: int) -> list[str]:
    """The strings of an appearance and of the forms that it draws."""
    if not hasattr(stream, "data") or not depth:
        return []
    found = [match.decode("latin-1") for match in _STRING.findall(stream.data)]
    forms = _item(_item(stream, "/Resources"), "/XObject") or {}
    return found + [text for name in forms for text in _texts(forms[name], depth - 1)]


def _item(dictionary: Any, key: str) -> Any:
    """What stands there, references followed, which `get` does not."""
    return dictionary[key] if dictionary is not None and key in dictionary else None


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(one for one in apart if not unicodedata.combining(one))
