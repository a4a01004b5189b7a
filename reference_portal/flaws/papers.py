"""Flaws of what is shown of a paper, of Word files, and of two requests for one file."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from reference_portal import seals, word
from reference_portal.calls import smartca
from reference_portal.calls.smartca import Order, Outcome
from reference_portal.components import Component, Signing
from reference_portal.flaws.row import Flaw, both, called, ids, ruled, sealed
from reference_portal.seals import Prepared


async def _nothing_described(http: Any, told: Any, order: Order) -> Outcome:
    return await smartca.sign(http, told, replace(order, description=""))


def _server_zone(signer: str, at: datetime, reason: str, location: str) -> tuple[str, ...]:
    """The server's zone is UTC, and +07:00 is written behind its time."""
    shown = f"Date: {at.astimezone(UTC):%Y.%m.%d %H:%M:%S} +07:00"
    return (f"Digitally signed by {signer}", shown, f"Reason: {reason}", f"Location: {location}")


def _stamped_in_server_zone(pdf: bytes, **named: Any) -> Prepared:
    return seals.prepare(pdf, stamp=_server_zone, **named)


def _without_marks(content: bytes, title: str) -> bytes:
    """As a converter whose font knows no Vietnamese."""
    plain = tuple(replace(line, text=_bare(line.text)) for line in word.lines_of(content))
    return word.drawn(plain, title)


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _made_of_the_same(component: Component, signing: Signing) -> bool:
    """The paper below the signature is compared, so that a second answer takes the place of the first."""
    current = component.current
    return current is not None and signing.file in {current.file, current.base}


ROWS = (
    Flaw(
        "phone_told_nothing",
        called(direct_sign=_nothing_described),
        ids("D05"),
        "specs/ca.md 16.12: the user sees nothing readable on the phone",
        "Không gửi mô tả giao dịch: điện thoại không cho biết đang ký gì.",
        "No description is sent: the phone does not say what is signed.",
    ),
    Flaw(
        "stamp_in_server_zone",
        sealed(prepare=_stamped_in_server_zone),
        ids("D15"),
        "specs/portal.md 2.12 and K07: the server's zone leaks into what is shown",
        "Chữ ký hiển thị ghi giờ UTC của máy chủ như giờ Việt Nam.",
        "The stamp shows the server's UTC as if it were Vietnam's time.",
    ),
    Flaw(
        "word_marks_dropped",
        sealed(printed=_without_marks),
        ids("D17"),
        "specs/ca.md 16.16: Vietnamese fonts in what is rendered",
        "Chuyển Word sang PDF làm mất dấu tiếng Việt.",
        "Turning Word into PDF loses the Vietnamese marks.",
    ),
    Flaw(
        "second_answer_replaces_first",
        both(
            ruled("signing", busy=lambda _component: None),
            ruled("signing", same_file=_made_of_the_same),
        ),
        ids("D23"),
        "specs/ca.md 16.5: a document is signed twice after a retry with a new transaction",
        "Hai yêu cầu ký cùng một tập tin: chữ ký sau thay chữ ký trước, cả hai báo thành công.",
        "Two requests for one file: the second signature takes the first one's place, and both are told as signed.",
    ),
)
