"""What an issuer of USB tokens is made of: frozen data, one provider a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from msgspec import Meta

from simulators.kernel import profiles
from simulators.kernel.bounds import Count, Days, Lifetime, Line
from simulators.kernel.clock import MINUTE

PinLength = Annotated[int, Meta(ge=1, le=64)]


def fact(default: Any, mark: Literal["CONFIRMED", "LIKELY", "UNKNOWN", "DESIGN"]) -> Any:
    """A field's default and how well the real one is known (DESIGN: ours, to exercise a portal)."""
    return field(default=default, metadata={"mark": mark})


@dataclass(frozen=True)
class TokenSpec:
    """A CA that hands out USB tokens, and what its tokens do. Times in milliseconds."""

    id: str
    name: Line
    source: str
    subject: Mapping[str, Line]
    """Of the CA's own certificate, by short names in their order."""
    label: Line = fact("USB TOKEN", "UNKNOWN")
    """CKA_LABEL of the token, as the list of certificates shows it."""

    certificate_days: Days = fact(370, "LIKELY")
    ms_extensions: bool = fact(default=False, mark="DESIGN")
    key_ring: Annotated[int, Meta(ge=0, le=10_000)] = fact(0, "DESIGN")
    """So many keys in all, which tokens get in turn; 0: each has its own. For thousands of tokens in one world."""
    pin_tries: Count = fact(5, "LIKELY")
    pin_shortest: PinLength = fact(6, "UNKNOWN")
    pin_longest: PinLength = fact(16, "UNKNOWN")
    locking_try: Literal["locked", "incorrect"] = fact("locked", "UNKNOWN")
    """What the last wrong try is told: that it locked the token, or only that it was wrong."""
    so_tries: Count = fact(5, "UNKNOWN")
    dialog_life: Lifetime = fact(2 * MINUTE, "UNKNOWN")
    """How long the PIN dialog stays open; then it closes as if it had been cancelled."""

    def __post_init__(self) -> None:
        if why := profiles.unnameable(self.subject):
            raise ValueError(f"subject cannot be {self.subject!r}: {why}")
        if self.pin_shortest > self.pin_longest:
            raise ValueError(f"pin_shortest cannot be {self.pin_shortest}: pin_longest is {self.pin_longest}")


@dataclass(frozen=True)
class PluginSpec:
    """Signing software on the computer that pages reach by a websocket: what it says of itself, and its words."""

    id: str
    name: Line
    source: str
    words: Mapping[Any, Any]
    """For each reason the plugin's code and text, or why it never comes up."""
    path: Annotated[str, Meta(pattern=r"\A/[a-z]{1,32}\Z", description="a path such as /plugin")] = fact(
        "/plugin", "CONFIRMED"
    )
    version: Line = fact("1.0.0.0", "UNKNOWN")
    """What getVersion answers."""
    not_after: Line = fact("%d/%m/%Y %H:%M:%S", "UNKNOWN")
    """How GetCertInfo writes an instant (strftime)."""
    items: Count = fact(50, "UNKNOWN")
    """Items of one signArrDataAdvanced."""
