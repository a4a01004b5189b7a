"""VNPAY PAY 2.1.0 (sandbox): pay URL, checkout, return, notice (IPN), querydr.

Not simulated: refund (its checksum is examined, then 99, as the sandbox answers normal terminals; a later issue brings
it), vnp_Command=genqr, token, instalment, recurring and preauthorised payments, the bank list, version 2.0.x, pages in
English (vnp_Locale=en is accepted), the bank's own OTP page on its own host, VNPAY's source addresses.

CONFIRMED: parameters, checksums (pay, return, notice, querydr, refund), the notice's retry rule (10 attempts, 5 minutes
apart, until RspCode 00 or 02), result codes and transaction statuses, querydr codes, test cards of NCB, OTP 123456,
error 70 and 15, the 15-minute window, failed payments are notified too.
LIKELY: error codes 72, 71, 03, 01, 76, 99; a checksum in upper-case hexadecimal is accepted (`any_case_checksum`);
international and NAPAS test cards; wordings of vnp_Message; signed refusals of querydr; vnp_TransactionDate must be the
very vnp_CreateDate (`query_date_exact`); the sandbox's 99 for refunds.
UNKNOWN, therefore fields with a default: order of the checks (see wires/vnpay.py); what happens with ! ' * ~ ( ) in a
value (`encoders`: any form encoder's checksum is accepted) and with accents in vnp_OrderInfo (`order_info_strict`: they
are let in and journalled as `odd`); vnp_ExpireDate left out (`expire_date_required`); how often an OTP may be typed
(`otp_tries`); the result codes of an expired card (99) and of a card that is not activated (09); whether an abandoned
checkout is notified (`notice_on_expiry`); how long VNPAY reads an answer (kernel courier: 15 s); `largest_query`.
DESIGN: of `variance` payments one is told with `extra_fields`, since a merchant must bear fields it does not know, one by a
notice that is `late_by` late, and one by a notice before the payer is sent back.
"""

from __future__ import annotations

from functools import partial

from simulators.payment.spec import Bank, Card, Ending, GatewaySpec, Outcome, Reason, Word

HOLDER, DATE = "NGUYEN VAN A", "07/15"
ncb = partial(Card, holder=HOLDER, date=DATE, bank="NCB")
abroad = partial(Card, holder="", date="12/2x", bank="INTCARD", cvv="123")

PAGE_WORDS = {
    Reason.UNREADABLE: Word("03", "Dữ liệu gửi sang không đúng định dạng", "LIKELY",
                            "Tham số bị lặp, chuỗi truy vấn không phải form-encoded hoặc không phải UTF-8."),
    Reason.BAD_FORMAT: Word("03", "Dữ liệu gửi sang không đúng định dạng", "LIKELY",
                            "Thiếu tham số bắt buộc; vnp_Amount chưa là số nguyên nhân 100; ngày không phải "
                            "yyyyMMddHHmmss; vnp_IpAddr ngắn hơn 7 ký tự (::1)."),
    Reason.UNKNOWN_TERMINAL: Word("72", "Không tìm thấy mã website (vnp_TmnCode)", "LIKELY",
                                  "vnp_TmnCode không có trong bảng cấu hình của cổng mô phỏng này."),
    Reason.WRONG_CHECKSUM: Word("70", "Sai chữ ký", "CONFIRMED",
                                "vnp_SecureHash không khớp; xem chẩn đoán bên dưới hoặc trang diagnostics."),
    Reason.RETURN_NOT_APPROVED: Word("71", "Website này chưa được phê duyệt", "LIKELY",
                                     "vnp_ReturnUrl không bắt đầu bằng địa chỉ đã đăng ký (return_url)."),
    Reason.UNKNOWN_BANK: Word("76", "Ngân hàng không được hỗ trợ", "LIKELY",
                              "vnp_BankCode không có trong danh sách của cổng mô phỏng này."),
    Reason.TOO_LATE: Word("15", "Giao dịch đã quá thời gian chờ thanh toán", "CONFIRMED",
                          "vnp_ExpireDate đã qua (giờ phải là GMT+7; Etc/GMT+7 của Java là UTC−7), hoặc trang để quá "
                          "15 phút."),
    Reason.USED_REF: Word("01", "Giao dịch đã tồn tại", "LIKELY",
                          "vnp_TxnRef chỉ dùng một lần trong ngày: mỗi lần thanh toán lại cần mã mới."),
    Reason.UNKNOWN_CHECKOUT: Word("99", "Lỗi khác", "LIKELY", "Trang thanh toán không tồn tại."),
    Reason.OVER: Word("99", "Lỗi khác", "LIKELY", "Giao dịch đã kết thúc."),
}  # fmt: skip

