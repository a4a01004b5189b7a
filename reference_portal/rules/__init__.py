"""The portal's decisions, pure and replaceable: each field is one decision, and a flaw replaces one."""

from dataclasses import dataclass

from reference_portal.rules.filing import FilingRules
from reference_portal.rules.handling import HandlingRules
from reference_portal.rules.kbnn import TreasuryRules
from reference_portal.rules.login import LoginRules
from reference_portal.rules.money import MoneyRules
from reference_portal.rules.notices import NoticeRules
from reference_portal.rules.signing import SigningRules


@dataclass(frozen=True)
class Rules:
    login: LoginRules
    signing: SigningRules
    filing: FilingRules
    handling: HandlingRules
    money: MoneyRules
    notices: NoticeRules
    kbnn: TreasuryRules


RIGHT_RULES = Rules(
    LoginRules(), SigningRules(), FilingRules(), HandlingRules(), MoneyRules(), NoticeRules(), TreasuryRules()
)
