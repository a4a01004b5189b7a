"""E-mails of a registration: links to members and account owner, news to the unit's declared address, accounts to members.

The real mails' wording is UNKNOWN; what each must hold is the guide's.
"""

from collections.abc import Iterable
from uuid import uuid4

from reference_portal.books import Change
from reference_portal.kbnn.registrations import COMPLETED, REFUSED, WAITING, Member, Registration
from reference_portal.notices import Message
from reference_portal.office import Office

_NEWS = {
    WAITING: "đã được gửi đến Kho bạc Nhà nước.",
    REFUSED: "bị Kho bạc Nhà nước từ chối tiếp nhận.",
    COMPLETED: "đã được Kho bạc Nhà nước phê duyệt.",
}
_ACCEPTED = "đã được Kho bạc Nhà nước tiếp nhận."


def to_unit(office: Office, registration: Registration, deed: str, declarer: str) -> tuple[Message, ...]:
    """What became of the registration, with the reason of a refusal; `declarer` is the address of that person's account."""
    rules = office.parts.rules.kbnn
    if not rules.tells(deed):
        return ()
    lines = [f"Hồ sơ {registration.code} của {registration.unit['name']} {_NEWS.get(registration.state, _ACCEPTED)}"]
    lines += [f"Trạng thái: {rules.state_text(registration.state)}"]
    lines += [f"Lý do: {registration.refusal}"] if registration.refusal else []
    lines += [f"Tra cứu hồ sơ: {office.settings.origin}/kbnn/tra-cuu"]
    return (_mail(registration, rules.address(registration, deed, declarer), lines),)


def link(office: Office, registration: Registration, member: Member, token: str) -> Message:
    """The member's own link, in the member's own mailbox."""
    lines = [
        f"Kính gửi ông/bà {member.name},",
        f"Ông/bà được kê khai trong hồ sơ {registration.code} của {registration.unit['name']}.",
        "Vui lòng cắm USB token và xác nhận tại liên kết sau:",
        f"{office.settings.origin}/kbnn/xac-nhan/{registration.id}/{token}",
    ]
    return _mail(registration, member.email, lines, secret=True)


def to_owners(office: Office, registration: Registration, owners: Iterable[Member]) -> tuple[Message, ...]:
    """Everybody has confirmed: the account owner looks the registration up, signs and sends."""
    lines = [
        f"Các thành viên đã xác nhận hồ sơ {registration.code}. Vui lòng ký số và gửi hồ sơ sang KBNN.",
        f"Tra cứu hồ sơ: {office.settings.origin}/kbnn/tra-cuu",
    ]
    return tuple(_mail(registration, owner.email, lines) for owner in owners)


def account(office: Office, registration: Registration, member: Member, told: tuple[str, str]) -> Message:
    """Login account and first password, by name and password in `told`."""
    lines = [
        f"Kính gửi ông/bà {member.name},",
        "Tài khoản đăng nhập dịch vụ công trực tuyến của KBNN:",
        f"Tài khoản: {told[0]}",
        f"Mật khẩu lần đầu: {told[1]}",
        "Mật khẩu này chỉ dùng một lần để đặt mật khẩu mới, và có thời hạn.",
        f"Đăng nhập: {office.settings.origin}/kbnn/dang-nhap",
    ]
    return _mail(registration, member.email, lines, secret=True)


def put(change: Change, messages: Iterable[Message]) -> None:
    for message in messages:
        change.put(message)


def _mail(registration: Registration, to: str, lines: list[str], *, secret: bool = False) -> Message:
    subject, text = f"Hồ sơ {registration.code}", "\n".join((*lines, ""))
    return Message(
        id=uuid4().hex, about=registration.id, channel="mail", to=to, subject=subject, text=text, secret=secret
    )
