"""The life of a payment, pure: asked for, card given, confirmed, cancelled or run out; nothing ends twice."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec.structs import replace

from simulators.kernel.records import Instant
from simulators.payment.cards import Typed, fits
from simulators.payment.records import Asked, Payment, Terminal
from simulators.payment.spec import Card, GatewaySpec, Outcome, Reason, Refused


def check(asked: Asked, terminal: Terminal, spec: GatewaySpec, now: Instant) -> None:
    """What the gateway looks at once the request is authentic and well-formed."""
    if terminal.return_prefix and not _under(asked.return_url, terminal.return_prefix):
        raise Refused(Reason.RETURN_NOT_APPROVED, f"the return URL does not begin with {terminal.return_prefix}")
    if asked.bank and asked.bank not in {code for bank in spec.banks for code in (bank.code, bank.group)}:
        raise Refused(Reason.UNKNOWN_BANK, f"the terminal does not support the bank {asked.bank}")
    if asked.expires is not None and asked.expires <= now:
        seconds = (now - asked.expires) // 1000
        raise Refused(Reason.TOO_LATE, f"the expiry passed {seconds} s ago (is the merchant's time GMT+7?)")


def give_card(payment: Payment, typed: Typed, card: Card | None, spec: GatewaySpec, now: Instant) -> Payment:
    """The card that fits what was typed decides; wrong data may be typed a few times."""
    payment = _open(payment, now)
    if payment.outcome:
        return payment
    if card is None or not fits(card, typed):
        payment = replace(payment, wrong_cards=payment.wrong_cards + 1)
        return close(payment, Outcome.WRONG_CARD, now) if payment.wrong_cards > spec.card_tries else payment
    payment = replace(payment, card=card)
    return payment if card.outcome is Outcome.PAID and card.otp else close(payment, card.outcome, now)


def give_otp(payment: Payment, otp: str, spec: GatewaySpec, now: Instant) -> Payment:
    payment = _open(payment, now)
    if payment.outcome or payment.card is None:
        return payment
    if otp.strip() == payment.card.otp:
        return close(payment, Outcome.PAID, now)
    payment = replace(payment, wrong_otps=payment.wrong_otps + 1)
    return close(payment, Outcome.WRONG_OTP, now) if payment.wrong_otps >= spec.otp_tries else payment


def cancel(payment: Payment, now: Instant) -> Payment:
    payment = _open(payment, now)
    return payment if payment.outcome else close(payment, Outcome.CANCELLED, now)


def lapse(payment: Payment, now: Instant) -> Payment:
    """Ends it as run out when its time is over."""
    return payment if payment.outcome else _open(payment, now)


def close(payment: Payment, outcome: Outcome, now: Instant) -> Payment:
    assert payment.outcome is None, f"{payment.id} has ended"
    return replace(payment, outcome=outcome, ended=now, due=None)


def _open(payment: Payment, now: Instant) -> Payment:
    if payment.outcome:
        raise Refused(Reason.OVER, f"the payment ended: {payment.outcome.value}")
    return close(payment, Outcome.EXPIRED, now) if now >= payment.expires else payment


def _under(url: str, prefix: str) -> bool:
    """Same scheme, host and port, and a path that continues at a boundary."""
    one, other = urlsplit(url), urlsplit(prefix)
    if (one.scheme.lower(), one.netloc.lower()) != (other.scheme.lower(), other.netloc.lower()):
        return False
    rest = one.path.removeprefix(other.path)
    return one.path.startswith(other.path) and (
        not rest or other.path.endswith("/") or not other.path or rest[0] == "/"
    )
