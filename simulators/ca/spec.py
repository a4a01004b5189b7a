"""What a CA, and the hub in front of several, are made of: frozen data, one provider a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from msgspec import Meta

from simulators.ca.signing import SigningRequest
from simulators.kernel import profiles
from simulators.kernel.bounds import Count, Days, Host, Lifetime, Line, Milliseconds
from simulators.kernel.clock import MINUTE, SECOND
from simulators.kernel.contracts import Settings
from simulators.kernel.courier import Delivery, DeliveryKind, Outcome
from simulators.kernel.faults import Effects
from simulators.kernel.wire import Route


def fact(default: Any, mark: Literal["CONFIRMED", "LIKELY", "UNKNOWN", "DESIGN"]) -> Any:
    """A field's default and how well the real one is known (DESIGN: ours, to exercise a portal)."""
    return field(default=default, metadata={"mark": mark})


def _as_base_url(_dialect: Any, address: str) -> Mapping[str, str]:
    return {"base_url": address}


@dataclass(frozen=True)
class Wire:
    """A way to speak: what serves a door of it, and what a settings sheet says of the door."""

    routes: Callable[[Any, Door], tuple[Route, ...]]
    """Of a desk (a CA's or the hub's) and a door."""
    client: tuple[str, str] = ("sp_id", "sp_password")
    """What it calls a service provider's id and password."""
    found_by: Literal["id", "password"] = "id"
    """By which of the two a caller is known: a bearer token is the second alone."""
    told: Callable[[Any, str], Mapping[str, str]] = _as_base_url
    """Of the door's dialect and address; what an earlier door has told of the same name stands."""
    sites: Mapping[str, Effects] = field(default_factory=dict)
    """Effects of planned faults that it alone can tell, by site."""
    webhook: Callable[[Any, SigningRequest], str] | None = None
    """In the door's dialect, the body about a request that was approved; None where the wire has no webhook."""
    begun: Callable[[CaSpec, SigningRequest, Delivery], Delivery] = lambda _spec, _request, delivery: delivery
    """The first call of a webhook, where it is not the webhook itself."""
    kinds: Callable[[CaSpec], tuple[DeliveryKind, ...]] | None = None
    """Rules of the webhook's calls, where there are several."""
    attempt: Callable[[Delivery], str] = lambda delivery: delivery.body
    """The body of one attempt at the webhook, where it is not that of every attempt."""
    acknowledged: Callable[[Outcome], bool] = lambda outcome: outcome.status == 200  # HTTP's OK
    """Whether an attempt's outcome ends the webhook."""
    completed: Callable[[Any, Settings], Awaitable[Settings]] | None = None
    """Of a desk and its part of a new contract: the part with what this wire alone agrees on."""


@dataclass(frozen=True)
class Door:
    """Where a desk is reached: a wire, in one provider's words of it (its dialect), under a path."""

    wire: Wire
    dialect: Any
    base: str


