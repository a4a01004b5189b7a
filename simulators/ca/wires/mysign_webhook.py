"""MySign's webhook (async 3): a token is asked of the portal before each delivery, then the result is brought under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from simulators.ca.signing import SigningRequest
from simulators.ca.spec import CaSpec, MysignSpec
from simulators.kernel.courier import Delivery, DeliveryKind, Outcome
from simulators.kernel.records import Instant

TAKEN = "00"
FORGED = "forged"
OPEN = frozenset({"grant_type", "client_id", "status_code", "message", "token_type", "expires_in", "consented_on"})
"""Of a token's call and answer, what is no secret."""
JSON = {"Content-Type": "application/json; charset=utf-8"}


class Granted(msgspec.Struct):
    """`data` of the portal's answer about a token."""

    access_token: str


class TokenAnswer(msgspec.Struct):
    status_code: str
    data: Granted


class Acknowledgement(msgspec.Struct):
    status_code: str


def body(_dialect: Any, request: SigningRequest) -> str:
    """What does not depend on when it is sent."""
    results = [{"document_id": one.doc_id, "signature": one.signature} for one in request.documents]
    meta = {"request_id": "", "transaction_id": request.transaction, "description": "Success", "status": "1"}
    told = {"meta_data": meta, "data": {"action_timestamp": "", "signature_timestamp": "", "results": results}}
    return msgspec.json.encode(told).decode()


def begun(spec: CaSpec, request: SigningRequest, delivery: Delivery) -> Delivery:
    """Asks for the token first; the result waits in what is kept. A forger has no secret to get a token with."""
    assert isinstance(spec, MysignSpec), f"{spec.id} has no such webhook"
    told = msgspec.json.decode(delivery.body)
    told["data"] |= {"action_timestamp": str(delivery.due), "signature_timestamp": str(delivery.due)}
    if delivery.injected == FORGED:
        return msgspec.structs.replace(delivery, method=spec.webhook_verb, body=_numbered(told, delivery, delivery.due))
    token_url, client, secret = request.webhook_token
    asking = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    kept = {
        "result": msgspec.json.encode(told).decode(),
        "result_url": delivery.url,
        "token": msgspec.json.encode(asking).decode(),
        "token_url": token_url,
    }
    first = msgspec.structs.replace(delivery, kept=kept, method=spec.webhook_verb)
    return _asking(first, spec, first.attempt, first.due)


def kinds(spec: CaSpec) -> tuple[DeliveryKind, ...]:
    """The token's and the result's; each try of either is one of the spec's attempts."""

    def again(attempt: int, outcome: Outcome, now: Instant) -> Instant | None:
        over = _token_of(outcome) or attempt >= spec.webhook_attempts
        return None if over else Instant(now + spec.webhook_interval)

    def with_token(delivery: Delivery, outcome: Outcome, now: Instant) -> Delivery | None:
        token = _token_of(outcome)
        if not token:
            return None
        return msgspec.structs.replace(
            delivery,
            kind=f"{spec.id}.webhook",
            url=delivery.kept["result_url"],
            headers={**JSON, "Authorization": f"Bearer {token}"},
            body=_numbered(msgspec.json.decode(delivery.kept["result"]), delivery, now),
            due=now,
        )

    def from_the_beginning(delivery: Delivery, outcome: Outcome, now: Instant) -> Delivery | None:
        over = acknowledged(outcome) or delivery.attempt >= spec.webhook_attempts
        if over or delivery.injected == FORGED:
            return None
        return _asking(delivery, spec, delivery.attempt + 1, Instant(now + spec.webhook_interval))

    return (
        DeliveryKind(f"{spec.id}.token", again, followed=with_token, shown=without_secrets),
        DeliveryKind(f"{spec.id}.webhook", lambda _attempt, _outcome, _now: None, followed=from_the_beginning),
    )


def acknowledged(outcome: Outcome) -> bool:
    """200 with status_code "00"."""
    told = _read(outcome, Acknowledgement)
    return told is not None and told.status_code == TAKEN


def without_secrets(body: str) -> str:
    """The names of a JSON object with the values that are no secret; of anything else, its length."""
    try:
        return msgspec.json.encode(_opened(msgspec.json.decode(body, type=dict[str, Any]))).decode()
    except (msgspec.DecodeError, RecursionError):
        return f"… ({len(body)} characters that are no JSON object)"


def _opened(told: dict[str, Any]) -> dict[str, Any]:
    def shown(name: str, one: Any) -> Any:
        if isinstance(one, dict):
            return _opened(one)
        return one if name in OPEN and isinstance(one, str | int) else "…"

    return {name: shown(name, one) for name, one in told.items()}


def _numbered(told: dict[str, Any], delivery: Delivery, now: Instant) -> str:
    """A request_id is of one attempt."""
    told["meta_data"]["request_id"] = f"VIETTEL_{delivery.ref}_{now}"
    return msgspec.json.encode(told).decode()


def _asking(delivery: Delivery, spec: CaSpec, attempt: int, due: Instant) -> Delivery:
    kept: Mapping[str, str] = delivery.kept
    return msgspec.structs.replace(
        delivery,
        kind=f"{spec.id}.token",
        url=kept["token_url"],
        headers=dict(JSON),
        body=kept["token"],
        attempt=attempt,
        due=due,
    )


def _token_of(outcome: Outcome) -> str:
    """Nothing where the portal gave none; what cannot stand in a header is none."""
    told = _read(outcome, TokenAnswer)
    token = told.data.access_token if told is not None and told.status_code == TAKEN else ""
    return token if token.isascii() and token.isprintable() else ""


def _read(outcome: Outcome, shape: type[Any]) -> Any:
    if outcome.status != 200:  # HTTP's OK
        return None
    try:
        return msgspec.json.decode(outcome.answer, type=shape)
    except (msgspec.DecodeError, RecursionError):  # the second: brackets in brackets, thousands deep
        return None
