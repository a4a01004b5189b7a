"""Section J: a registration with the State Treasury, from its first save to its approval, and who is told."""

from conformance.dossiers import DRAFT, SUBMITTED, written
from conformance.dossiers import REFUSED as REFUSAL
from conformance.failures import came
from conformance.records import Dossier
from conformance.requirement import MUST, SHOULD, good_twin, requirement
from conformance.sources import GUIDE_KBNN, LAW_20, ND61, ND224
from conformance.units import COMPLETED, PREPARING, REFUSED, WAITING, Unit

REASON = "Số tài khoản kê khai “9523.2.1099001” không khớp với tài khoản đã mở tại KBNN & mã ĐVQHNS."
TOLD = ND224.at("Điều 15 khoản 1 điểm g", "a notice on every change, at once")


def demand_state(dossier: Dossier, wanted: str) -> None:
    """Word for word."""
    assert written(dossier.state_text) == wanted, came(
        f"trạng thái ghi “{dossier.state_text}”, hướng dẫn ghi “{wanted}”",
        f"the state reads “{dossier.state_text}”, the guide has “{wanted}”",
    )


def heard_of_sending(unit: Unit, dossier: Dossier) -> None:
    """What is told of the sending has come, if anything is told: what comes later is of something later."""
    unit.mailbox.settled(dossier.code or "")


@requirement(
    "J01",
    SHOULD,
    "Hồ sơ đăng ký KBNN đã lưu mà chưa xong có mã hồ sơ và ở trạng thái “Chờ hoàn thiện”.",
    "A registration that was saved and is not finished has a code and reads “Chờ hoàn thiện”.",
    basis=(
        GUIDE_KBNN.at("lưu hồ sơ: cấp mã hồ sơ, Chờ hoàn thiện"),
        ND61.at("Điều 26", "one code in all dealings"),
    ),
)
def test_a_saved_registration_has_a_code_and_waits_to_be_finished(unit: Unit) -> None:
    draft = unit.draft()
    saved = unit.accountant.treasury.declare(draft, {"unit": unit.forms()["unit"]})

    listed = [line for line in unit.accountant.visitor.dossiers.list() if line.id == draft.id]

    demand_state(saved, PREPARING)
    codes = [line.code for line in (draft, saved, *listed)]
    assert len(codes) == 3, came(
        "hồ sơ đã lưu không có trong danh sách tra cứu", "the saved registration is not listed"
    )
    assert codes[-1], came("hồ sơ đã lưu không có mã", "the saved registration has no code")
    assert len(set(codes[1:])) == 1, came(f"mã hồ sơ thay đổi: {codes}", f"its code changed: {codes}")


@requirement(
    "J02",
    MUST,
    "Ký số xong, hồ sơ ở đúng trạng thái “Chờ cán bộ KBNN tiếp nhận hồ sơ” và đơn vị nhận được thư điện tử.",
    "After signing the registration reads exactly “Chờ cán bộ KBNN tiếp nhận hồ sơ”, and the unit is told by e-mail.",
    basis=(GUIDE_KBNN.at("bước 3: trạng thái sau khi CTK ký số; hệ thống tự động gửi email cho đơn vị"), TOLD),
)
def test_a_sent_registration_waits_for_an_officer_and_its_unit_is_told(unit: Unit) -> None:
    dossier = unit.confirmed()
    later = unit.mailbox.from_now()

    unit.signed(dossier)

    demand_state(unit.read(dossier), WAITING)
    assert later.with_words("mail", dossier.code or "")


@requirement(
    "J03",
    MUST,
    "KBNN từ chối: đúng trạng thái “KBNN từ chối tiếp nhận”, thư tới địa chỉ đơn vị đã khai, lý do trong danh sách tra cứu.",
    "Refused: exactly “KBNN từ chối tiếp nhận”, mail to the unit's declared address, the reason in the lookup list.",
    basis=(GUIDE_KBNN.at("trường hợp 1: hồ sơ bị KBNN từ chối"), ND61.at("Điều 17 khoản 2"), TOLD),
)
def test_a_refusal_is_told_to_the_unit_and_its_reason_is_listed(unit: Unit) -> None:
    dossier = unit.sent()

    unit.officer.refuse(dossier, REASON)

    demand_state(unit.read(dossier), REFUSED)
    reasons = {
        one.role: [written(line.refusal) for line in one.visitor.dossiers.list() if line.id == dossier.id]
        for one in unit.members
    }
    assert reasons == {one.role: [written(REASON)] for one in unit.members}, came(
        f"danh sách tra cứu ghi lý do: {reasons}", f"the lookup list gives as reason: {reasons}"
    )
    assert unit.mailbox.with_words("mail", REASON)


