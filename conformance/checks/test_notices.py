"""Section G: what the citizen is told, by SMS and by e-mail."""

import re
from collections.abc import Callable

import pytest

from conformance.desk import Officer
from conformance.dossiers import SUPPLEMENT
from conformance.failures import came
from conformance.filing import Filing
from conformance.lab import Lab, Visitor
from conformance.people import Citizen, Inbox
from conformance.records import Dossier
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.sources import CWE, LAW_91, ND45, ND61, ND224

TOKEN_LENGTH = 16
"""A shorter cookie is no secret."""
REASON = "Bản chụp giấy khai sinh bị mờ, không đọc được ngày sinh của người mẹ."


def supplement(officer: Officer, dossier: Dossier) -> Dossier:
    return officer.supplement(dossier, REASON, [dossier.components[0].id])


def refusal(officer: Officer, dossier: Dossier) -> Dossier:
    return officer.refuse(dossier, REASON)


def heard_of(filing: Filing, inbox: Inbox) -> Dossier:
    """A dossier whose acknowledgement has come, in whichever channel: what is told of the next came after it."""
    dossier = filing.filed("free")
    inbox.told_of(dossier)
    later = filing.filed("free")
    inbox.told_of(later, 1 if later.code else 2)
    return dossier


@requirement(
    "G01",
    MUST,
    "Mỗi lần hồ sơ đổi trạng thái, người nộp nhận đúng một thông báo nêu mã hồ sơ.",
    "Each change of a dossier's state is told to the applicant, once, under the dossier's code.",
    basis=(
        ND224.at("Điều 15 khoản 1 điểm g"),
        ND45.at("tự động xác nhận việc nộp hồ sơ"),
        ND61.at("Điều 26", "one code in all dealings"),
    ),
)
def test_each_change_is_told_once(filing: Filing, inbox: Inbox, officer: Officer) -> None:
    dossier = filing.filed("free")
    first = 1 if dossier.code else 0  # the acknowledgement has the code, where there is one yet
    inbox.told_of(dossier)

    steps = (officer.accept, officer.process, officer.finish, officer.hand_over)
    due = first + len(steps)
    for number, step in enumerate(steps, first + 1):
        now = step(dossier)
        inbox.told_of(now, number)

    # A second message of an earlier change has come before what is told of another dossier.
    other = officer.accept(filing.filed("free"))
    for channel in [channel for channel, messages in inbox.told_of(now, due).items() if messages]:
        inbox.with_words(channel, str(other.code))
    counts = {channel: len(messages) for channel, messages in inbox.told_of(now, due).items()}
    assert max(counts.values()) == due, came(
        f"{due} lần đổi trạng thái, nhận {counts}", f"{due} changes, messages: {counts}"
    )


@requirement(
    "G03",
    MUST,
    "Thông báo về một hồ sơ chỉ đến người nộp hồ sơ đó, không đến người khác.",
    "A dossier's notices reach its applicant and nobody else.",
    basis=(
        ND224.at("Điều 15 khoản 1 điểm g"),
        LAW_91.at("bảo vệ dữ liệu cá nhân"),
        CWE.at("CWE-359", "exposure of private personal information"),
    ),
)
def test_nobody_is_told_of_anothers_dossier(filing: Filing, stranger: Visitor, lab: Lab, officer: Officer) -> None:
    own, strangers, others = filing.filed("free"), Filing(lab, stranger), lab.inbox(stranger.citizen)
    foreign = strangers.filed("free")

    codes = {own.code}
    for step in (officer.accept, officer.process, officer.finish):
        strangers.blank("free")
        codes.add(step(own).code)

    with good_twin():
        supplement(officer, foreign)
        others.told_of(foreign, 2)
        others.with_words("mail", REASON)  # mail may come later than SMS
    told = [message.words for message in (*others.now("sms"), *others.now("mail"))]
    names = {filing.applicant.citizen.name} - {stranger.citizen.name}
    strays = [text for text in told if any(word in text for word in (*codes, *names) if word)]
    assert not strays, came(f"người khác nhận được tin: {strays[:1]}", f"another citizen was told: {strays[:1]}")


