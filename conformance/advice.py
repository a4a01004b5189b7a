"""Why each requirement matters and how a portal is mended, in both languages: read from advice.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conformance.failures import Words

FILE = Path(__file__).with_name("advice.toml")


@dataclass(frozen=True)
class Advice:
    why: Words
    fix: Words


@cache
def advice() -> dict[str, Advice]:
    """By the requirement's number."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        number: Advice(Words(row["why_vi"], row["why_en"]), Words(row["fix_vi"], row["fix_en"]))
        for number, row in told.items()
    }


def advice_for(number: str) -> Advice:
    return advice().get(number, Advice(Words("", ""), Words("", "")))
