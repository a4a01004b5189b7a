"""Who a citizen is here, and the browser's session: both records; nothing of them is readable in a cookie."""

import hashlib
import secrets

from reference_portal.books import Record
from reference_portal.calls.login import Attempt

IDLE_SECONDS = 30 * 60
LIFE_SECONDS = 8 * 3600
ATTEMPTS_KEPT = 5


class Account(Record, frozen=True, kw_only=True):
    """`about` is the key of the national login (TechID): nothing else links a person to an account."""

    subject: str
    name: str
    personal_id: str
    phone: str | None = None
    email: str | None = None


class Session(Record, frozen=True, kw_only=True):
    """`id` is the hash of the cookie; `about` the account, or nothing before login and after logout."""

    since: float
    seen: float
    attempts: tuple[Attempt, ...] = ()
    id_token: str = ""

    def alive(self, now: float) -> bool:
        return now - self.seen < IDLE_SECONDS and now - self.since < LIFE_SECONDS


def new_token() -> str:
    return secrets.token_urlsafe(32)


def session_id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
