"""What the citizen's app shows and takes: the question with document, service and time, and the PIN with its tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simulators.ca.orders import Order
from simulators.ca.signing import SigningRequest
from simulators.ca.spec import CaSpec
from simulators.kernel.clock import MINUTE, in_vietnam
from simulators.kernel.prompts import Line, Prompt
from simulators.kernel.records import Instant, Record

TITLE = "Xác thực giao dịch"
OVER = "Giao dịch đã kết thúc hoặc không còn tồn tại."
LATE = "Giao dịch đã hết hạn."
SPENT = "Gói dịch vụ của bạn đã hết lượt ký."
UNUSABLE = "Chứng thư số của bạn đang tạm dừng, đã bị thu hồi hoặc hết hạn: không ký được."


class PinTries(Record, frozen=True, kw_only=True):
    """`id` is ca/citizen: how often in a row the PIN was wrong, and until when the app is locked."""

    KIND: ClassVar[str] = "pin_tries"

    wrong: int = 0
    locked_until: Instant = Instant(0)


@dataclass(frozen=True)
class Tried:
    """What became of a PIN: the new count (None when it stays), and what the app says when it was not taken."""

    tries: PinTries | None
    left: int
    text: str = ""


def question(request: SigningRequest, order: Order, service: str, code: str, now: Instant) -> Prompt:
    """As in the apps: the code, each document, who asks, when."""
    lines = [Line("Tài liệu", document.doc_id) for document in order.documents]
    lines.append(Line("Dịch vụ", service))
    if order.description:
        lines.append(Line("Nội dung", order.description))
    lines.append(Line("Thời gian", f"{in_vietnam(now):%H:%M, %d/%m/%Y}"))
    return Prompt(
        id=request.prompt,
        contract=request.contract,
        citizen=request.citizen,
        kind=f"ca.{request.ca}",
        ref=request.transaction,
        title=TITLE,
        lines=tuple(lines),
        code=code,
        secret="pin",  # noqa: S106  # the name of what is asked for
        doc_ids=tuple(document.doc_id for document in order.documents),
        expires=request.expires,
    )


def tried(before: PinTries, *, right: bool, now: Instant, spec: CaSpec) -> Tried:
    """A right PIN takes the count back; the last wrong one locks the app for a while."""
    if now < before.locked_until:
        minutes = -(-(before.locked_until - now) // MINUTE)
        return Tried(None, 0, f"Ứng dụng đang bị khoá. Vui lòng thử lại sau {minutes} phút.")
    if right:
        return Tried(PinTries(id=before.id) if before.wrong else None, spec.pin_tries)
    wrong = (0 if before.wrong >= spec.pin_tries else before.wrong) + 1
    left = spec.pin_tries - wrong
    if left:
        return Tried(PinTries(id=before.id, wrong=wrong), left, f"Mã PIN không đúng. Bạn còn {left} lần thử.")
    locked = PinTries(id=before.id, wrong=wrong, locked_until=Instant(now + spec.pin_lock))
    minutes = spec.pin_lock // MINUTE
    return Tried(locked, 0, f"Mã PIN không đúng {spec.pin_tries} lần. Ứng dụng bị khoá {minutes} phút.")
