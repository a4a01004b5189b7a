"""Each law accepts one good history and rejects one bad history, and names the offender."""

from typing import Any

import pytest

from conformance.journal import ACKNOWLEDGED, SEATED, SHOWN, TOKEN_ANSWERED, Row
from conformance.laws import LAWS, judge
from conformance.records import Broken

REF, DIGEST, SERIAL = "DVC1", "ab" * 32, "54013EA1"
YES = '{"RspCode": "00", "Message": "ok"}'
TECHID, PERSON = "tech-1", "079080000001"


def row(word: str, ref: str, subject: str = "", source: str = "", **body: Any) -> Row:
    return Row(1, word, ref, subject, body, source=source)


SETTLED = row("payment_settled", REF, source="payment.vnpay", amount=1000, response_code="00", transaction_status="00")
TOLD = row("delivered", REF, source="payment.vnpay", kind="vnpay.notice", status=200, injected="", answer=YES)
APPROVED = row("signing_approved", "t1", PERSON, docs=[{"doc_id": "d", "digest": DIGEST}], serial=SERIAL)
NOTED = row(ACKNOWLEDGED, "h1", TECHID, code="C-1")
KNOWN = row(SEATED, TECHID, PERSON)
ONE_LOGIN = (
    row("code_redeemed", "s1", grant_type="authorization_code"),
    row("code_redeemed", "s1", grant_type="refresh_token"),
    row("token_refused", "s2", reason="wrong_verifier"),
    row("token_refused", "s3", reason="failed", injected="server_error"),
)
SENT_AGAIN = row("token_refused", "s1", reason="used_code")

DOSSIER = {"book": "dossier", "id": "h1", "code": "C-1", "subject": TECHID, "state": 1}
OF_A_UNIT, MEMBER = {**DOSSIER, "members": ["079080000002"]}, row(SEATED, "tech-2", "079080000002")
PAYMENT = {"book": "payment", "ref": REF, "dossier": "h1", "amount": 1000, "state": "paid"}
RECEIPT = {"book": "receipt", "id": "b1", "payment": REF, "amount": 1000, "dossier": "h1"}
SIGNATURE = {
    "book": "signature",
    "dossier": "h1",
    "component": "to-khai",
    "subject": TECHID,
    "personal_id": PERSON,
    "serial": SERIAL.lower(),
    "digest": DIGEST,
}
GOOD_ROWS = (SETTLED, TOLD, APPROVED, NOTED, KNOWN, *ONE_LOGIN)
GOOD_BOOKS = (DOSSIER, PAYMENT, RECEIPT, SIGNATURE, {"book": "message", "to": "x"})


def without(*gone: Any) -> tuple[Any, ...]:
    return tuple(one for one in (*GOOD_ROWS, *GOOD_BOOKS) if one not in gone)


