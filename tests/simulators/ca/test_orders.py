"""What can be wrong with an order, at the limit and one past it."""

import pytest

from simulators.ca import orders
from simulators.ca.orders import Document, Order
from simulators.ca.reasons import Reason, Refused
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Instant


def order(count: int = 1, transaction: str = "T1") -> Order:
    documents = tuple(Document(str(number), "00" * 32) for number in range(count))
    return Order(user_id="001099000001", transaction=transaction, documents=documents, encoding="hex")


def certificate(serial: str, status: str = "good") -> Certificate:
    holder, start, end = "vnpt/1", Instant(1000), Instant(2000)
    return Certificate(
        id=serial, ca="vnpt", holder=holder, der="", keypair="k", not_before=start, not_after=end, status=status
    )


def test_as_many_documents_as_the_limit_and_not_one_more() -> None:
    orders.check(order(3), 3)
    for count in (0, 4):
        with pytest.raises(Refused, match="1 to 3 are taken"):
            orders.check(order(count), 3)


def test_a_transaction_is_demanded() -> None:
    with pytest.raises(Refused, match="transaction_missing"):
        orders.check(order(transaction=""), 3)


@pytest.mark.parametrize("doc_ids", [("",), ("1", "1")])
def test_documents_have_different_names(doc_ids: tuple[str, ...]) -> None:
    wrong = Order(user_id="1", transaction="T", documents=tuple(Document(name, "") for name in doc_ids), encoding="hex")
    with pytest.raises(Refused, match="doc_id"):
        orders.check(wrong, 3)


def test_one_certificate_needs_no_serial_and_two_do() -> None:
    one, other = certificate("54ab"), certificate("54cd")
    assert orders.chosen([one], "") is one
    assert orders.chosen([one, other], "54:CD") is other
    with pytest.raises(Refused, match="serial_needed"):
        orders.chosen([one, other], "")
    with pytest.raises(Refused, match="serial_unknown"):
        orders.chosen([one], "54ee")


@pytest.mark.parametrize(
    ("status", "now", "reason"),
    [
        ("good", 1000, None),
        ("good", 1999, None),
        ("good", 999, Reason.LAPSED),
        ("good", 2000, Reason.LAPSED),
        ("suspended", 1500, Reason.SUSPENDED),
        ("revoked", 1500, Reason.REVOKED),
    ],
)
def test_which_certificates_may_sign(status: str, now: int, reason: Reason | None) -> None:
    assert orders.unusable(certificate("54ab", status), Instant(now)) is reason
