"""In and out: an authorization request becomes an attempt or (single sign-on) a code; a finished attempt becomes a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulators.kernel import faults
from simulators.kernel.contracts import Settings, settings_id
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.portal import authorization, deviations, grants, login, sessions
from simulators.portal.applications import Client, client_of
from simulators.portal.authorization import About, Answer
from simulators.portal.desk.keys import Keys
from simulators.portal.desk.steps import CHALLENGE_LENGTH, Steps, Visitor, own
from simulators.portal.records import Asked, Attempt, Session, event_source
from simulators.portal.spec import LoginSpec
from simulators.world import World


@dataclass(frozen=True, kw_only=True)
class Granted:
    """Back to the application with these parameters; `session` is the one whose cookies the browser keeps."""

    redirect_uri: str
    told: Mapping[str, Any]
    session: Session


@dataclass(frozen=True, kw_only=True)
class LoggedOut:
    """`to` is where the application wants the browser, "" for the login's own page."""

    to: str = ""
    state: str | None = None


class Entrance:
    """One profile's."""

    def __init__(self, world: World, spec: LoginSpec, keys: Keys, steps: Steps) -> None:
        self._world = world
        self._keys = keys
        self._steps = steps
        self.spec = spec

    async def authorize(self, given: Mapping[str, str], visitor: Visitor) -> Attempt | Granted:
        """What was asked is journalled before anything is decided about it."""
        client = await self._client(given.get("client_id", ""))
        about = About(ref=self._world.entropy.uuid("login.attempt"), contract=client.contract if client else "")
        if client is not None:
            await self.note("authorization_requested", about, dict(given))
        try:
            asked = authorization.understand(client, given)
            assert client is not None, "a client that is not known was refused"
            return await self._admitted(client, asked, about, visitor)
        except authorization.Refused as refused:
            refused.about = about
            raise

    async def finish(self, key: str, visitor: Visitor, ticket: str, *, denied: bool) -> Granted:
        """The last page's form: a session of its own making, and a code for the application."""
        attempt = await self._steps.attempt(key, visitor)
        fresh, abouts = self._fresh(), (attempt.citizen, key, attempt.contract)
        named = sessions.Named(code=fresh.code, attempt=key, contract=attempt.contract)

        def decide(records: Records, now: Instant) -> Change:
            passed = login.finish(own(records[Key(Attempt, key)], visitor, self.spec), ticket, now)
            session = sessions.begun(self.spec, passed, fresh, now)
            change = _denied(passed.asked) if denied else self._issued(records, session, passed.asked, named, now)
            return replace(change, gone=(Key(Attempt, key), Key(Session, visitor.session)))

        try:
            keys = [Key(Attempt, key), *faults.keys("login.callback", abouts, attempt.contract)]
            return (await self._world.store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above
        except authorization.Refused as refused:
            refused.about = About(ref=key, subject=attempt.citizen, contract=attempt.contract)
            raise

    async def log_out(self, given: Mapping[str, str], visitor: Visitor) -> LoggedOut | None:
        """WSO2's order of rules; None where the person must be asked first."""
        session = await self._present(visitor)
        consent = given.get("consent", "")
        if consent and consent != "approve":
            raise sessions.Refused(sessions.Reason.DENIED, "the person said no", session.contract)
        hint = given.get("id_token_hint", "")
        if not hint:
            if not consent:
                return None
            await self._end((session,), session.contract)
            return LoggedOut()
        client = await self._hinted(hint)
        wanted = given.get("post_logout_redirect_uri", "")
        if wanted and wanted not in (*client.post_logout_redirect_uris, *client.redirect_uris):
            registered = client.post_logout_redirect_uris
            why = f"{wanted[:200]!r} is not registered; registered: {', '.join(registered) or 'none'}"
            raise sessions.Refused(sessions.Reason.WRONG_RETURN, why, client.contract)
        await self._end((session,), client.contract)
        return LoggedOut(to=wanted, state=given.get("state"))

    async def sign_on(self, citizen: str, contract: str) -> Session:
        """Somebody who logged in before, as a test needs them: the cookies of this session answer for them."""
        fresh = self._fresh()

        def decide(_records: Records, now: Instant) -> Change:
            session = sessions.earlier(self.spec, fresh, citizen, contract, now)
            event = Event(source=event_source(self.spec.id), word="signed_on", subject=citizen, contract=contract)
            return Change(records=(session,), events=(event,), result=session)

        return (await self._world.store.change([], decide)).result  # type: ignore[no-any-return]  # set above

    async def end_by_sid(self, sid: str) -> bool:
        """VNeID's logoutUri: no cookie, the session named in the address; True when there was one."""
        found = [one for one in await self._world.store.find(Session, about=sid) if one.profile == self.spec.id]
        await self._end(found, found[0].contract if found else "")
        return bool(found)

    async def note(self, word: str, about: About, body: dict[str, Any]) -> None:
        await self._world.store.note(
            Event(
                source=event_source(self.spec.id),
                word=word,
                ref=about.ref,
                subject=about.subject,
                contract=about.contract,
                body=body,
            )
        )

    async def _client(self, client_id: str) -> Client | None:
        found = await self._world.store.get(Key(Settings, settings_id(event_source(self.spec.id), client_id)))
        return client_of(found) if found else None

    async def _admitted(self, client: Client, asked: Asked, about: About, visitor: Visitor) -> Attempt | Granted:
        key = Key(Session, visitor.session)
        known = await self._world.store.get(key)
        fresh = self._fresh()
        named = sessions.Named(code=fresh.code, attempt=about.ref, contract=about.contract)
        opening = login.Opening(
            key=about.ref,
            contract=client.contract,
            application=client.name,
            browser=visitor.browser or self._world.entropy.token("login.browser"),
            challenge=self._world.entropy.token("login.challenge", CHALLENGE_LENGTH),
        )

        def decide(records: Records, now: Instant) -> Change:
            if session := sessions.reusable(self.spec, records[key], asked, now):
                return self._issued(records, session, asked, named, now)
            if "none" in asked.prompt:
                answer = Answer(redirect_uri=asked.redirect_uri, state=asked.state)
                raise authorization.Refused(
                    authorization.Reason.LOGIN_REQUIRED, "prompt=none and nobody is logged in", answer
                )
            attempt = login.begin(self.spec, opening, asked, now)
            return Change(records=(attempt,), result=attempt)

        abouts = (known.citizen, about.ref, about.contract) if known else ()
        keys = [key, *faults.keys("login.callback", abouts, about.contract)]
        return (await self._world.store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above

    def _issued(self, records: Records, session: Session, asked: Asked, named: sessions.Named, now: Instant) -> Change:
        abouts = (session.citizen, named.attempt, named.contract)
        taken = faults.take(records, "login.callback", abouts, ref=named.attempt, contract=named.contract)
        if taken.effect == "access_denied":
            return replace(_denied(asked, taken.effect), records=taken.records, events=taken.events)
        grant = sessions.issued(self.spec, session, asked, named, now)
        told = deviations.callback(sessions.callback(session, grant), taken.effect)
        body = {"state": told.get("state"), "nonce": asked.nonce, "redirect_uri": asked.redirect_uri}
        issued = grants.event(grant, "code_issued", **body, **({"injected": taken.effect} if taken.effect else {}))
        granted = Granted(redirect_uri=asked.redirect_uri, told=told, session=session)
        return Change((session, grant, *taken.records), (*taken.events, issued), result=granted)

    async def _present(self, visitor: Visitor) -> Session:
        if not visitor.opbs:
            raise sessions.Refused(
                sessions.Reason.NO_COOKIE, "the browser sent no cookie opbs: nobody is logged in in it"
            )
        session = await self._world.store.get(Key(Session, visitor.session))
        mine = session is not None and session.profile == self.spec.id and session.opbs == visitor.opbs
        if session is None or not mine or self._world.store.now() >= session.expires:
            raise sessions.Refused(sessions.Reason.NO_SESSION, "the session of this browser is over")
        return session

    async def _hinted(self, hint: str) -> Client:
        claims = await self._keys.read(hint)
        if claims is None:
            why = "id_token_hint is not an ID token that this login signed"
            raise sessions.Refused(sessions.Reason.WRONG_HINT, why)
        client = await self._client(str(claims.get("aud")))
        if client is None:
            raise sessions.Refused(
                sessions.Reason.UNKNOWN_CLIENT, "the aud of id_token_hint is no client of this login"
            )
        return client

    async def _end(self, found: Sequence[Session], contract: str) -> None:
        def decide(records: Records, _now: Instant) -> Change:
            live = records.get_all([Key(Session, session.id) for session in found])
            events = tuple(sessions.logged_out(session, contract) for session in live)
            return Change(events=events, gone=tuple(Key(Session, session.id) for session in live))

        await self._world.store.change([Key(Session, session.id) for session in found], decide)

    def _fresh(self) -> sessions.Fresh:
        entropy = self._world.entropy
        return sessions.Fresh(
            session=entropy.uuid("login.session"),
            opbs=entropy.uuid("login.opbs"),
            sid=entropy.uuid("login.sid"),
            code=entropy.uuid("login.code"),
        )


def _denied(asked: Asked, injected: str = "") -> Change:
    answer = Answer(redirect_uri=asked.redirect_uri, state=asked.state)
    why = "planned by a test" if injected else "the person did not agree"
    refused = authorization.Refused(authorization.Reason.DENIED, why, answer, injected=injected)
    return Change(refused=refused)