LATE_QUERY, OPEN_QUERY = (
    row(
        "payment_queried",
        REF,
        source="payment.vnpay",
        answer={"vnp_ResponseCode": "00", "vnp_TransactionStatus": status},
    )
    for status in ("00", "01")
)
BAD: dict[str, list[tuple[tuple[Any, ...], str]]] = {
    "one_receipt_a_settlement": [
        ((*without(), {**RECEIPT, "id": "b2"}), REF),
        (without(RECEIPT), REF),
    ],
    "nothing_paid_without_proof": [
        (without(SETTLED), REF),
        (without(TOLD), REF),
        ((*without(TOLD), OPEN_QUERY), REF),
        ((*without(TOLD), row("delivered", REF, source="payment.vnpay", status=200, injected="wrong_checksum")), REF),
    ],
    "amounts_agree": [((*without(RECEIPT), {**RECEIPT, "amount": 100000}), REF)],
    "settled_is_booked": [(without(RECEIPT, PAYMENT), REF)],
    "signed_is_approved": [
        ((*without(SIGNATURE), row(SHOWN, "h1", TECHID, signed=["to-khai"])), "h1/to-khai"),
        (without(APPROVED), "h1/to-khai"),
        (
            (
                *without(APPROVED),
                row("signing_approved", "t1", "079080000002", docs=[{"digest": DIGEST}], serial=SERIAL),
            ),
            "h1/to-khai",
        ),
        (
            (*without(APPROVED), row("signing_approved", "t1", PERSON, docs=[{"digest": DIGEST}], serial="99")),
            "h1/to-khai",
        ),
    ],
    "signed_by_the_applicant": [
        ((*without(KNOWN), row(SEATED, TECHID, "079080000009")), "h1/to-khai"),
        (
            (
                *without(SIGNATURE, KNOWN, NOTED, DOSSIER),
                row(SEATED, TECHID, "079080000009"),
                DOSSIER,
                {**SIGNATURE, "subject": ""},
            ),
            "h1/to-khai",
        ),
    ],
    "acknowledged_is_findable": [
        (without(DOSSIER), "h1"),
        ((*without(DOSSIER), {**DOSSIER, "code": "C-2"}), "h1"),
        ((*without(NOTED), row(ACKNOWLEDGED, "h1", TECHID, code="C-0"), NOTED), "h1"),
        ((*without(DOSSIER), row(ACKNOWLEDGED, "h1", TECHID), {**DOSSIER, "code": "C-2"}), "h1"),
    ],
    "codes_are_unique": [
        ((*without(), {**DOSSIER, "id": "h2"}), "C-1"),
        ((*without(), row(ACKNOWLEDGED, "h2", TECHID, code="C-1")), "C-1"),
    ],
    "dossiers_keep_their_owner": [((*without(DOSSIER), {**DOSSIER, "subject": "tech-2"}), "h1")],
    "shown_to_its_owner": [
        ((*without(), row(SHOWN, "h1", TECHID), row(SHOWN, "h1", "tech-2")), "h1"),
        ((*without(DOSSIER), OF_A_UNIT, MEMBER, row(SHOWN, "h1", "tech-2"), row(SHOWN, "h1", "tech-3")), "h1"),
    ],
    "codes_are_exchanged_once": [((*without(), SENT_AGAIN), "s1")],
}
# What is unknown or a fault's work offends nobody.
EXCUSED = {
    "a member of the unit sees and signs, with a token": (
        *without(DOSSIER, SIGNATURE, APPROVED),
        *(OF_A_UNIT, MEMBER, row(SHOWN, "h1", "tech-2")),
        row(TOKEN_ANSWERED, SERIAL, "079080000002", digest=DIGEST),
        {**SIGNATURE, "personal_id": "079080000002"},
    ),
    "the notice was lost and nobody asked": without(TOLD, PAYMENT, RECEIPT),
    "the notice found nobody": (
        *without(TOLD, PAYMENT, RECEIPT),
        row("undelivered", REF, source="payment.vnpay", error="timeout"),
    ),
    "the notice never came but the portal asked": (*without(TOLD), LATE_QUERY),
    "the attempt timed out and the portal had booked it": (
        *without(TOLD),
        row("undelivered", REF, source="payment.vnpay", error="timeout"),
    ),
    "the portal said that it could not book": (
        *without(TOLD, PAYMENT, RECEIPT),
        row("delivered", REF, source="payment.vnpay", status=200, injected="", answer='{"RspCode": "99"}'),
    ),
    "a signature that was taken away again": (
        *without(SIGNATURE),
        row(SHOWN, "h1", TECHID, signed=["to-khai"]),
        row(SHOWN, "h1", TECHID, signed=[]),
    ),
    "only half a success was told": (
        *without(TOLD, PAYMENT, RECEIPT),
        row("delivered", REF, source="payment.vnpay", status=200, injected="half_success"),
    ),
    "paid at the counter": (*without(), {**RECEIPT, "id": "b9", "payment": "counter", "amount": 5}),
    "shown to nobody known, and a draft that is in no book": (*without(), row(SHOWN, "h1"), row(SHOWN, "h9", "tech-2")),
    "a failed payment": (*without(), {**PAYMENT, "ref": "DVC2", "state": "failed"}),
}


def offenders(history: tuple[Any, ...]) -> set[tuple[str, str]]:
    rows = [one for one in history if isinstance(one, Row)]
    books = [one for one in history if isinstance(one, dict)]
    return {(violation.law, violation.ref) for violation in judge(rows, books)}


def test_a_good_history_offends_no_law() -> None:
    assert offenders(without()) == set()


@pytest.mark.parametrize("why", EXCUSED)
def test_what_is_unknown_or_injected_offends_nobody(why: str) -> None:
    assert offenders(EXCUSED[why]) == set()


@pytest.mark.parametrize(("law", "history", "ref"), [(law, h, r) for law, found in BAD.items() for h, r in found])
def test_a_bad_history_is_named(law: str, history: tuple[Any, ...], ref: str) -> None:
    assert (law, ref) in offenders(history)


def test_every_law_has_a_history_that_it_rejects() -> None:
    assert set(BAD) == {law.name for law in LAWS}


def test_an_earlier_run_obliges_a_portal_that_began_anew_to_nothing() -> None:
    rows = [one for one in without(PAYMENT, RECEIPT) if isinstance(one, Row)]
    assert "settled_is_booked" in {violation.law for violation in judge(rows, [DOSSIER, SIGNATURE])}
    assert not list(judge(rows, [DOSSIER, SIGNATURE], since=1))


def test_a_code_that_was_sent_again_in_an_earlier_run_is_not_held_against_this_one() -> None:
    assert not list(judge([SENT_AGAIN], [], since=1))


def test_an_amount_that_is_none_is_the_portals_error() -> None:
    with pytest.raises(Broken, match=r"receipt b1: `amount` is no number of đồng"):
        list(judge(GOOD_ROWS, [{**RECEIPT, "amount": "1,000 đ"}]))


def test_a_violation_speaks_both_languages() -> None:
    (violation,) = judge((SETTLED, TOLD), (RECEIPT, {**RECEIPT, "id": "b2"}))
    assert "2 biên lai" in violation.text_vi and "2 receipts" in violation.text_en