@pytest.mark.parametrize("deed", [refusal, supplement])
@requirement(
    "G05",
    MUST,
    "Từ chối tiếp nhận, yêu cầu bổ sung được báo bằng cả thư điện tử và tin nhắn; thư nêu đủ lý do.",
    "A refusal or a request for supplements is told by e-mail and by SMS; the mail gives the reason in full.",
    basis=ND61.at("Điều 17 khoản 2"),
)
def test_bad_news_come_by_mail_and_sms(
    deed: Callable[[Officer, Dossier], Dossier], filing: Filing, inbox: Inbox, officer: Officer
) -> None:
    dossier = heard_of(filing, inbox)
    later = inbox.from_now()

    now = deed(officer, dossier)

    assert later.sms_of(now)
    assert later.with_words("mail", REASON)


@requirement(
    "G08",
    MUST,
    "Thông báo không chứa số định danh đầy đủ, mật khẩu, mã PIN, số thẻ hay mã phiên đăng nhập.",
    "No notice holds the full personal number, a password, a PIN, a card's number or a session's token.",
    basis=(
        LAW_91.at("bảo vệ dữ liệu cá nhân"),
        CWE.at("CWE-319", "SMS and e-mail travel in clear text"),
        CWE.at("CWE-200", "exposure of sensitive information"),
    ),
)
def test_a_notice_holds_nothing_secret(filing: Filing, inbox: Inbox, citizen: Citizen, officer: Officer) -> None:
    handled = filing.filed("free")
    for step in (officer.accept, officer.process, officer.finish, officer.hand_over):
        step(handled)
    supplement(officer, filing.filed("free"))
    with good_twin():
        inbox.told_of(officer.accept(filing.filed("free")))
        inbox.with_words("mail", REASON)  # mail may come later than SMS

    told = (*inbox.now("sms"), *inbox.now("mail"))

    browser = filing.applicant.browser
    tokens = [cookie.value for cookie in browser.cookies_for(f"{browser.home}/") if len(cookie.value) >= TOKEN_LENGTH]
    for message in told:
        text = f"{message.subject}\n{message.text}"
        assert citizen.id not in re.sub(r"(?<=\d)[ .-](?=\d)", "", text), came(
            f"thông báo {message.channel} chứa số định danh cá nhân đầy đủ",
            f"a notice by {message.channel} holds the full personal number",
        )
        assert not [secret for secret in (*citizen.secrets, *tokens) if secret in text], came(
            f"thông báo {message.channel} chứa mật khẩu, mã PIN, số thẻ hoặc mã phiên",
            f"a notice by {message.channel} holds a password, a PIN, a card's number or a session's token",
        )


@requirement(
    "G10",
    MUST,
    "Cổng tin nhắn hỏng không chặn và không lặp việc chuyển trạng thái; thông báo được gửi lại và chỉ đến một lần.",
    "A broken SMS gateway neither blocks nor repeats the change; the notice is sent again and arrives once.",
    basis=(
        ND224.at("Điều 15 khoản 1 điểm g"),
        CWE.at("CWE-755", "one failing service must not stop another, nor lose what it was to carry"),
    ),
)
def test_a_broken_sms_gateway_blocks_nothing(
    filing: Filing, inbox: Inbox, stranger: Visitor, officer: Officer, lab: Lab
) -> None:
    dossier, theirs = heard_of(filing, inbox), Filing(lab, stranger).filed("free")
    later, others = inbox.from_now(), lab.inbox(stranger.citizen)
    lab.fault("sms.receive", "server_error", about=inbox.citizen.id)

    with may_be_refused():
        supplement(officer, dossier)

    lab.wait_for("fault_used", str(inbox.citizen.phone))
    now = filing.applicant.dossiers.read(dossier)
    assert now.state == SUPPLEMENT, came(
        f"cổng tin nhắn hỏng, hồ sơ còn ở “{now.state_text}”", f"the SMS gateway failed, the dossier is in {now.state}"
    )
    assert [step.target for step in now.history].count(SUPPLEMENT) == 1
    later.sms_of(now)
    # A second message of this change has come before what is told of another dossier.
    supplement(officer, theirs)
    others.sms_of(theirs)
    told = later.sms_of(now)
    assert len(told) == 1, came(f"một lần đổi trạng thái, {len(told)} tin", f"one change, {len(told)} messages")