@requirement(
    "J03.copy",
    MUST,
    "Hồ sơ bị từ chối sao chép được thành hồ sơ mới sửa được: giữ dữ liệu, không mang chữ ký số hay xác nhận cũ.",
    "A refused registration can be copied into a new one that can be edited: its data, no old signature or confirmation.",
    basis=(
        GUIDE_KBNN.at("trường hợp 1: Sao chép, cập nhật thông tin hồ sơ sao chép"),
        ND61.at("Điều 17 khoản 1 điểm b"),
        LAW_20.at("Điều 22", "a signature attests the very data that its owner saw and approved"),
    ),
)
def test_a_refused_registration_is_copied_without_what_was_given_for_it(unit: Unit) -> None:
    old = unit.sent()
    unit.officer.refuse(old, REASON)

    copy = unit.draft(copy_of=old)

    forms = {name: old.component(name).form for name in unit.forms()}
    copied = {name: copy.component(name).form for name in unit.forms()}
    assert copied == forms, came(f"dữ liệu trong bản sao: {copied}", f"the copy's data: {copied}")
    carried = [one.id for one in copy.components if one.state == "signed" or one.signatures]
    carried += [one.role for one in copy.members if one.confirmed]
    assert not carried, came(f"bản sao mang chữ ký, xác nhận cũ: {carried}", f"carried over: {carried}")
    assert copy.state == DRAFT, came(f"bản sao “{copy.state_text}”", f"the copy reads “{copy.state_text}”")
    assert copy.code != old.code, came("bản sao giữ mã cũ", "the copy kept the old code")
    with good_twin():
        assert unit.sent(copy_of=old).id != old.id
        assert unit.read(old).state == REFUSAL


@requirement(
    "J03.anew",
    MUST,
    "Sau khi bị từ chối, đơn vị kê khai lại được bằng một hồ sơ mới.",
    "After a refusal the unit can declare anew, in a registration of its own.",
    basis=(GUIDE_KBNN.at("trường hợp 1: kê khai lại"), ND61.at("Điều 17 khoản 1 điểm b")),
)
def test_a_refused_unit_may_declare_anew(unit: Unit) -> None:
    old = unit.sent()
    unit.officer.refuse(old, REASON)

    now = unit.sent()

    states = (now.state, unit.read(old).state)
    assert (now.id != old.id, *states) == (True, SUBMITTED, REFUSAL), came(
        f"hồ sơ mới và hồ sơ cũ ở trạng thái {states}", f"the new and the old registration are in the states {states}"
    )


@requirement(
    "J04",
    MUST,
    "KBNN tiếp nhận hồ sơ thì đơn vị nhận được thư điện tử.",
    "When the Treasury accepts the registration, the unit is told by e-mail.",
    basis=(GUIDE_KBNN.at("trường hợp 2: hồ sơ được KBNN tiếp nhận, tự động gửi email cho đơn vị"), TOLD),
)
def test_an_acceptance_is_told_to_the_unit(unit: Unit) -> None:
    dossier = unit.sent()
    heard_of_sending(unit, dossier)
    later = unit.mailbox.from_now()

    unit.officer.accept(dossier)

    assert later.with_words("mail", dossier.code or "")


@requirement(
    "J05",
    MUST,
    "KBNN phê duyệt: đúng trạng thái “Đã hoàn thành”, đơn vị nhận thư, mỗi thành viên nhận đúng một thư báo tài khoản.",
    "Approved: exactly “Đã hoàn thành”, e-mail to the unit, and one account e-mail to each member.",
    basis=(GUIDE_KBNN.at("trường hợp 2: hồ sơ được KBNN phê duyệt"), TOLD),
)
def test_an_approval_is_told_to_the_unit_and_each_member_gets_an_account(unit: Unit) -> None:
    dossier = unit.sent()
    unit.officer.accept(dossier)
    unit.mailbox.settled(dossier.code or "", 2)
    later = unit.mailbox.from_now()

    unit.officer.finish(dossier)

    demand_state(unit.read(dossier), COMPLETED)
    accounts = [unit.account(one)[0] for one in unit.members]
    assert len(set(accounts)) == len(unit.members), came(
        f"hai thành viên chung tài khoản: {accounts}", f"two members share an account: {accounts}"
    )
    assert later.with_words("mail", dossier.code or "")
    mails = {one.role: len(one.inbox.found(unit.mails.password)) for one in unit.members}
    assert set(mails.values()) == {1}, came(f"số thư báo tài khoản: {mails}", f"account mails: {mails}")
