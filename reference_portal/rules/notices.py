"""Decisions about notices: to whom, by which channel, with which words."""

from collections.abc import Callable
from dataclasses import dataclass

from reference_portal.accounts import Account
from reference_portal.dossiers import REFUSED, SUPPLEMENT, Dossier, Step
from reference_portal.texts import sms_text

# Who filed the newest dossier of somebody else: no notice needs it, and it is looked up only when a rule asks.
NewestOther = Callable[[], Account | None]


def _channels(account: Account, state: int) -> tuple[str, ...]:
    """SMS for each change; e-mail too for a refusal or a supplement (NĐ 61/2018 art. 17.2), or where no phone is known."""
    by_mail = account.email and (state in (REFUSED, SUPPLEMENT) or not account.phone)
    return (*(("sms",) if account.phone else ()), *(("mail",) if by_mail else ()))


@dataclass(frozen=True)
class NoticeRules:
    tells: Callable[[Step], bool] = lambda step: step.source != step.target or step.deed == "reschedule"
    recipients: Callable[[Account, NewestOther], tuple[Account, ...]] = lambda applicant, _newest: (applicant,)
    channels: Callable[[Account, int], tuple[str, ...]] = _channels
    sms_text: Callable[[Dossier, Step], str] = sms_text
    queued: bool = True
