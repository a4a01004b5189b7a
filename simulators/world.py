"""World: a frozen record of the parts that every family is handed; Family: what a family hands back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulators.kernel.citizens import Citizen, Citizens
from simulators.kernel.contracts import Contract, ContractRequest, Settings
from simulators.kernel.courier import Courier, DeliveryKind
from simulators.kernel.entropy import Entropy
from simulators.kernel.faults import Effects
from simulators.kernel.journal import Journal
from simulators.kernel.pki import Pki
from simulators.kernel.prompts import PromptKind
from simulators.kernel.records import Change, Instant, Record
from simulators.kernel.store import Store
from simulators.kernel.tls import Tls
from simulators.kernel.wire import Route


@dataclass(frozen=True)
class World:
    """One world. `url` is where it is reached (http://127.0.0.1:port); `key` opens the control side and the phones."""

    store: Store
    journal: Journal
    entropy: Entropy
    courier: Courier
    pki: Pki
    citizens: Citizens
    url: str
    smtp: tuple[str, int]
    key: str
    nonce: str
    tls: Tls | None = None
    """Where it speaks TLS: then `url` begins with https."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Where providers have hosts of their own (simulators.inprocess): the path under which one is mounted -> its URL."""

    def address(self, path: str) -> str:
        """The URL of a provider's path as portals are told it."""
        for mount, url in self.addresses.items():
            if f"{path}/".startswith(f"{mount}/"):
                return url + path.removeprefix(mount)
        return self.url + path


End = Callable[[Any, Instant], Change]
"""Pure: the record to end and the time; raises nothing, changes nothing when it is over already."""


@dataclass(frozen=True)
class Family:
    """What one family brings. Routes are mounted at their paths as they stand (they begin with /ca/…, /portal/…)."""

    name: str
    routes: tuple[Route, ...] = ()
    specs: Mapping[str, Any] = field(default_factory=dict)
    fault_sites: Mapping[str, Effects] = field(default_factory=dict)
    variances: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Legal variance: the label under which it is chosen -> what each number means."""
    journal_words: Mapping[str, str] = field(default_factory=dict)
    delivery_kinds: tuple[DeliveryKind, ...] = ()
    prompt_kinds: tuple[PromptKind, ...] = ()
    ends: Mapping[type[Record], tuple[Callable[[str], str] | None, End]] = field(default_factory=dict)
    """Record type -> (how the control's ref becomes the record's id, or None: found by `about` = ref; the pure end)."""
    on_citizen: Callable[[Citizen], Awaitable[None]] | None = None
    on_contract: Callable[[Contract, ContractRequest], Awaitable[list[Settings]]] | None = None
    control_routes: tuple[Route, ...] = ()
    background: tuple[Callable[[], Awaitable[None]], ...] = ()
    """Coroutines that run as long as the server does (a script that answers phones, an SMTP listener)."""
