"""How a CA's app words a refusal: the HTTP status of its JSON, and the sentence that the citizen reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.ca.enrolment.reasons import Reason


@dataclass(frozen=True)
class Said:
    """Every text is ours: the real apps' are UNKNOWN. `{left}` is how many tries remain."""

    status: int
    text: str


WORDS: Mapping[Reason, Said] = {
    Reason.NOT_NOW: Said(409, "Bước này chưa thực hiện được ở trạng thái hiện tại của hồ sơ."),
    Reason.ALREADY_SUBSCRIBER: Said(
        409, "Khách hàng đã được cấp chứng thư số từ xa: chỉ đăng ký cho người chưa từng có."
    ),
    Reason.DEVICE_USED: Said(409, "Thiết bị này đã kích hoạt một tài khoản trước đó. Vui lòng dùng thiết bị khác."),
    Reason.DEVICE_MISSING: Said(422, "Chưa có mã thiết bị."),
    Reason.CARD_NUMBER: Said(422, "Số CCCD không trùng với giấy tờ."),
    Reason.CARD_EXPIRED: Said(422, "CCCD đã hết thời hạn sử dụng."),
    Reason.NAME_MARKS: Said(422, "Họ tên chưa đúng vị trí các dấu như trên giấy tờ."),
    Reason.NAME_DIFFERS: Said(422, "Họ tên không trùng với giấy tờ."),
    Reason.CONTACT_MISSING: Said(422, "Cần email, số điện thoại (10 chữ số) và địa chỉ liên hệ."),
    Reason.PACKAGE_UNKNOWN: Said(422, "Vui lòng chọn một gói chứng thư số."),
    Reason.KIND_NOT_SERVED: Said(422, "Loại khách hàng này không đăng ký được ở đây, hoặc không đúng với hồ sơ."),
    Reason.ORGANISATION_MISSING: Said(422, "Thiếu tên tổ chức."),
    Reason.TAX_CODE: Said(422, "Mã số thuế phải có 10 chữ số, hoặc 10 chữ số, gạch nối và 3 chữ số."),
    Reason.LICENCE_MISSING: Said(422, "Thiếu giấy phép kinh doanh."),
    Reason.REPRESENTATIVE_MISSING: Said(422, "Thiếu số CMND (9 chữ số) hoặc CCCD (12 chữ số) của người đại diện."),
    Reason.AUTHORISATION_MISSING: Said(422, "Người đăng ký không phải người đại diện: cần giấy uỷ quyền."),
    Reason.SEAL_MISSING: Said(422, "Giấy uỷ quyền phải có dấu của tổ chức."),
    Reason.MEANS_UNKNOWN: Said(422, "Vui lòng chọn một hình thức thanh toán."),
    Reason.ORDER_UNKNOWN: Said(404, "Không có đơn thanh toán này."),
    Reason.ORDER_OVER: Said(409, "Đơn thanh toán đã kết thúc hoặc hết hạn. Vui lòng thanh toán lại."),
    Reason.CODE_WRONG: Said(422, "Mã kích hoạt không đúng. Bạn còn {left} lần thử."),
    Reason.CODE_TRIES_USED: Said(409, "Mã kích hoạt sai quá nhiều lần. Vui lòng yêu cầu gửi mã mới."),
    Reason.CODE_LATE: Said(409, "Đã quá thời gian kích hoạt. Vui lòng yêu cầu gửi mã mới."),
    Reason.PASSWORD_WEAK: Said(422, "Mật khẩu quá ngắn."),
    Reason.PASSWORD_WRONG: Said(422, "Mật khẩu không đúng. Bạn còn {left} lần thử."),
    Reason.LOCKED: Said(423, "Tài khoản đang bị khoá vì nhập sai mật khẩu nhiều lần. Vui lòng thử lại sau."),
    Reason.EKYC_PAPER: Said(422, "Xác thực giấy tờ không thành công. Bạn còn {left} lần thử."),
    Reason.EKYC_FACE: Said(422, "Khuôn mặt không khớp với giấy tờ. Bạn còn {left} lần thử."),
    Reason.NOT_AGREED: Said(422, "Cần đồng ý với hợp đồng trước khi ký."),
    Reason.TURNS_NOT_COUNTED: Said(409, "Gói của bạn không giới hạn lượt ký."),
    Reason.PACK_UNKNOWN: Said(422, "Vui lòng chọn một gói lượt ký."),
    Reason.CERTIFICATE_OVER: Said(409, "Chứng thư số đã bị thu hồi hoặc hết hạn."),
    Reason.CERTIFICATE_SUSPENDED: Said(409, "Chứng thư số đang tạm dừng. Vui lòng dùng lại rồi gia hạn."),
}
