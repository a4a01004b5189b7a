"""Flaws of the State Treasury's part: who sends, with which token, who is told, what a first password is."""

from datetime import datetime

from msgspec.structs import replace

from reference_portal import seals
from reference_portal.flaws.row import Change, Flaw, ids, ruled
from reference_portal.kbnn.registrations import REFUSED, ROLES, WAITING, Held, Member, Registration
from reference_portal.parts import RIGHT

_RIGHT = RIGHT.rules.kbnn
_UNSEEN = seals.Strictness(integrity=False, chain=False, revocation=False, additions=False)


def _same_person(_registration: Registration, member: Member, held: Held) -> bool:
    return held.personal_id == member.personal_id


def _anybody_of_the_list(registration: Registration, _member: Member, held: Held) -> bool:
    return any(member.holds(held) for member in registration.members)


def _whose_link(registration: Registration, link: str, _personal_id: str) -> Member | None:
    return next((member for member in registration.members if member.link == link), None)


def _reworded(state: int, text: str) -> Change:
    return ruled("kbnn", state_text=lambda now: text if now == state else _RIGHT.state_text(now))


def _to_declarer_when_refused(registration: Registration, deed: str, declarer: str) -> str:
    return declarer if deed == "refuse" else _RIGHT.address(registration, deed, declarer)


def _copied_whole(old: Registration, new: Registration) -> Registration:
    """Confirmations, signature and file of the old one come along."""
    copied = replace(_RIGHT.copied(old, new), members=old.members)
    return replace(copied, file=old.file, sha256=old.sha256, signatures=old.signatures)


def _everybody_ever_declared(registration: Registration) -> tuple[Member, ...]:
    return (*registration.removed, *registration.members)


def _always(_issued: datetime, _now: datetime) -> bool:
    return True


