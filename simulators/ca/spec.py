"""What a CA, and the hub in front of several, are made of: frozen data, one provider a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulators.kernel.clock import MINUTE, SECOND


@dataclass(frozen=True)
class Door:
    """Where a desk is reached: the words of a wire (its dialect, which also tells which wire) under a path."""

    dialect: Any
    base: str


@dataclass(frozen=True)
class CaSpec:
    """A CA with remote signing. Times in milliseconds; what is UNKNOWN of the real one is a field with a default."""

    id: str
    name: str
    source: str
    doors: tuple[Door, ...]
    subject: Mapping[str, str]
    """Of the CA's own certificate, by short names in their order."""
    service_name: str
    sp_domain: str = "apps.signserviceapi.com"
    """An sp_id is <4 hex>-<18 digits>.<this>."""

    request_ttl: int = 300 * SECOND
    files_per_request: int = 50
    pin_tries: int = 5
    pin_lock: int = 5 * MINUTE

    certificate_days: int = 370
    ms_extensions: bool = False
    upper_names: bool = False
    """The CN in capitals: a portal that compares names meets it here."""

    http_status: Literal["body", "both"] = "both"
    """Whether an error's code stands in the body alone (HTTP 200) or is the HTTP status as well."""
    unknown_user: Literal["empty", "refused"] = "empty"
    """What get_certificate answers about a person who has no certificate."""
    variance: bool = True
    """Legal variance: CRLF in base64, root_cert null, "Success" for "SUCCESS", another array name where several exist."""

    webhook: Literal["contract", "request", "none"] = "none"
    """Who names the webhook's URL: the contract beforehand, each request, or nobody."""
    webhook_attempts: int = 1
    webhook_interval: int = MINUTE
    held_answer: float = 15.0
    """Seconds that the fault `before_answer` keeps the answer to `sign` back while the citizen and the webhook act."""


@dataclass(frozen=True)
class HubSpec:
    """A hub: one door over several desks, found by `ca_name`; it answers after the phone and verifies what a CA signed."""

    id: str
    name: str
    source: str
    door: Door
    routes: Mapping[str, str]
    """ca_name -> id of the CA."""
    sp_domain: str = "apps.signserviceapi.com"
    http_status: Literal["body", "both"] = "both"
    patience: int = 305 * SECOND
    """How long `sign` waits for the phone: a little more than a CA's own life of a request."""
