"""Flaws of notices."""

from reference_portal.accounts import Account
from reference_portal.dossiers import REFUSED, Dossier, Step
from reference_portal.flaws.row import Flaw, ids, ruled
from reference_portal.parts import RIGHT
from reference_portal.rules.notices import NewestOther

_RIGHT = RIGHT.rules.notices


def _not_on_accept(step: Step) -> bool:
    return _RIGHT.tells(step) and step.deed != "accept"


def _first_of_the_list_too(applicant: Account, newest_other: NewestOther) -> tuple[Account, ...]:
    other = newest_other()
    return (applicant, other) if other else (applicant,)


def _refusal_by_sms(account: Account, state: int) -> tuple[str, ...]:
    channels = _RIGHT.channels(account, state)
    return tuple(channel for channel in channels if state != REFUSED or channel == "sms")


def _with_number(dossier: Dossier, step: Step) -> str:
    return f"CCCD {dossier.personal_id}: {_RIGHT.sms_text(dossier, step)}"[:160]


ROWS = (
    Flaw(
        "no_notice_on_accept",
        ruled("notices", tells=_not_on_accept),
        ids("G01"),
        "specs/portal.md 2.11: a template for each change, one of them not sent",
        "Không báo khi hồ sơ được tiếp nhận.",
        "Acceptance is not told.",
    ),
    Flaw(
        "notice_to_first_citizen",
        ruled("notices", recipients=_first_of_the_list_too),
        ids("G03"),
        "specs/portal.md 2.11: recipient is the applicant; here the first of the officer's list gets it too",
        "Người đứng đầu danh sách hồ sơ cũng nhận thông báo của người khác.",
        "The first citizen of the list is told of another's dossier.",
    ),
    Flaw(
        "refusal_by_sms_only",
        ruled("notices", channels=_refusal_by_sms),
        ids("G05"),
        "specs/portal.md 2.2 R4: e-mail and SMS functions",
        "Từ chối chỉ báo bằng SMS, không gửi thư.",
        "A refusal is told by SMS only.",
        also=ids("E06"),
    ),
    Flaw(
        "personal_id_in_notice",
        ruled("notices", sms_text=_with_number),
        ids("G08"),
        "specs/portal.md 1.14 RP-5: personal data where it does not belong",
        "Tin nhắn chứa số định danh cá nhân.",
        "The SMS holds the personal number.",
    ),
    Flaw(
        "sms_failure_blocks",
        ruled("notices", queued=False),
        ids("G10"),
        "specs/portal.md 2.14.2: the notice is sent inside the action",
        "Cổng SMS hỏng thì không chuyển được trạng thái.",
        "A broken SMS gateway blocks the transition.",
    ),
)
