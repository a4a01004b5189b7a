"""Chance from a seed: tokens that two processes never share, and legal variance that a seed repeats."""

from __future__ import annotations

import hmac
import secrets
from collections import Counter
from typing import ClassVar

from simulators.kernel.records import Change, Key, Record, Records
from simulators.kernel.store import Store

ALPHABET = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
LETTERS, DIGITS = (bytes(among[byte % len(among)] for byte in range(256)) for among in (ALPHABET, b"0123456789"))
"""What each byte of chance becomes."""


class Boots(Record, frozen=True, kw_only=True):
    """How often a process began on this store: part of every token."""

    KIND: ClassVar[str] = "boots"

    id: str = "world"
    count: int = 0


class Entropy:
    """`token` differs at every call; `choose` answers the same for the same seed, label and thing."""

    def __init__(self, seed: str, boot: int) -> None:
        self.seed = seed
        self._boot = boot
        self._drawn = 0
        self._key = seed.encode()
        self.choices: dict[str, Counter[int]] = {}
        """Of each label, how often each number was chosen since this process began."""

    @classmethod
    async def begin(cls, store: Store, seed: str) -> Entropy:
        def one_more(records: Records, _now: object) -> Change:
            boots = records[Key(Boots, "world")] or Boots()
            return Change(records=(Boots(count=boots.count + 1),), result=boots.count + 1)

        change = await store.change([Key(Boots, "world")], one_more)
        return cls(seed, change.result)

    def draw(self, label: str, size: int = 32) -> bytes:
        self._drawn += 1
        return self._stream(f"{label}|{self._boot}|{self._drawn}", size)

    def token(self, label: str, length: int = 32) -> str:
        """Letters and digits without look-alikes."""
        return self.draw(label, length).translate(LETTERS).decode()

    def digits(self, label: str, length: int = 6) -> str:
        return self.draw(label, length).translate(DIGITS).decode()

    def hex(self, label: str, length: int = 32) -> str:
        return self.draw(label, (length + 1) // 2).hex()[:length]

    def uuid(self, label: str) -> str:
        text = self.hex(label, 32)
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def choose(self, label: str, thing: str, among: int = 2) -> int:
        """Legal variance: a number below `among`, the same for the same seed, label and thing."""
        chosen = int.from_bytes(self._stream(f"choice|{label}|{thing}", 4)) % among if among > 1 else 0
        self.choices.setdefault(label, Counter())[chosen] += 1
        return chosen

    def _stream(self, text: str, size: int) -> bytes:
        out = b""
        while len(out) < size:
            out += hmac.digest(self._key, f"{text}|{len(out)}".encode(), "sha256")
        return out[:size]


def fresh_seed() -> str:
    """A seed from the operating system, for a world that was given none."""
    return secrets.token_hex(8)
