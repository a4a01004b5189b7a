"""A mail as a person reads it: headers and text out of MIME, whatever the encoding."""

from __future__ import annotations

import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from html.parser import HTMLParser


@dataclass(frozen=True)
class Read:
    """`text` is the plain part, or what an HTML part says."""

    sender: str
    subject: str
    text: str


class NotMime(Exception):
    """No reader could show this mail; the text says why."""


def read(content: bytes) -> Read:
    """UTF-8 headers, quoted-printable, base64 and multipart are undone."""
    try:
        message = BytesParser(policy=email.policy.default).parsebytes(content)
        assert isinstance(message, EmailMessage), "the default policy makes these"
        sender, subject = str(message.get("from", "")), str(message.get("subject", ""))
        part = message.get_body(preferencelist=("plain", "html"))
        text = _text(part) if part else ""
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        # What Python's parser raises on headers, charsets and nested parts that are not what they say.
        raise NotMime(f"{type(error).__name__}: {error}") from error
    return Read(_whole(sender), _one_line(_whole(subject)), _whole(text).replace("\r\n", "\n").strip())


class _Spoken(HTMLParser):
    """What HTML says: text, a new line for each block, the address behind each link."""

    BLOCKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul"})
    SILENT = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0
        self._link = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.said.append("\n")
        if tag == "a":
            self._link = dict(attributes).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT and self._silent > 0
        if tag == "a" and self._link:
            self.said.append(f" ({self._link})")
            self._link = ""
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(re.sub(r"\s+", " ", data))


def _text(part: MIMEPart) -> str:
    content = part.get_content()
    if part.get_content_subtype() != "html":
        return str(content)
    spoken = _Spoken()
    spoken.feed(content)
    spoken.close()
    lines = (line.strip() for line in "".join(spoken.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _whole(text: str) -> str:
    """Half a character (a lone surrogate, which some charsets decode to) reads as a question mark."""
    return text.encode(errors="replace").decode()


def _one_line(text: str) -> str:
    return " ".join(text.split())
