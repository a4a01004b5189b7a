"""Section F: fees, payments, receipts; what comes back by browser, and what never comes back."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from conformance.adapter import Dossiers, Payments
from conformance.checkout import Checkout
from conformance.desk import Officer
from conformance.dossiers import ACCEPTED, SUBMITTED
from conformance.failures import came
from conformance.filing import Filing
from conformance.lab import Lab
from conformance.records import Dossier
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.sources import ASVS, CWE, ND61, ND224, VNPAY_PAY, VNPAY_QUERY, VNPAY_SIT

PAYING = 6
NOBODYS_CHECKSUM = "0123456789abcdef" * 8


@requirement(
    "F02",
    MUST,
    "Số tiền gửi sang cổng thanh toán đúng bằng phí, lệ phí đã công bố của thủ tục.",
    "The amount that the gateway is asked for is the procedure's published fee.",
    basis=(ND61.at("Điều 4 khoản 5; Điều 15 khoản 1 điểm c"), VNPAY_PAY.at("vnp_Amount: số tiền nhân 100")),
)
def test_the_gateway_is_asked_for_the_published_fee(filing: Filing, order: Checkout, lab: Lab) -> None:
    fees = [fee.amount for fee in filing.procedure("paid").fees]

    asked = lab.wait_for("payment_requested", order.ref)[0].body["amount"]

    assert asked in {*fees, sum(fees)}, came(
        f"cổng thanh toán được yêu cầu thu {asked} đồng, phí công bố là {fees}",
        f"the gateway was asked for {asked} đồng, published are {fees}",
    )


@requirement(
    "F04",
    MUST,
    "Hồ sơ có phí thu trước thì không được tiếp nhận khi phí chưa nộp.",
    "A dossier whose fee is collected beforehand is not accepted while the fee is open.",
    basis=(
        ND61.at("Điều 22"),
        ASVS.at("2.3.1", "business flows run in their order, no step is skipped"),
        CWE.at("CWE-841", "improper enforcement of behavioural workflow"),
    ),
)
def test_no_acceptance_while_the_prepaid_fee_is_open(
    dossiers: Dossiers, payments: Payments, dossier: Dossier, officer: Officer, lab: Lab
) -> None:
    with may_be_refused():
        officer.accept(dossier)
    before_any = dossiers.read(dossier)
    order = lab.checkout(payments.start(dossier))
    with may_be_refused():
        officer.accept(dossier)

    early = [now for now in (before_any, dossiers.read(dossier)) if now.state not in {SUBMITTED, PAYING}]
    assert not early, came(
        f"hồ sơ chưa nộp phí mà đã ở trạng thái “{early[0].state_text}”", f"unpaid, and yet in state {early[0].state}"
    )

    with good_twin():
        order.pay_unseen()
        lab.wait_for("delivered", order.ref)
        assert officer.accept(dossier).state == ACCEPTED


@requirement(
    "F11.real",
    MUST,
    "Trình duyệt quay về từ cổng thanh toán chưa chứng minh đã thanh toán; chỉ thông báo hoặc truy vấn mới chứng minh.",
    "The browser's way back from the gateway proves no payment; only a notice or a query does.",
    basis=(VNPAY_PAY.at("Return URL: chỉ kiểm tra toàn vẹn và hiển thị"), VNPAY_SIT.at("1")),
)
def test_the_real_way_back_proves_nothing(order: Checkout, dossiers: Dossiers, dossier: Dossier, lab: Lab) -> None:
    lab.fault("vnpay.notice", "late", about=order.ref)

    order.pay()

    assert not dossiers.read(dossier).is_paid, came(
        "đã ghi đã thanh toán khi trình duyệt vừa quay về, chưa có thông báo, truy vấn chưa được trả lời",
        "paid as soon as the browser came back, before any notice or answered query",
    )

    with good_twin():
        lab.answer_queries(order)
        lab.deliver_now(order.ref)
        lab.wait_for("delivered", order.ref)
        assert dossiers.read(dossier).is_paid


@requirement(
    "F11.forged",
    MUST,
    "Đường dẫn quay về do người dùng tự viết ra không làm hồ sơ thành đã thanh toán.",
    "A return address that somebody wrote by hand pays nothing.",
    basis=(VNPAY_PAY.at("Return URL"), CWE.at("CWE-602", "client-side enforcement of server-side security")),
)
def test_a_forged_way_back_pays_nothing(order: Checkout, dossiers: Dossiers, dossier: Dossier, lab: Lab) -> None:
    order.browser.copy().navigate(forged_return(order), operation="return")

    assert not dossiers.read(dossier).is_paid, came(
        "đã ghi đã thanh toán theo một đường dẫn quay về giả mạo", "paid by a forged return address"
    )

    with good_twin():
        lab.answer_queries(order)
        order.pay_unseen()
        lab.wait_for("delivered", order.ref)
        assert dossiers.read(dossier).is_paid


@pytest.mark.alone
@requirement(
    "F12",
    MUST,
    "Thông báo thanh toán không bao giờ đến thì cổng hỏi lại cổng thanh toán (querydr) và ghi nhận đúng.",
    "When the notice never comes, the portal asks the gateway (querydr) and books what it is told.",
    basis=(VNPAY_QUERY.at("querydr"), ND224.at("Điều 15 khoản 1 điểm đ")),
)
def test_a_payment_whose_notice_is_lost_is_found_by_query(
    filing: Filing, payments: Payments, dossier: Dossier, officer: Officer, lab: Lab
) -> None:
    dossiers, cancelled = filing.applicant.dossiers, filing.filed("paid")
    for one, end in ((cancelled, Checkout.cancel_unseen), (dossier, Checkout.pay_unseen)):
        checkout = lab.checkout(payments.start(one))
        lab.fault("vnpay.notice", "lost", about=checkout.ref)
        end(checkout)

    officer.reconcile()

    now = dossiers.read(dossier)
    assert now.is_paid, came(
        "tiền đã thu, đối soát xong mà hồ sơ vẫn chưa thanh toán", "settled and reconciled, and still unpaid"
    )
    assert len(now.receipts) == 1
    assert not dossiers.read(cancelled).is_paid, came(
        "giao dịch đã hủy, đối soát xong lại thành đã thanh toán", "cancelled, and paid after the reconciliation"
    )


@requirement(
    "F13",
    MUST,
    "Thanh toán đã hủy thì phí vẫn chờ nộp và nộp lại được, bằng mã giao dịch mới.",
    "After a cancelled payment the fee is still open and can be paid again, under a new reference.",
    basis=(VNPAY_PAY.at("vnp_TxnRef: không trùng lặp trong ngày"), VNPAY_SIT.at("5")),
)
def test_a_cancelled_payment_can_be_tried_again(
    checkout: Checkout, payments: Payments, dossiers: Dossiers, dossier: Dossier, lab: Lab
) -> None:
    checkout.cancel_unseen()
    lab.wait_for("delivered", checkout.ref)
    assert not dossiers.read(dossier).is_paid, came("hủy rồi mà vẫn ghi đã thanh toán", "cancelled, and yet paid")

    again = lab.checkout(payments.start(dossier))

    assert again.ref != checkout.ref, came(
        f"lần nộp lại vẫn dùng mã giao dịch {checkout.ref}",
        f"the second attempt uses the reference {checkout.ref} again",
    )
    assert not again.refused, came(
        f"cổng thanh toán từ chối với mã {again.refused}", f"the gateway turned it away with {again.refused}"
    )
    again.pay_unseen()
    lab.wait_for("delivered", again.ref)
    assert [receipt.payment for receipt in payments.receipts(dossier)] == [again.ref]


def forged_return(order: Checkout) -> str:
    """What the gateway would send after a payment, written by somebody who has no secret."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(order.payment.url).query).items()}
    told = {name: asked[name] for name in ("vnp_TmnCode", "vnp_Amount", "vnp_OrderInfo", "vnp_TxnRef")}
    told |= {"vnp_ResponseCode": "00", "vnp_TransactionStatus": "00", "vnp_TransactionNo": "14999999"}
    told |= {"vnp_BankCode": "NCB", "vnp_CardType": "ATM", "vnp_PayDate": asked["vnp_CreateDate"]}
    told |= {"vnp_SecureHash": NOBODYS_CHECKSUM}
    return f"{asked['vnp_ReturnUrl']}?{urlencode(sorted(told.items()))}"
