"""Section F: fees, payments, receipts."""

from conformance.adapter import Payments
from conformance.lab import Lab
from conformance.records import Dossier
from conformance.requirement import MUST, requirement
from conformance.sources import VNPAY_PAY, VNPAY_SIT


@requirement(
    "F10",
    MUST,
    "Một giao dịch chỉ sinh một biên lai, dù thông báo thanh toán đến nhiều lần.",
    "One payment makes one receipt, however often the notice comes.",
    basis=(VNPAY_PAY.at("IPN"), VNPAY_SIT.at("4: already confirmed order")),
)
def test_a_repeated_notice_makes_one_receipt(payments: Payments, dossier: Dossier, lab: Lab) -> None:
    checkout = lab.checkout(payments.start(dossier))
    lab.fault("vnpay.notice", "duplicate", about=checkout.ref)

    checkout.pay()

    lab.wait_for("delivered", checkout.ref, count=2)
    assert len(payments.receipts(dossier)) == 1
