"""Section F: the gateway's notices (IPN), true and false, and how each is answered."""

import json

import pytest

from conformance.adapter import Dossiers, Payments
from conformance.checkout import Checkout
from conformance.failures import came
from conformance.filing import Filing
from conformance.journal import Row
from conformance.lab import Lab
from conformance.records import Dossier
from conformance.requirement import MUST, good_twin, requirement
from conformance.sources import ASVS, CWE, VNPAY_PAY, VNPAY_SIT


def proof_of(bad: Row, effect: str) -> None:
    """The portal itself answered these bytes."""
    assert bad.body["injected"] == effect, f"the notice that arrived first was {bad.body['injected'] or 'a right one'}"


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(("wrong_checksum", {}), id="wrong"),
        pytest.param(("missing_checksum", {}), id="missing"),
        pytest.param(("missing_checksum", {"empty": True}), id="empty"),
    ],
)
@requirement(
    "F07",
    MUST,
    "Thông báo thanh toán có chữ ký kiểm tra sai, thiếu hoặc rỗng thì không thay đổi gì.",
    "A notice whose checksum is wrong, missing or empty changes nothing.",
    basis=(
        VNPAY_PAY.at("IPN: kiểm tra vnp_SecureHash"),
        VNPAY_SIT.at("8"),
        CWE.at("CWE-345", "insufficient verification of data authenticity"),
    ),
)
def test_a_notice_that_is_not_authentic_changes_nothing(
    bad: tuple[str, dict[str, bool]], order: Checkout, dossiers: Dossiers, dossier: Dossier, lab: Lab
) -> None:
    effect, details = bad
    lab.fault("vnpay.notice", effect, about=order.ref, args=details)

    order.pay_unseen()

    proof_of(lab.wait_for("delivered", order.ref)[0], effect)
    assert not dossiers.read(dossier).is_paid, came(
        "đã ghi đã thanh toán theo một thông báo không xác thực", "paid by a notice that is not authentic"
    )

    with good_twin():
        lab.tell_again(order)
        assert dossiers.read(dossier).is_paid


@pytest.mark.parametrize("difference", [pytest.param(-1000, id="less"), pytest.param(1000, id="more")])
@requirement(
    "F08",
    MUST,
    "Thông báo báo số tiền khác với số tiền của giao dịch thì không thay đổi gì, dù chữ ký kiểm tra đúng.",
    "A notice of another amount than was asked changes nothing, although its checksum is right.",
    basis=(VNPAY_PAY.at("IPN: kiểm tra vnp_Amount"), VNPAY_SIT.at("7")),
)
def test_a_notice_of_another_amount_changes_nothing(
    difference: int, order: Checkout, dossiers: Dossiers, dossier: Dossier, lab: Lab
) -> None:
    asked = lab.wait_for("payment_requested", order.ref)[0].body["amount"]
    told = max(asked + difference, 1)
    lab.fault("vnpay.notice", "wrong_amount", about=order.ref, args={"amount": told})

    order.pay_unseen()

    proof_of(lab.wait_for("delivered", order.ref)[0], "wrong_amount")
    assert not dossiers.read(dossier).is_paid, came(
        f"yêu cầu {asked} đồng, thông báo báo {told} đồng, vẫn ghi đã thanh toán",
        f"{asked} đồng were asked, the notice told of {told}, and yet it is paid",
    )

    with good_twin():
        lab.tell_again(order)
        assert dossiers.read(dossier).is_paid


@requirement(
    "F09.unknown",
    MUST,
    "Thông báo về một mã giao dịch mà cổng không biết thì không thay đổi gì.",
    "A notice of a reference that the portal does not know changes nothing.",
    basis=(VNPAY_PAY.at("IPN: kiểm tra vnp_TxnRef"), VNPAY_SIT.at("6")),
)
def test_a_notice_of_an_unknown_reference_changes_nothing(
    order: Checkout, dossiers: Dossiers, dossier: Dossier, lab: Lab
) -> None:
    lab.fault("vnpay.notice", "another_order", about=order.ref)

    order.pay_unseen()

    proof_of(lab.wait_for("delivered", order.ref)[0], "another_order")
    assert not dossiers.read(dossier).is_paid, came(
        "đã ghi đã thanh toán theo thông báo về một giao dịch khác", "paid by a notice of another reference"
    )

    with good_twin():
        lab.tell_again(order)
        assert dossiers.read(dossier).is_paid


@requirement(
    "F09.failed",
    MUST,
    "Thông báo thanh toán không thành công (24/02) để phí ở trạng thái chưa nộp.",
    "A notice of a failed payment (24/02) leaves the fee unpaid.",
    basis=(VNPAY_PAY.at("vnp_ResponseCode, vnp_TransactionStatus"), VNPAY_SIT.at("5")),
)
def test_a_notice_of_a_failed_payment_leaves_it_unpaid(
    order: Checkout, filing: Filing, dossier: Dossier, lab: Lab
) -> None:
    order.cancel_unseen()

    told = lab.wait_for("delivered", order.ref)[0].body["url"]
    assert "vnp_ResponseCode=24" in told, "the gateway told of no cancellation"
    assert not filing.applicant.dossiers.read(dossier).is_paid, came(
        "thông báo báo giao dịch bị hủy (24/02) mà vẫn ghi đã thanh toán",
        "the notice told of a cancelled payment (24/02), and yet it is paid",
    )

    with good_twin():
        pays(filing, lab)


