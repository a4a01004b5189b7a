"""What a portal is made of and a flaw may replace: rules, calls, sealing, the books' discipline, whom it trusts."""

import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from reference_portal import seals, trust, word
from reference_portal.books import Books, Change, atomically
from reference_portal.calls import hub, login, messages, smartca, vnpay
from reference_portal.rules import RIGHT_RULES, Rules

T = TypeVar("T")


class Discipline(Protocol):
    """How a change is decided and saved."""

    async def __call__(self, books: Books, decide: Callable[[Change], T]) -> T: ...


@dataclass(frozen=True)
class Calls:
    """How the portal speaks to each provider."""

    begin: Callable[[str], login.Attempt] = login.begin
    authorization_url: Callable[[Mapping[str, str], str, login.Attempt], str] = login.authorization_url
    redeem: Callable[..., Awaitable[login.Identity]] = login.redeem
    direct_certificates: Callable[..., Awaitable[tuple[smartca.Offered, ...]]] = smartca.certificates
    direct_sign: Callable[..., Awaitable[smartca.Outcome]] = smartca.sign
    direct_status: Callable[..., Awaitable[smartca.Outcome]] = smartca.status
    hub_certificates: Callable[..., Awaitable[tuple[smartca.Offered, ...]]] = hub.certificates
    hub_sign: Callable[..., Awaitable[smartca.Outcome]] = hub.sign
    pay_url: Callable[..., str] = vnpay.pay_url
    checksum_ok: Callable[..., bool] = vnpay.checksum_ok
    query: Callable[..., Awaitable[vnpay.QueryAnswer]] = vnpay.query
    send_sms: Callable[..., Awaitable[None]] = messages.send_sms
    send_mail: Callable[..., Awaitable[None]] = messages.send_mail


@dataclass(frozen=True)
class Sealing:
    """The two phases of signing a PDF, the examination of a signed one, a Word file as PDF; run in another process."""

    prepare: Callable[..., seals.Prepared] = seals.prepare
    finish: Callable[[seals.Prepared, bytes], bytes] = seals.finish
    examine: Callable[..., tuple[seals.Seal, ...]] = seals.examine
    printed: Callable[[bytes, str], bytes] = word.as_pdf


@dataclass(frozen=True)
class Parts:
    rules: Rules = RIGHT_RULES
    calls: Calls = Calls()
    sealing: Sealing = Sealing()
    discipline: Discipline = atomically
    trust: Callable[[Sequence[bytes]], ssl.SSLContext] = trust.of_these


RIGHT = Parts()