QUERY_WORDS = {
    Reason.UNREADABLE: Word("03", "Invalid data format", "LIKELY"),
    Reason.BAD_FORMAT: Word("03", "Invalid data format", "LIKELY"),
    Reason.UNKNOWN_TERMINAL: Word("02", "Invalid TmnCode", "LIKELY"),
    Reason.WRONG_CHECKSUM: Word("97", "Invalid checksum", "LIKELY"),
    Reason.UNKNOWN_PAYMENT: Word("91", "Transaction not found", "LIKELY"),
    Reason.REPEATED_REQUEST: Word("94", "Duplicate request", "LIKELY"),
    Reason.NOT_OFFERED: Word("99", "Unexpected error", "LIKELY"),
}

ENDINGS = {
    Outcome.PAID: Ending("00", "00", "Giao dịch thành công"),
    Outcome.HALF_DONE: Ending("00", "02", "Giao dịch bị lỗi"),
    Outcome.OTHER_HALF: Ending("07", "00", "Trừ tiền thành công. Giao dịch bị nghi ngờ", "UNKNOWN"),
    Outcome.CANCELLED: Ending("24", "02", "Khách hàng huỷ giao dịch"),
    Outcome.EXPIRED: Ending("11", "02", "Đã hết hạn chờ thanh toán"),
    Outcome.WRONG_OTP: Ending("13", "02", "Nhập sai mã OTP"),
    Outcome.WRONG_CARD: Ending("10", "02", "Thông tin thẻ không đúng quá 3 lần"),
    Outcome.NOT_ACTIVATED: Ending("09", "02", "Thẻ chưa đăng ký dịch vụ InternetBanking", "UNKNOWN"),
    Outcome.LOCKED: Ending("12", "02", "Thẻ bị khoá"),
    Outcome.CARD_EXPIRED: Ending("99", "02", "Thẻ hết hạn", "UNKNOWN"),
    Outcome.INSUFFICIENT: Ending("51", "02", "Tài khoản không đủ số dư"),
}

BANKS = (
    Bank("VNPAYQR", "Quét mã VNPAY-QR", "VNPAYQR"),
    Bank("NCB", "Ngân hàng NCB", "VNBANK"),
    Bank("NAPAS", "Thẻ NAPAS", "VNBANK"),
    Bank("EXIMBANK", "Ngân hàng EXIMBANK", "VNBANK"),
    Bank("INTCARD", "Thẻ quốc tế VISA, Mastercard, JCB", "INTCARD"),
)

CARDS = (
    ncb("9704198526191432198"),
    ncb("9704195798459170488", outcome=Outcome.INSUFFICIENT),
    ncb("9704192181368742", outcome=Outcome.NOT_ACTIVATED),
    ncb("9704193370791314", outcome=Outcome.LOCKED),
    ncb("9704194841945513", outcome=Outcome.CARD_EXPIRED),
    Card("9704000000000018", HOLDER, "03/07", "NAPAS"),
    Card("9704020000000016", HOLDER, "03/07", "NAPAS"),
    Card("9704310005819191", HOLDER, "10/26", "EXIMBANK"),
    abroad("4456530000001005", kind="VISA", told="VISA", otp=""),
    abroad("4456530000001096", kind="VISA", told="VISA"),
    abroad("5200000000001005", kind="MASTERCARD", told="MASTERCARD", otp=""),
    abroad("5200000000001096", kind="MASTERCARD", told="MASTERCARD"),
    abroad("3337000000000008", kind="JCB", told="JCB", otp=""),
    abroad("3337000000200004", kind="JCB", told="JCB"),
    Card("", "", "", "VNPAYQR", kind="QRCODE", told="NCB", otp=""),
)

PROVIDER = GatewaySpec(
    id="vnpay",
    name="VNPAY",
    source="VNPAY: PAY 2.1.0, querydr & refund, error codes and test cards, as the pages of its sandbox tell them",
    wire="vnpay",
    page_words=PAGE_WORDS,
    query_words=QUERY_WORDS,
    endings=ENDINGS,
    banks=BANKS,
    cards=CARDS,
    citizen_bank="NCB",
    hosts=("sandbox.vnpayment.vn",),
    extra_fields={"vnp_PromotionAmount": "0", "vnp_PromotionCode": "MOPHONG"},
    query_success="QueryDR Success",
)
