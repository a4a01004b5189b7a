"""Texts that travel in base64 on the MySign wire: a description, the name of a document."""

from __future__ import annotations

import re

from simulators.ca.reasons import Reason, Refused
from simulators.kernel.wire import from_base64

NAME = re.compile(r"[A-Za-z0-9_\- ]+")


def document_name(sent: str) -> str:
    """The name itself, or Refused: letters without marks, digits, blank, - and _."""
    name = text("documents[].document_name", sent)
    if not NAME.fullmatch(name):
        why = f"documents[].document_name {name[:40]!r}: letters without marks, digits, blank, - and _ are taken"
        raise Refused(Reason.BAD_FILES, why)
    return name


def text(field: str, sent: str) -> str:
    """What was sent as this field, or Refused."""
    raw = from_base64(sent)
    try:
        return (raw if raw is not None else b"\xff").decode()
    except UnicodeDecodeError:
        raise Refused(Reason.BAD_FILES, f"{field} {sent[:20]!r} is no base64 of a UTF-8 text") from None
