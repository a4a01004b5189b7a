"""The national login as a family: its profiles, their routes, what it tells a contract, what a test may do to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators import catalog
from simulators.kernel.contracts import Contract, ContractRequest, Settings, settings_id
from simulators.kernel.prompts import Prompt, PromptKind, Refused
from simulators.kernel.records import Event, Key
from simulators.portal import attempts, claims, grants, sim
from simulators.portal.desk.entrance import Entrance
from simulators.portal.desk.exchange import Exchange
from simulators.portal.desk.keys import Keys
from simulators.portal.desk.other_ways import OtherWays
from simulators.portal.desk.steps import Steps
from simulators.portal.deviations import FAULT_SITES
from simulators.portal.records import Attempt, Grant, event_source
from simulators.portal.spec import LoginSpec
from simulators.portal.wires import captchas, issued, signed_on
from simulators.portal.wires.authorize import FrontChannel
from simulators.portal.wires.oauth2 import BackChannel, discovery
from simulators.portal.wires.screens import Screens
from simulators.world import Family, World

WORDS = {
    "authorization_requested": "an application sent a browser to the login: all parameters",
    "authorization_refused": "the login refused a browser's request: error, description, why",
    "password_accepted": "name, password and captcha were right",
    "password_refused": "name, password or captcha was wrong, or the account is locked: tries left",
    "otp_sent": "a code went to the registered phone: the masked number",
    "otp_refused": "a code was wrong or too late, or was not sent again: tries left or the reason",
    "otp_accepted": "the code was right",
    "certificate_accepted": "a USB token signed the login's challenge, and its certificate is good",
    "certificate_refused": "what was presented at the tab of USB tokens proves nothing: the reason",
    "sim_asked": "a login by SIM asks the phone: the masked number",
    "sim_refused": "a login by SIM did not go on: no such SIM, wrong PIN, blocked, refused, too late",
    "sim_accepted": "the SIM's PIN was right: the login goes on",
    "code_issued": "the browser was sent back with a code: state, nonce, redirect_uri",
    "code_redeemed": "an application got tokens for a code (or a refresh token)",
    "token_refused": "an application was refused tokens or userinfo: error, description, reason, why",
    "userinfo_read": "an application read userinfo",
    "signed_on": "a test has somebody logged in already, as by an earlier visit: single sign-on",
    "logged_out": "a session of the login ended",
}
ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
)


class Profile:
    """One profile's desks, and the wires in front of them."""

    def __init__(self, world: World, spec: LoginSpec) -> None:
        base = f"/portal/{spec.id}"
        self.keys = Keys(world, spec)
        self.steps = Steps(world, spec)
        self.exchange = Exchange(world, spec, self.keys, world.address(base))
        self.entrance = Entrance(world, spec, self.keys, self.steps)
        self.others = OtherWays(world, spec, self.steps)
        front = FrontChannel(self.entrance, base)
        self.routes = (
            *front.routes(),
            *Screens(self.entrance, self.steps, self.others, front, base).routes(),
            *BackChannel(self.exchange, self.keys, base).routes(),
        )


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> Family:
    specs = catalog.load("simulators.portal.providers", LoginSpec, overrides)
    profiles = {identity: Profile(world, spec) for identity, spec in specs.items()}

    async def on_contract(contract: Contract, request: ContractRequest) -> list[Settings]:
        profile = profiles[request.login_profile]
        await profile.keys.current()
        return [_settings(world, profile, contract, request)]

    return Family(
        name="portal",
        routes=tuple(route for profile in profiles.values() for route in profile.routes),
        specs=specs,
        fault_sites=FAULT_SITES,
        variances={claims.USERINFO: claims.VARIANTS},
        journal_words=WORDS,
        prompt_kinds=(PromptKind(sim.PROMPT, answer_of(world, profiles)),),
        ends={Attempt: (str, attempts.end), Grant: (None, grants.end)},
        on_contract=on_contract,
        control_routes=(
            captchas.route([profile.steps for profile in profiles.values()]),
            issued.route(world),
            signed_on.route(world, [profile.entrance for profile in profiles.values()]),
        ),
    )


def answer_of(world: World, profiles: Mapping[str, Profile]) -> Any:
    """A phone's answer goes to the profile where the login began."""

    async def answer(prompt: Prompt, choice: str, secret: str | None, answered: Event) -> None:
        attempt = await world.store.get(Key(Attempt, prompt.ref))
        if attempt is None:
            raise Refused(sim.OVER)
        await profiles[attempt.profile].others.answer(prompt, choice, secret, answered)

    return answer


def _settings(world: World, profile: Profile, contract: Contract, request: ContractRequest) -> Settings:
    exchange = profile.exchange
    told = discovery(exchange)
    client_id = world.entropy.token("login.client", 27) + "a"
    values = {
        "profile": exchange.spec.id,
        "issuer": exchange.issuer,
        "client_id": client_id,
        "client_secret": world.entropy.token("login.client_secret", 28),
        **{name: told[name] for name in ENDPOINTS},
    }
    private = {
        "name": request.name,
        "redirect_uris": list(request.redirect_uris),
        "post_logout_redirect_uris": list(request.post_logout_redirect_uris),
    }
    return Settings(
        id=settings_id(event_source(exchange.spec.id), client_id),
        contract=contract.id,
        about=contract.id,
        section="login",
        values=values,
        private=private,
    )
