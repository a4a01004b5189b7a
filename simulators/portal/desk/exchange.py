"""What an application asks the login for: tokens for a code, userinfo, introspection, revocation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulators.kernel import faults
from simulators.kernel.contracts import Settings, settings_id
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.portal import applications, claims, deviations, grants, mistakes, tokens
from simulators.portal.applications import Client, Reason, Refused
from simulators.portal.desk.keys import Keys
from simulators.portal.records import Grant, Token, event_source
from simulators.portal.spec import LoginSpec
from simulators.world import World

OF_A_TOKEN = ("login.token", "login.id_token", "login.keys")
"""Sites of one exchange."""


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What a change decided about tokens; the ID token is signed after it was saved. `of_…` are planned deviations."""

    grant: Grant
    pair: grants.Pair
    of_answer: str
    of_id_token: str
    of_keys: str
    at: Instant


class Exchange:
    """One profile's. `url` is where browsers reach it, `back` where applications do (with TLS a listener of its own)."""

    def __init__(self, world: World, spec: LoginSpec, keys: Keys, url: str) -> None:
        self._world = world
        self._keys = keys
        self.spec = spec
        self.url = url
        self.back = world.tls.url + url.removeprefix(world.url) if world.tls else url
        self.issuer = url + spec.issuer_path

    async def client(self, form: Mapping[str, str], header: str) -> Client:
        """Who calls, by HTTP Basic or by the form."""
        client_id, secret = applications.credentials(form, header)
        found = await self._world.store.get(Key(Settings, settings_id(event_source(self.spec.id), client_id)))
        if found is None:
            why = "no contract of this profile has this client_id: look at the settings sheet"
            refused = Refused(Reason.UNKNOWN_CLIENT, why)
            refused.client_id = client_id
            raise refused
        client = applications.client_of(found)
        if secret != client.secret:
            refused = Refused(Reason.WRONG_SECRET, mistakes.about_secret(secret, client.secret, client.id))
            refused.contract = client.contract
            raise refused
        return client

    async def redeem(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        if not form.get("code"):
            raise Refused(Reason.NO_CODE, "the token request has no code")
        presented = grants.Presented(
            code=form["code"],
            client_id=client.id,
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier", ""),
        )
        key, pair = Key(Grant, presented.code), self._pair()

        def decide(records: Records, now: Instant) -> Change:
            if (planned := _taken(records, "login.token", records[key])).effect == "server_error":
                return _failed(planned, records[key])
            change = grants.redeem(self.spec, records[key], presented, pair, now)
            return _bent(records, change, planned, pair, now)

        keys = [key, *_planned(await self._world.store.get(key), *OF_A_TOKEN)]
        return await self._answer((await self._world.store.change(keys, decide)).result)

    async def refresh(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        if not form.get("refresh_token"):
            raise Refused(Reason.NO_REFRESH_TOKEN, "the token request has no refresh_token")
        token, grant = await self._found(form["refresh_token"])
        token_key, grant_key, pair = (
            Key(Token, form["refresh_token"]),
            Key(Grant, grant.id if grant else ""),
            self._pair(),
        )

        def decide(records: Records, now: Instant) -> Change:
            if (planned := _taken(records, "login.token", records[grant_key])).effect == "server_error":
                return _failed(planned, records[grant_key])
            change = grants.refresh(self.spec, records[token_key], records[grant_key], (client.id, pair), now)
            return _bent(records, change, planned, pair, now)

        keys = [token_key, grant_key, *_planned(grant if token else None, *OF_A_TOKEN)]
        return await self._answer((await self._world.store.change(keys, decide)).result)

    async def userinfo(self, bearer: str) -> dict[str, Any]:
        token, grant = await self._found(bearer)
        now = self._world.store.now()
        if token is None or grant is None or token.use != "access" or not grants.is_worth(token, grant, now):
            raise Refused(Reason.WRONG_BEARER, grants.why_worthless(token, grant, now), grant)
        if self.spec.userinfo_needs_openid and not grant.asked.is_openid:
            raise Refused(Reason.NO_OPENID, f"the scope was {grant.asked.scope!r}: ask for openid", grant)
        told = await self._claims(grant)

        def decide(records: Records, _now: Instant) -> Change:
            taken = _taken(records, "login.userinfo", grant)
            if taken.effect == "server_error":
                return _failed(taken, grant)
            marked = {"injected": taken.effect} if taken.effect else {}
            read = grants.event(grant, "userinfo_read", client_id=grant.asked.client_id, **marked)
            return Change(taken.records, (*taken.events, read), result=deviations.userinfo(told, taken.effect))

        change = await self._world.store.change(_planned(grant, "login.userinfo"), decide)
        return change.result  # type: ignore[no-any-return]  # set above

    async def introspect(self, text: str) -> dict[str, Any]:
        token, grant = await self._found(text)
        if token is None or grant is None or not grants.is_worth(token, grant, self._world.store.now()):
            return {"active": False}
        return grants.described(token, grant)

    async def revoke(self, client: Client, text: str) -> None:
        """A token of its own; anything else changes nothing."""
        _token, grant = await self._found(text)
        if grant is None or grant.asked.client_id != client.id:
            return
        token_key, grant_key = Key(Token, text), Key(Grant, grant.id)
        await self._world.store.change(
            [token_key, grant_key], lambda records, _now: grants.revoke(records[token_key], records[grant_key])
        )

    async def note_refused(self, refused: Refused, body: Mapping[str, Any]) -> None:
        about = refused.about
        event = Event(
            source=event_source(self.spec.id),
            word="token_refused",
            ref=about.attempt if about else "",
            subject=about.citizen if about else "",
            contract=refused.contract,
            body={
                **body,
                "reason": refused.reason.value,
                "why": refused.why,
                **({"injected": refused.injected} if refused.injected else {}),
            },
        )
        await self._world.store.note(event)

    async def _found(self, text: str) -> tuple[Token | None, Grant | None]:
        token = await self._world.store.get(Key(Token, text))
        grant = await self._world.store.get(Key(Grant, token.grant)) if token else None
        return (token, grant) if grant and grant.profile == self.spec.id else (None, None)

    async def _claims(self, grant: Grant) -> dict[str, Any]:
        citizen = await self._world.citizens.get(grant.citizen)
        assert citizen is not None, f"{grant.citizen} logged in"
        if self.spec.login_idp:
            third = f"{self.url}/api/idp/third-party"
            links = (f"{third}/view-info?token_id={grant.sid}", f"{third}/logout?token_id={grant.sid}")
            return claims.of_vneid_account(self.spec, citizen, links)
        return claims.of_national_account(
            self.spec, citizen, self._world.entropy.choose(claims.USERINFO, citizen.id, len(claims.VARIANTS))
        )

    async def _answer(self, made: _Made) -> dict[str, Any]:
        grant, pair = made.grant, made.pair
        told: dict[str, Any] = {"access_token": pair.access, "refresh_token": pair.refresh}
        if grant.asked.scope:
            told["scope"] = grant.asked.scope
        if grant.asked.is_openid:
            told["id_token"] = await self._id_token(made)
        told |= {"token_type": "Bearer", "expires_in": self.spec.access_token_ttl}
        return deviations.answered(told, made.of_answer)

    async def _id_token(self, made: _Made) -> str:
        citizen = await self._world.citizens.get(made.grant.citizen)
        assert citizen is not None, f"{made.grant.citizen} logged in"
        key = await (self._keys.fresh() if made.of_keys else self._keys.current())
        occasion = tokens.Occasion(
            issuer=self.issuer,
            techid=citizen.techid,
            access_token=made.pair.access,
            kid=key.kid,
            jti=self._world.entropy.uuid("login.jti"),
        )
        token = tokens.id_token(self.spec, made.grant, occasion, made.at)
        if made.of_id_token:
            token = deviations.id_token(token, made.of_id_token, await self._keys.public_pem())
        return self._keys.signed(token, key)

    def _pair(self) -> grants.Pair:
        entropy = self._world.entropy
        return grants.Pair(access=entropy.uuid("login.access_token"), refresh=entropy.uuid("login.refresh_token"))


def _abouts(grant: Grant) -> tuple[str, ...]:
    """Whom a fault about this grant may name."""
    return (grant.citizen, grant.attempt, grant.contract)


def _planned(grant: Grant | None, *sites: str) -> list[Key[faults.Fault]]:
    if grant is None:
        return []
    return [key for site in sites for key in faults.keys(site, _abouts(grant), grant.contract)]


def _taken(records: Records, site: str, grant: Grant | None) -> faults.Taken:
    if grant is None:
        return faults.NOTHING
    return faults.take(records, site, _abouts(grant), ref=grant.attempt, contract=grant.contract)


def _failed(taken: faults.Taken, grant: Grant | None) -> Change:
    refused = Refused(Reason.FAILED, "planned by a test", grant, injected=taken.effect)
    return Change(taken.records, taken.events, refused=refused)


def _bent(records: Records, change: Change, of_answer: faults.Taken, pair: grants.Pair, now: Instant) -> Change:
    """The change with the planned deviations of its answer and its ID token, its row marked."""
    if change.refused:
        return change
    grant: Grant = change.result
    of_id_token = _taken(records, "login.id_token", grant) if grant.asked.is_openid else faults.NOTHING
    of_keys = _taken(records, "login.keys", grant) if grant.asked.is_openid else faults.NOTHING
    effects = {"of_answer": of_answer.effect, "of_id_token": of_id_token.effect, "of_keys": of_keys.effect}
    made = _Made(grant=grant, pair=pair, at=now, **effects)
    planned = [taken for taken in (of_answer, of_id_token, of_keys) if taken.effect]
    if not planned:
        return replace(change, result=made)
    injected = " ".join(taken.effect for taken in planned)
    redeemed = grants.event(grant, "code_redeemed", **change.events[0].body, injected=injected)
    used = [event for taken in planned for event in taken.events]
    spent = [record for taken in planned for record in taken.records]
    return replace(change, records=(*change.records, *spent), events=(*used, redeemed), result=made)
