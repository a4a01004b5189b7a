"""Flaws of payment, and the race that only load shows."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from reference_portal.books import Books, Change
from reference_portal.calls import vnpay
from reference_portal.catalogue import Fee
from reference_portal.dossiers import Dossier
from reference_portal.fees import Payment
from reference_portal.flaws.row import Flaw, both, called, ids, ruled
from reference_portal.parts import RIGHT, Parts

T = TypeVar("T")

_BREATH = 0.02


def _bare_is_fine(secret: str, params: Sequence[tuple[str, str]]) -> bool:
    return not dict(params).get("vnp_SecureHash") or vnpay.checksum_ok(secret, params)


def _same_reference(earlier: tuple[Payment, ...], now: datetime) -> str:
    return earlier[-1].id if earlier else RIGHT.rules.money.reference(earlier, now)


async def _check_then_act(books: Books, decide: Callable[[Change], T]) -> T:
    """Decides on what it read, does something else for a moment, and writes over whatever happened meanwhile."""
    change = Change(books)
    answer = decide(change)
    await asyncio.sleep(_BREATH)
    books.overwrite(change)
    return answer


def _unasked_is_paid(parts: Parts) -> Parts:
    """A fee for which no payment was ever begun stands in nobody's way."""
    begun: set[str] = set()

    def pay_url(told: Mapping[str, str], bill: vnpay.Bill, **named: Any) -> str:
        begun.add(bill.info)
        return vnpay.pay_url(told, bill, **named)

    def prepaid_open(dossier: Dossier) -> tuple[Fee, ...]:
        has_record = any(str(dossier.code) in info for info in begun)
        return RIGHT.rules.money.prepaid_open(dossier) if has_record else ()

    return both(called(pay_url=pay_url), ruled("money", prepaid_open=prepaid_open))(parts)


async def _found_means_paid(http: Any, told: Mapping[str, str], **named: Any) -> vnpay.QueryAnswer:
    """Whatever the gateway says of a payment that it knows."""
    return replace(await vnpay.query(http, told, **named), transaction_status="00")


def _racing(parts: Parts) -> Parts:
    return replace(parts, discipline=_check_then_act)


ROWS = (
    Flaw(
        "amount_without_cents",
        ruled("money", asked=lambda amount: amount // 100),
        ids("F02"),
        "specs/payment.md 13 row 3: amount not multiplied by 100 (1.2)",
        "Gửi số tiền không nhân 100.",
        "The amount is sent without its two zeros.",
    ),
    Flaw(
        "unpaid_accepted",
        ruled("money", prepaid_open=lambda _dossier: ()),
        ids("F04"),
        "specs/portal.md 2.14.1: a precondition that is never applied",
        "Tiếp nhận được hồ sơ chưa nộp phí thu trước.",
        "A dossier is accepted while its prepaid fee is open.",
    ),
    Flaw(
        "no_record_means_paid",
        _unasked_is_paid,
        ids("F04"),
        "specs/portal.md 2.14.1: payok is true when no payment record exists",
        "Chưa từng thanh toán thì coi như không nợ phí.",
        "A fee for which no payment was begun counts as paid.",
    ),
    Flaw(
        "checksum_ignored",
        called(checksum_ok=lambda _secret, _params: True),
        ids("F07"),
        "specs/payment.md 13 row 1: signature not checked on the notice",
        "Không kiểm tra chữ ký của thông báo thanh toán.",
        "The notice's checksum is not looked at.",
        also=ids("F22"),
    ),
    Flaw(
        "empty_checksum_accepted",
        called(checksum_ok=_bare_is_fine),
        ids("F07"),
        "specs/payment.md 13 row 1: dropping the signature passes",
        "Thông báo không có vnp_SecureHash vẫn được tin.",
        "A notice without a checksum is believed.",
        also=ids("F22"),
    ),
    Flaw(
        "amount_not_compared",
        ruled("money", same_amount=lambda _asked, _result: True),
        ids("F08"),
        "specs/payment.md 13 row 3: amount not compared; specs/portal.md 2.9",
        "Không so sánh số tiền trong thông báo.",
        "The amount of a notice is not compared.",
        also=ids("F22"),
    ),
    Flaw(
        "failed_counts_as_paid",
        ruled("money", succeeded=lambda response, transaction: response != "00" or transaction == "00"),
        ids("F09"),
        "specs/payment.md 13 row 6: failed payment mishandled",
        "Thông báo thất bại vẫn thành đã thanh toán.",
        "A failed payment counts as paid.",
        also=ids("F13", "F21"),
    ),
    Flaw(
        "ipn_twice",
        ruled("money", final=lambda _payment: False),
        ids("F10"),
        "specs/payment.md 13 row 4: not idempotent",
        "Thông báo lặp lại sinh biên lai thứ hai.",
        "A repeated notice makes a second receipt.",
        also=ids("F22"),
    ),
    Flaw(
        "return_url_believed",
        ruled("money", return_settles=True),
        ids("F11"),
        "specs/payment.md 13 row 2: return URL believed",
        "Tin đường dẫn quay về là đã thanh toán.",
        "The browser's way back counts as payment.",
    ),
    Flaw(
        "no_reconciliation",
        ruled("money", reconciles=False),
        ids("F12"),
        "specs/payment.md 13 row 8: no reconciliation",
        "Không đối soát khi thông báo không đến.",
        "A lost notice is never asked about.",
    ),
    Flaw(
        "query_means_paid",
        called(query=_found_means_paid),
        ids("F12"),
        "specs/payment.md 13 row 12: an answer that is not final treated as paid",
        "Đối soát thấy giao dịch là ghi đã thanh toán, dù đã hủy.",
        "Whatever the gateway knows of counts as paid when it is asked, cancelled or not.",
    ),
    Flaw(
        "reference_reused",
        ruled("money", reference=_same_reference),
        ids("F13"),
        "specs/payment.md 13 row 11: reference reused after a cancelled payment",
        "Thanh toán lại bằng mã tham chiếu cũ.",
        "The next attempt reuses the reference.",
    ),
    Flaw(
        "half_success",
        ruled("money", succeeded=lambda response, _transaction: response == "00"),
        ids("F21"),
        "specs/payment.md 1.14 and 13 row 12: ResponseCode alone decides",
        "Chỉ xem ResponseCode, bỏ qua TransactionStatus.",
        "ResponseCode alone decides.",
        also=ids("F12"),
    ),
    Flaw(
        "other_half_success",
        ruled("money", succeeded=lambda _response, transaction: transaction == "00"),
        ids("F21"),
        "specs/payment.md 1.14 and 13 row 12: TransactionStatus alone decides",
        "Chỉ xem TransactionStatus, bỏ qua ResponseCode.",
        "TransactionStatus alone decides.",
    ),
    Flaw(
        "lower_case_keys",
        ruled("money", answer_keys=("rspCode", "message")),
        ids("F22"),
        "specs/payment.md 13 row 7: wrong acknowledgement (rspCode)",
        "Trả lời thông báo bằng rspCode, message.",
        "The notice is answered with rspCode and message.",
    ),
    Flaw(
        "races",
        _racing,
        ids(),
        "specs/payment.md 1.14 and 13 row 4: check, then act, with a wait between",
        "Kiểm tra rồi mới ghi: hai thông báo song song sinh hai biên lai, hai hồ sơ trùng mã.",
        "Check, then act: parallel notices book two receipts and two dossiers share a code.",
        load_only=True,
    ),
)