ROWS = (
    Flaw(
        "any_member_sends",
        ruled("kbnn", may_send=lambda _member: True),
        ids("D21"),
        "specs/portal.md 2.7: only the account owner, or whom the owner authorised, may sign and send",
        "Thành viên nào cũng ký số và gửi được hồ sơ.",
        "Any member can sign and send.",
    ),
    Flaw(
        "members_not_awaited",
        ruled("kbnn", unconfirmed=lambda _registration: ()),
        ids("D22"),
        "specs/portal.md 2.7 row 2: all must finish before the account owner signs",
        "Gửi được khi thành viên chưa xác nhận.",
        "Sent before the members have confirmed.",
    ),
    Flaw(
        "serial_not_compared",
        ruled("kbnn", declared=_same_person),
        ids("D22"),
        "specs/portal.md 2.7 row 2: the serial read from the token is not compared, only whose it is",
        "Không so số hiệu chứng thư số với số đã kê khai.",
        "The certificate's serial is not compared with the declared one.",
    ),
    Flaw(
        "any_listed_certificate_sends",
        ruled("kbnn", declared=_anybody_of_the_list),
        ids("J09"),
        "specs/portal.md 2.7 row 4: several tokens in one computer, any declared one is taken",
        "Nhận chứng thư số của bất kỳ thành viên nào cắm trong máy.",
        "Any member's token in the computer is taken.",
    ),
    Flaw(
        "member_link_serves_anybody",
        ruled("kbnn", linked=_whose_link),
        ids("J08"),
        "specs/portal.md 2.7 row 2: who holds the mailed link is taken for the member",
        "Ai có liên kết cũng xác nhận thay được.",
        "Whoever has the link confirms for the member.",
    ),
    Flaw(
        "member_confirms_with_any_certificate",
        ruled("kbnn", confirms=lambda _member, _held: True),
        ids("J08"),
        "specs/portal.md 2.7 row 2: the token's serial is shown and compared with nothing",
        "Xác nhận bằng chứng thư số nào cũng được.",
        "A member confirms with whatever certificate is plugged in.",
    ),
    Flaw(
        "code_only_when_sent",
        ruled("kbnn", code_at_save=False),
        ids("J01"),
        "specs/portal.md 2.7 row 1: the code is given when it is saved",
        "Chỉ cấp mã hồ sơ khi gửi.",
        "The code is given at sending only.",
    ),
    Flaw(
        "sent_worded_otherwise",
        _reworded(WAITING, "Đã gửi"),
        ids("J02"),
        "specs/portal.md 2.7 row 5: the state's words",
        "Hồ sơ đã gửi ghi trạng thái khác hướng dẫn.",
        "What was sent reads otherwise than in the guide.",
    ),
    Flaw(
        "sending_not_told",
        ruled("kbnn", tells=lambda deed: deed != "send"),
        ids("J02"),
        "specs/portal.md 2.7 row 5: automatic e-mail to the unit",
        "Gửi hồ sơ xong không báo cho đơn vị.",
        "The unit is not told that its registration was sent.",
    ),
    Flaw(
        "treasury_refusal_worded_otherwise",
        _reworded(REFUSED, "Từ chối"),
        ids("J03"),
        "specs/portal.md 2.7 row 6a: the state's words",
        "Hồ sơ bị từ chối ghi trạng thái khác hướng dẫn.",
        "What was refused reads otherwise than in the guide.",
    ),
    Flaw(
        "treasury_refusal_told_to_declarer",
        ruled("kbnn", address=_to_declarer_when_refused),
        ids("J03"),
        "specs/portal.md 2.7 row 6a: mail goes to the account's address, not to the unit's declared one",
        "Thư từ chối gửi tới tài khoản người kê khai, không tới đơn vị.",
        "A refusal is mailed to the declarer's account, not to the unit.",
    ),
    Flaw(
        "treasury_reason_not_listed",
        ruled("kbnn", listed_refusal=lambda _registration: None),
        ids("J03"),
        "specs/portal.md 2.7 row 6a: the reason is shown in the lookup list",
        "Danh sách tra cứu không hiện lý do từ chối.",
        "The lookup list does not give the reason.",
    ),
    Flaw(
        "treasury_copy_keeps_signature",
        ruled("kbnn", copied=_copied_whole),
        ids("J03"),
        "specs/portal.md 2.7 row 6a: a copy is of the data",
        "Bản sao mang theo chữ ký số và xác nhận cũ.",
        "The copy carries signature and confirmations over.",
    ),
    Flaw(
        "treasury_acceptance_not_told",
        ruled("kbnn", tells=lambda deed: deed != "accept"),
        ids("J04"),
        "specs/portal.md 2.7 row 6b: e-mail to the unit",
        "KBNN tiếp nhận mà không báo cho đơn vị.",
        "The unit is not told of the acceptance.",
    ),
    Flaw(
        "approval_not_told",
        ruled("kbnn", tells=lambda deed: deed != "finish"),
        ids("J05"),
        "specs/portal.md 2.7 row 7: e-mail to the unit",
        "KBNN phê duyệt mà không báo cho đơn vị.",
        "The unit is not told of the approval.",
    ),
    Flaw(
        "account_for_a_removed_member",
        ruled("kbnn", accounts_of=_everybody_ever_declared),
        ids("J06"),
        "specs/portal.md 2.7 row 7: accounts from an earlier save of the list",
        "Người đã bị bỏ khỏi danh sách vẫn được cấp tài khoản.",
        "Who was taken off the list gets an account.",
    ),
    Flaw(
        "account_with_every_role",
        ruled("kbnn", roles=lambda _member: tuple(ROLES)),
        ids("J06"),
        "specs/portal.md 2.7 row 7: one kind of account for all",
        "Tài khoản nào cũng có mọi vai trò.",
        "Every account has every role.",
    ),
    Flaw(
        "first_password_works_twice",
        ruled("kbnn", first_serves_once=False),
        ids("J07"),
        "specs/portal.md 2.7 row 7: passwords by e-mail",
        "Mật khẩu trong thư dùng được mãi sau khi đã đổi.",
        "The mailed password goes on working after it was changed.",
    ),
    Flaw(
        "first_password_need_not_change",
        ruled("kbnn", first_must_change=False),
        ids("J07"),
        "specs/portal.md 2.7 row 7: passwords by e-mail",
        "Đăng nhập được bằng mật khẩu trong thư mà không phải đổi.",
        "The mailed password logs in without being changed.",
    ),
    Flaw(
        "first_password_never_lapses",
        ruled("kbnn", first_is_fresh=_always),
        ids("J07"),
        "specs/portal.md 2.7 row 7: passwords by e-mail",
        "Mật khẩu trong thư không bao giờ hết hạn.",
        "The mailed password never lapses.",
    ),
    Flaw(
        "token_error_counts_as_sent",
        ruled("kbnn", sends_unsigned=lambda _error: True),
        ids("J10"),
        "specs/ca.md 11.3: the agent's errors are not read, its answer is success",
        "USB token báo lỗi mà hồ sơ vẫn được gửi.",
        "The token's error sends the registration all the same.",
    ),
    Flaw(
        "unsigned_file_stored",
        ruled("kbnn", kept=lambda _signed, unsigned: unsigned),
        ids("J11"),
        "specs/portal.md 2.7 row 4: success is told, the signed file is not what is stored",
        "Báo gửi thành công nhưng lưu tập tin chưa ký.",
        "Success is told, and the unsigned file is stored.",
    ),
    Flaw(
        "token_answer_not_verified",
        ruled("kbnn", finish=seals.fill, strictness=_UNSEEN),
        ids("J11"),
        "specs/portal.md 2.7 row 4: whatever the agent returns is put into the file",
        "Không kiểm tra chữ ký số mà USB token trả về.",
        "What the token returns is not verified.",
    ),
)