@dataclass(frozen=True)
class CaSpec:
    """A CA with remote signing. Times in milliseconds; what is UNKNOWN of the real one is a field with a default.

    A field's type says what a world file may set it to.
    """

    id: str
    name: Line
    source: str
    doors: tuple[Door, ...]
    subject: Mapping[str, Line]
    """Of the CA's own certificate, by short names in their order."""
    service_name: Line
    hosts: tuple[Host, ...] = fact((), "CONFIRMED")
    """Names of the real one's hosts, the test environment's first: only simulators.inprocess answers them."""
    sp_domain: Host = fact("apps.signserviceapi.com", "LIKELY")
    """An sp_id is <4 hex>-<18 digits>.<this>."""

    request_ttl: Lifetime = fact(300 * SECOND, "LIKELY")
    transactions: Literal["one_each", "one_for_all"] = fact("one_each", "UNKNOWN")
    """Whether a transaction_id is used up for the service provider that sent it, or for all: where the status call names
    nobody, two providers with the same one would read each other's signatures."""
    files_per_request: Count = fact(50, "UNKNOWN")
    pin_tries: Count = fact(5, "LIKELY")
    pin_lock: Milliseconds = fact(5 * MINUTE, "LIKELY")

    turns_per: Literal["document", "request"] = fact("document", "UNKNOWN")
    """What uses up a turn of a package that is counted (POST /control/turns): each document, or each request of several."""
    turns_told: Literal["at_once", "at_approval"] = fact("at_once", "UNKNOWN")
    """Whether a request for which no turns are left is turned away, or waits and ends when the citizen approves."""

    certificate_days: Days = fact(370, "CONFIRMED")
    key_ring: Annotated[int, Meta(ge=0, le=10_000)] = fact(0, "DESIGN")
    """So many keys in all, which subscribers get in turn; 0: each has their own. For thousands of people in one world:
    two have the same key only where so many others came between them."""
    ms_extensions: bool = fact(default=False, mark="CONFIRMED")
    upper_names: bool = fact(default=False, mark="DESIGN")
    """The CN in capitals: a portal that compares names meets it here."""

    http_status: Literal["body", "both"] = fact("both", "UNKNOWN")
    """Whether an error's code stands in the body alone (HTTP 200) or is the HTTP status as well."""
    unknown_user: Literal["empty", "refused"] = fact("empty", "LIKELY")
    """What get_certificate answers about a person who has no certificate."""
    variance: bool = fact(default=True, mark="DESIGN")
    """Legal variance: CRLF in base64, root_cert null, "Success" for "SUCCESS", another array name where several exist."""

    webhook: Literal["contract", "request", "none"] = fact("none", "LIKELY")
    """Who names the webhook's URL: the contract beforehand, each request, or nobody."""
    webhook_attempts: Count = fact(1, "UNKNOWN")
    webhook_interval: Milliseconds = fact(MINUTE, "UNKNOWN")
    held_answer: Annotated[float, Meta(ge=0, le=300)] = fact(15.0, "DESIGN")
    """Seconds that the fault `before_answer` keeps the answer to `sign` back while the citizen and the webhook act."""

    @property
    def front(self) -> Door:
        """The door of which a settings sheet speaks first, and in whose words a webhook is written."""
        return self.doors[0]

    def __post_init__(self) -> None:
        if why := profiles.unnameable(self.subject):
            raise ValueError(f"subject cannot be {self.subject!r}: {why}")


@dataclass(frozen=True)
class IntegratedSpec(CaSpec):
    """A CA some of whose subscribers sign through an integrated system: by password and one-time code, no phone asked."""

    password_tries: Count = fact(5, "LIKELY")
    password_lock: Milliseconds = fact(5 * MINUTE, "LIKELY")
    otp_steps: Annotated[int, Meta(ge=0, le=10)] = fact(1, "UNKNOWN")
    """So many steps of 30 s before and after the present one have codes that are taken."""
    otp_reuse: Literal["refused", "taken"] = fact("refused", "UNKNOWN")
    """A code a second time, or an older one after it (RFC 6238 demands the refusal)."""
    otp_tries: Literal["counted", "free"] = fact("counted", "UNKNOWN")
    """Whether wrong codes are counted with the wrong passwords."""
    sad_life: Lifetime = fact(299 * SECOND, "CONFIRMED")
    sad_again: Literal["refused", "same_answer"] = fact("refused", "UNKNOWN")
    """What `confirm` answers a second time."""


@dataclass(frozen=True)
class MysignSpec(CaSpec):
    """Viettel MySign's own facts."""

    webhook_verb: Literal["POST", "GET"] = fact("POST", "UNKNOWN")
    """How the portal's two addresses are called: the source says GET, with a body."""


@dataclass(frozen=True)
class HubSpec:
    """A hub: one door over several desks, found by `ca_name`; it answers after the phone and verifies what a CA signed."""

    id: str
    name: Line
    source: str
    door: Door
    routes: Mapping[Line, Line]
    """ca_name -> id of the CA."""
    hosts: tuple[Host, ...] = fact((), "CONFIRMED")
    sp_domain: Host = fact("apps.signserviceapi.com", "LIKELY")
    http_status: Literal["body", "both"] = fact("both", "UNKNOWN")
    patience: Lifetime = fact(305 * SECOND, "UNKNOWN")
    """How long `sign` waits for the phone: a little more than a CA's own life of a request."""

    @property
    def doors(self) -> tuple[Door, ...]:
        return (self.door,)

    @property
    def front(self) -> Door:
        return self.door


@dataclass(frozen=True)
class FileHubSpec(HubSpec):
    """A hub that is handed whole files and puts the signature into them."""

    files_per_call: Annotated[int, Meta(ge=1, le=100)] = fact(10, "UNKNOWN")
    subfilter: Literal["ETSI.CAdES.detached", "adbe.pkcs7.detached"] = fact("ETSI.CAdES.detached", "UNKNOWN")
    """What kind of signature the hub makes (PAdES, or PDF's own of old)."""
