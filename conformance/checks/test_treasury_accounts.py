"""Section J: the accounts that members of a unit get by e-mail when the State Treasury approves."""

from datetime import timedelta

from conformance.desk import A_MINUTE
from conformance.failures import came
from conformance.lab import Lab
from conformance.records import Session
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.sources import ASVS, CWE, GUIDE_KBNN
from conformance.units import STAFF, Member, Unit, member

OWN, OTHER = "Mat-khau-rieng-2026!", "Mat-khau-khac-2027!"
LONGEST_LIFE = 30 * 24 * 3600
FIRST = ASVS.at("6.4.1", "an initial password expires soon, or once used, and never becomes the long-term one")
KEPT_IN_MAIL = CWE.at("CWE-262", "a mailbox keeps a password for as long as it stays good")


def try_to_log_in(who: Member, account: tuple[str, str], new: str = "") -> Session:
    """What the portal says of the attempt; a refusal is no session."""
    sessions = [Session(signed_in=False)]
    with may_be_refused():
        sessions.append(who.treasury.member_login(*account, new))
    return sessions[-1]


@requirement(
    "J06",
    MUST,
    "Tài khoản của thành viên chỉ có vai trò đã kê khai; người bị bỏ khỏi danh sách trước khi gửi không được cấp.",
    "A member's account has the declared role alone; who was taken off the list before it was sent gets none.",
    basis=(
        GUIDE_KBNN.at("trường hợp 2: các thành viên của đơn vị nhận tài khoản"),
        CWE.at("CWE-269", "nobody gets more than was declared for them"),
        ASVS.at("8.2.1", "each function only for whom it is allowed"),
    ),
)
def test_accounts_have_the_declared_roles_and_nobody_else_gets_one(unit: Unit, lab: Lab) -> None:
    staff = member(lab, STAFF)
    dossier = unit.confirmed((*unit.members, staff))
    unit.accountant.treasury.declare(dossier, {"members": unit.forms()["members"]})
    unit.signed(dossier)
    unit.officer.accept(dossier)

    unit.officer.finish(dossier)

    roles = {one.role: one.treasury.member_login(*unit.account(one), OWN).roles for one in unit.members}
    assert roles == {one.role: (one.role,) for one in unit.members}, came(
        f"vai trò của tài khoản: {roles}", f"the accounts' roles: {roles}"
    )
    mails = staff.inbox.matches(unit.mails.password)
    assert not mails, came(
        f"người bị bỏ khỏi danh sách nhận {len(mails)} thư báo tài khoản",
        f"who was taken off the list got {len(mails)} account mails",
    )


@requirement(
    "J07",
    MUST,
    "Mật khẩu lần đầu gửi qua thư phải đổi ngay và chỉ dùng được một lần.",
    "A first password that came by e-mail must be changed at once and works once.",
    basis=(FIRST, CWE.at("CWE-319", "e-mail travels in clear text")),
)
def test_a_first_password_must_be_changed_and_works_once(unit: Unit) -> None:
    unit.approved()
    owner = unit.owner
    name, first = unit.account(owner)

    unchanged = try_to_log_in(owner, (name, first))
    assert not unchanged.signed_in, came(
        "đăng nhập được bằng mật khẩu trong thư mà không phải đổi", "the mailed password logs in without being changed"
    )
    with good_twin():
        assert owner.treasury.member_login(name, first, OWN).signed_in
    again = try_to_log_in(owner, (name, first), OTHER)
    assert not again.signed_in, came("mật khẩu trong thư dùng được lần nữa", "the mailed password works again")
    with good_twin():
        assert owner.treasury.member_login(name, OWN).signed_in


@requirement(
    "J07.expiry",
    MUST,
    "Mật khẩu lần đầu hết hạn sau thời gian cổng công bố (không quá 30 ngày).",
    "A first password lapses after the time that the portal names (30 days at most).",
    basis=(FIRST, KEPT_IN_MAIL),
)
def test_a_first_password_lapses(unit: Unit) -> None:
    life = unit.mails.first_password_seconds
    assert life <= LONGEST_LIFE, came(f"mật khẩu lần đầu sống {life} giây", f"a first password lives {life} seconds")
    dossier = unit.approved()
    owner, accountant = unit.owner, unit.accountant
    with good_twin():
        assert owner.treasury.member_login(*unit.account(owner), OWN).signed_in
    late = unit.account(accountant)

    unit.officer.older(dossier, timedelta(seconds=life) + A_MINUTE)

    lapsed = try_to_log_in(accountant, late, OWN)
    assert not lapsed.signed_in, came(
        "mật khẩu lần đầu quá hạn vẫn dùng được", "a first password still works after its time"
    )
