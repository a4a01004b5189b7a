"""What the CA writes to who enrols: the activation code and the notices, each by SMS and by e-mail."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.ca.enrolment.records import Enrolment
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.kernel.prompts import Message, message_id
from simulators.kernel.records import Instant

HOUR = 3_600_000


@dataclass(frozen=True)
class Prepared:
    """Made before a decision: a code, an order's id, tokens of an SMS and a mail, the serial of what a renewal hands over."""

    code: str
    order: str
    tokens: tuple[str, str]
    serial: str = ""


def code(spec: EnrolmentSpec, enrolment: Enrolment, prepared: Prepared, now: Instant) -> tuple[Message, Message]:
    hours = spec.activation_window // HOUR
    sms = f"[MO PHONG] {spec.sender}: Ma kich hoat tai khoan ky so la {enrolment.code}. Hieu luc {hours} gio."
    mail = f"Mã kích hoạt tài khoản ký số của bạn là {enrolment.code}. Mã có hiệu lực {hours} giờ kể từ khi gửi."
    return _both(spec, enrolment, prepared, now, (sms, "Thông tin kích hoạt tài khoản", mail))


def approved(spec: EnrolmentSpec, enrolment: Enrolment, prepared: Prepared, now: Instant) -> tuple[Message, Message]:
    sms = f"[MO PHONG] {spec.sender}: Yeu cau cap chung thu so da duoc duyet. Moi ban dang nhap ung dung ky bien ban."
    mail = "Yêu cầu cấp chứng thư số đã được duyệt. Vui lòng đăng nhập ứng dụng để ký biên bản nghiệm thu."
    return _both(spec, enrolment, prepared, now, (sms, "Yêu cầu cấp chứng thư số đã được duyệt", mail))


def refused(spec: EnrolmentSpec, enrolment: Enrolment, prepared: Prepared, now: Instant) -> tuple[Message, Message]:
    sms = f"[MO PHONG] {spec.sender}: Ho so cap chung thu so bi tu choi. Mo ung dung de xem ly do va cap nhat ho so."
    mail = f"Hồ sơ cấp chứng thư số bị từ chối: {enrolment.refusal}. Vui lòng cập nhật hồ sơ trên ứng dụng."
    return _both(spec, enrolment, prepared, now, (sms, "Hồ sơ cấp chứng thư số bị từ chối", mail))


def _both(
    spec: EnrolmentSpec, enrolment: Enrolment, prepared: Prepared, now: Instant, texts: tuple[str, str, str]
) -> tuple[Message, Message]:
    sms, subject, mail = texts
    ways = (("sms", enrolment.details.phone, "", sms), ("mail", enrolment.details.email, subject, f"[MÔ PHỎNG] {mail}"))
    first, second = (
        Message(id=message_id(now, token), at=now, channel=channel, to=to, sender=spec.sender, subject=title, text=text)
        for token, (channel, to, title, text) in zip(prepared.tokens, ways, strict=True)
    )
    return first, second
