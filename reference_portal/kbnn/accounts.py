"""Accounts of a unit's members: a first password by e-mail that serves once and not for long, then the member's own."""

import asyncio
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from msgspec.structs import replace

from reference_portal.accounts import new_token, session_id
from reference_portal.books import Change, Record
from reference_portal.dossiers import Refused
from reference_portal.kbnn.registrations import Member, Registration, hashed
from reference_portal.office import Office

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
MOST_FAILURES = 5
CLOSED_FOR = timedelta(minutes=15)
"""After so many wrong passwords in a row; the real one's numbers are UNKNOWN."""
_LIFE_SECONDS = 8 * 3600.0
_FIRST_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_FIRST_LENGTH = 20


class MemberAccount(Record, frozen=True, kw_only=True):
    """`id` is what the member types, `about` the registration; `first` is the hash of an unused first password."""

    name: str
    personal_id: str
    roles: tuple[str, ...]
    issued: str
    first: str = ""
    password: str = ""
    failures: int = 0
    closed: str = ""
    """Until when nobody gets in, after too many wrong passwords."""


class MemberSession(Record, frozen=True, kw_only=True):
    """`id` is the hash of the cookie, `about` the account."""

    since: float


def opened(office: Office, registration: Registration, member: Member) -> tuple[MemberAccount, str]:
    """A new account and its first password, which is kept nowhere."""
    first = "".join(secrets.choice(_FIRST_LETTERS) for _ in range(_FIRST_LENGTH))
    account = MemberAccount(
        id=f"kb{secrets.randbelow(10**10):010d}",
        about=registration.id,
        name=member.name,
        personal_id=member.personal_id,
        roles=office.parts.rules.kbnn.roles(member),
        issued=office.now().isoformat(),
        first=hashed(first),
    )
    return account, first


async def log_in(office: Office, name: str, password: str, new_password: str) -> tuple[MemberAccount, str]:
    """The account and the token of its new session; a first password is only good for choosing one's own."""
    rules = office.parts.rules.kbnn
    account = office.books.get(MemberAccount, name)
    if account is None:
        raise _wrong()
    if account.closed and office.now() < datetime.fromisoformat(account.closed):
        raise Refused("too_many_failures", "Sai mật khẩu nhiều lần. Vui lòng thử lại sau.", status=429)
    if account.first and hmac.compare_digest(account.first, hashed(password)):
        if not rules.first_is_fresh(datetime.fromisoformat(account.issued), office.now()):
            raise Refused("password_expired", "Mật khẩu lần đầu đã hết hạn. Vui lòng liên hệ KBNN.", status=403)
        if not new_password and rules.first_must_change:
            raise Refused("must_change", "Phải đổi mật khẩu trong lần đăng nhập đầu tiên.", status=403)
    elif not await asyncio.to_thread(_fits, account.password, password):
        await office.change(lambda change: _failed(change, account.id, office.now()))
        raise _wrong()
    chosen = await asyncio.to_thread(_kept, _own(password, new_password)) if new_password else account.password
    token, at = new_token(), office.now().timestamp()

    def decide(change: Change) -> MemberAccount:
        current = change.get(MemberAccount, account.id)
        assert current is not None, "accounts are never removed"
        if current.version != account.version:
            raise _wrong()
        first = "" if new_password and rules.first_serves_once else current.first
        changed = replace(current, password=chosen, first=first, failures=0, closed="")
        change.put(changed)
        change.put(MemberSession(id=session_id(token), about=account.id, since=at))
        return changed

    return await office.change(decide), token


def signed_in(office: Office, token: str) -> MemberAccount | None:
    session = office.books.get(MemberSession, session_id(token)) if token else None
    if session is None or office.now().timestamp() - session.since > _LIFE_SECONDS:
        return None
    return office.books.get(MemberAccount, session.about)


def _failed(change: Change, account_id: str, now: datetime) -> None:
    account = change.get(MemberAccount, account_id)
    assert account is not None, "accounts are never removed"
    failures = account.failures + 1
    closed = (now + CLOSED_FOR).isoformat() if failures >= MOST_FAILURES else ""
    change.put(replace(account, failures=failures % MOST_FAILURES, closed=closed))


def _wrong() -> Refused:
    return Refused("wrong_password", "Tài khoản hoặc mật khẩu không đúng.", status=401)


def _own(password: str, chosen: str) -> str:
    if chosen == password or not SHORTEST_PASSWORD <= len(chosen) <= LONGEST_PASSWORD:
        why = f"Mật khẩu mới phải khác mật khẩu cũ và có từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự."
        raise Refused("bad_password", why, status=422, field="new_password")
    return chosen


def _kept(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_slow(password, salt).hex()}"


def _fits(kept: str, password: str) -> bool:
    salt, _, wanted = kept.partition("$")
    return bool(wanted) and hmac.compare_digest(_slow(password, bytes.fromhex(salt)).hex(), wanted)


def _slow(password: str, salt: bytes) -> bytes:
    """What scrypt's author gives for an interactive login: some 50 ms and 16 MB for each guess."""
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