@requirement(
    "F10.again",
    MUST,
    "Một giao dịch chỉ sinh một biên lai, dù thông báo thanh toán đến lần nữa.",
    "One payment makes one receipt, although the notice comes again.",
    basis=(VNPAY_PAY.at("IPN"), VNPAY_SIT.at("4: already confirmed order")),
)
def test_a_repeated_notice_makes_one_receipt(
    checkout: Checkout, payments: Payments, dossier: Dossier, lab: Lab
) -> None:
    lab.fault("vnpay.notice", "duplicate", about=checkout.ref)

    checkout.pay_unseen()

    lab.wait_for("delivered", checkout.ref)
    lab.deliver_now(checkout.ref)
    lab.wait_for("delivered", checkout.ref, count=2)
    made = len(payments.receipts(dossier))
    assert made == 1, came(f"{made} biên lai cho một giao dịch", f"{made} receipts for one payment")


@requirement(
    "F10.parallel",
    MUST,
    "Một giao dịch chỉ sinh một biên lai, dù mười thông báo thanh toán đến cùng lúc.",
    "One payment makes one receipt, although ten notices come at once.",
    basis=(
        VNPAY_PAY.at("IPN"),
        CWE.at("CWE-362", "a race between two notices books twice"),
        ASVS.at("2.3.4", "locking in business logic"),
    ),
)
def test_ten_notices_at_once_make_one_receipt(
    checkout: Checkout, payments: Payments, dossier: Dossier, lab: Lab
) -> None:
    lab.fault("vnpay.notice", "parallel", about=checkout.ref)

    checkout.pay_unseen()

    lab.wait_for("delivered", checkout.ref, count=10)
    made = len(payments.receipts(dossier))
    assert made == 1, came(f"{made} biên lai cho một giao dịch", f"{made} receipts for one payment")


@pytest.mark.parametrize(
    "half",
    [
        pytest.param("ResponseCode 00, TransactionStatus 02", id="response-code"),
        pytest.param("ResponseCode 07, TransactionStatus 00", id="transaction-status"),
    ],
)
@requirement(
    "F21",
    MUST,
    "Chỉ khi vnp_ResponseCode và vnp_TransactionStatus đều là 00 mới là đã thanh toán.",
    "Paid is only what has both vnp_ResponseCode and vnp_TransactionStatus 00.",
    basis=(VNPAY_PAY.at("IPN: vnp_ResponseCode = 00 và vnp_TransactionStatus = 00"),),
)
def test_half_a_success_is_not_paid(half: str, order: Checkout, filing: Filing, dossier: Dossier, lab: Lab) -> None:
    lab.fault("vnpay.notice", "half_success", about=order.ref, args={"alone": True, "other": "07" in half})

    order.pay_unseen()

    proof_of(lab.wait_for("delivered", order.ref)[0], "half_success")
    assert not filing.applicant.dossiers.read(dossier).is_paid, came(
        f"thông báo ghi {half} mà vẫn ghi đã thanh toán", f"the notice said {half}, and yet it is paid"
    )

    with good_twin():
        pays(filing, lab)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        pytest.param("duplicate", ["00", "02"], id="02"),
        pytest.param("another_order", ["01", "00"], id="01"),
        pytest.param("wrong_amount", ["04", "00"], id="04"),
        pytest.param("wrong_checksum", ["97", "00"], id="97"),
    ],
)
@requirement(
    "F22",
    MUST,
    "Thông báo được trả lời bằng HTTP 200 và JSON có đúng hai khóa RspCode, Message, với mã như tài liệu quy định.",
    "A notice is answered with HTTP 200 and JSON of exactly the keys RspCode and Message, with the document's code.",
    basis=(VNPAY_PAY.at("IPN: RspCode, Message"), VNPAY_SIT.at("3, 4, 6, 7, 8")),
)
def test_a_notice_is_answered_in_the_gateways_words(
    effect: str, expected: list[str], checkout: Checkout, lab: Lab
) -> None:
    lab.fault("vnpay.notice", effect, about=checkout.ref)

    checkout.pay_unseen()
    lab.wait_for("delivered", checkout.ref)
    lab.deliver_now(checkout.ref)

    codes = [code_of(row) for row in lab.wait_for("delivered", checkout.ref, count=2)]
    assert codes == expected, came(f"các mã trả lời là {codes}, phải là {expected}", f"{codes}, due were {expected}")


def code_of(row: Row) -> object:
    """RspCode, once the answer's form is right."""
    status, answer = row.body["status"], row.body["answer"]
    told = json.loads(answer)
    assert status == 200, came(f"trạng thái HTTP {status}", f"HTTP status {status}")
    assert isinstance(told, dict), came(f"không phải đối tượng JSON: {answer[:100]}", f"no JSON object: {answer[:100]}")
    assert sorted(told) == ["Message", "RspCode"], came(f"các khóa là {sorted(told)}", f"the keys are {sorted(told)}")
    return told["RspCode"]


def pays(filing: Filing, lab: Lab) -> None:
    """The same applicant pays for another dossier, and that is booked."""
    payments = filing.applicant.payments
    assert payments is not None, "the first order came from it"
    other = filing.filed("paid")
    order = lab.checkout(payments.start(other))
    order.pay_unseen()
    lab.wait_for("delivered", order.ref)
    assert filing.applicant.dossiers.read(other).is_paid
