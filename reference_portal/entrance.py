"""Login, logout and who is signed in: the browser's session lives on the server."""

from collections.abc import Mapping
from uuid import uuid4

from msgspec.structs import replace

from reference_portal.accounts import ATTEMPTS_KEPT, Account, Session, new_token, session_id
from reference_portal.books import Change
from reference_portal.calls.asking import LoginRefused
from reference_portal.calls.login import Attempt, Identity, logout_url
from reference_portal.dossiers import Refused
from reference_portal.office import Office
from reference_portal.settings import CALLBACK_PATH

_SEEN_EVERY = 60.0
_AGAIN = "Đăng nhập không thành công. Vui lòng thử đăng nhập lại."


async def begin(office: Office, token: str, asked: str) -> tuple[str, str]:
    """The browser's token and where it goes: to the national login, with an attempt that is kept here."""
    attempt = office.parts.calls.begin(office.parts.rules.login.target(asked))
    kept = _session(office, token)
    token = token if kept else new_token()
    at = office.now().timestamp()

    def decide(change: Change) -> None:
        old = change.get(Session, session_id(token)) or Session(id=session_id(token), since=at, seen=at)
        change.put(replace(old, attempts=(*old.attempts, attempt)[-ATTEMPTS_KEPT:], seen=at))

    await office.change(decide)
    return token, office.parts.calls.authorization_url(office.settings.login, _redirect_uri(office), attempt)


async def complete(office: Office, token: str, answer: Mapping[str, str]) -> tuple[str, str]:
    """After the login: a new token and the path to go on to, or Refused."""
    rules = office.parts.rules.login
    code = rules.code(answer)
    attempt = await office.change(lambda change: _taken(office, change, token, answer.get("state", "")))
    if code is None:
        return rules.turned_away(token, _AGAIN)
    if attempt is None:
        raise Refused("state_mismatch", "Phiên đăng nhập không khớp hoặc đã hết hạn. " + _AGAIN, status=403)
    try:
        redeem = office.parts.calls.redeem
        identity = await redeem(office.http, office.settings.login, _redirect_uri(office), code, attempt)
    except LoginRefused as refused:
        return rules.turned_away(token, refused.message_vi)
    contact = rules.contact(identity)
    fresh = rules.token_after_login(token)
    await office.change(lambda change: _signed_in(office, change, (token, fresh), identity, contact))
    return fresh, rules.onward(attempt, identity)


async def enter(office: Office, techid: str) -> str | None:
    """A session for a known account without any login: no right portal comes here."""
    known = next(iter(office.books.find(Account, about=techid)), None)
    if known is None:
        return None
    fresh, at = new_token(), office.now().timestamp()
    session = Session(id=session_id(fresh), about=known.id, since=at, seen=at)
    await office.change(lambda change: change.put(session))
    return fresh


def account(office: Office, token: str) -> Account | None:
    session = _session(office, token)
    return office.books.get(Account, session.about) if session and session.about else None


async def seen(office: Office, token: str) -> None:
    """Keeps the session from idling out; written at most once a minute."""
    session = _session(office, token)
    now = office.now().timestamp()
    if session and session.about and now - session.seen > _SEEN_EVERY:

        def decide(change: Change) -> None:
            if current := change.get(Session, session.id):
                change.put(replace(current, seen=now))

        await office.change(decide)


async def leave(office: Office, token: str) -> str | None:
    """Ends the session on the server; the provider's logout address when there was one."""
    session = _session(office, token)
    if session is None or not session.about:
        return None
    if office.parts.rules.login.logout_ends_session:

        def decide(change: Change) -> None:
            if current := change.get(Session, session.id):
                change.put(replace(current, about="", attempts=(), id_token=""))

        await office.change(decide)
    if not session.id_token or not office.parts.rules.login.logout_at_provider:
        return None
    return logout_url(office.settings.login, session.id_token, office.settings.origin + "/")


def _session(office: Office, token: str) -> Session | None:
    session = office.books.get(Session, session_id(token)) if token else None
    return session if session and session.alive(office.now().timestamp()) else None


def _taken(office: Office, change: Change, token: str, state: str) -> Attempt | None:
    """This browser's attempt of that state, taken away so that it serves once."""
    session = change.get(Session, session_id(token)) if token else None
    if session is None or not session.alive(office.now().timestamp()):
        return None
    rules = office.parts.rules.login
    attempt = rules.attempt_for(session.attempts, state)
    if attempt is not None and rules.attempt_serves_once:
        change.put(replace(session, attempts=tuple(other for other in session.attempts if other != attempt)))
    return attempt


def _signed_in(
    office: Office, change: Change, tokens: tuple[str, str], identity: Identity, contact: tuple[str | None, str | None]
) -> None:
    """The account of this key, made or brought up to date, and the browser's new session; the old one ends."""
    key = office.parts.rules.login.key(identity)
    known = next(iter(change.find(Account, about=key)), None)
    fields = {
        "subject": identity.techid,
        "name": identity.name,
        "personal_id": identity.personal_id,
        "phone": contact[0],
        "email": contact[1],
    }
    person = replace(known, **fields) if known else Account(id=uuid4().hex, about=key, **fields)  # type: ignore[arg-type]  # one dict, values of two types
    change.put(person)
    at = office.now().timestamp()
    old, new = (session_id(token) for token in tokens)
    if old != new and (left := change.get(Session, old)):
        change.put(replace(left, about="", id_token=""))
    current = change.get(Session, new) or Session(id=new, since=at, seen=at)
    change.put(replace(current, about=person.id, id_token=identity.id_token, since=at, seen=at))


def _redirect_uri(office: Office) -> str:
    return office.settings.origin + CALLBACK_PATH
