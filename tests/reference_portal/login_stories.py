"""Stories of the login with two ends: what the right portal does, and what a portal with one flaw does instead."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc.jwk import RSAKey

from tests.reference_portal.stories import FREE, OTHER, SIGNED, THANH_LUONG, a_draft
from tests.reference_portal.world import Browser, Person, Portal

LONG = "Nguyễn Thị Mỹ Dưỡng " * 8
LINK = f"/nop-ho-so?MaTTHCDP={FREE}&MaCoQuanThucHien={THANH_LUONG}&vnconnect=1"


def another_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


async def status(world: Portal) -> int:
    return (await Browser(world).log_in(Person())).status_code


async def after_a_new_key(world: Portal, _paper: bytes) -> Any:
    await status(world)
    world.providers.key = another_key("2")
    return await status(world)


async def exchanges(world: Portal, _paper: bytes) -> Any:
    await status(world)
    return len(world.providers.exchanged)


async def callback_again(world: Portal, _paper: bytes) -> Any:
    browser, copy = Browser(world), Browser(world)
    asked = await browser.begin()
    copy.cookie = browser.cookie
    world.providers.codes["c"] = (Person(), asked["nonce"])
    for each in (browser, copy):
        await each.get("/sso/callback", params={"code": "c", "state": asked["state"]})
    return [(await each.get("/pti/session")).json()["signed_in"] for each in (browser, copy)]


def said(**claims: Any) -> Any:
    async def story(world: Portal, _paper: bytes) -> Any:
        world.providers.said = claims
        return await status(world)

    return story


async def long_name(world: Portal, _paper: bytes) -> Any:
    browser = Browser(world)
    await browser.log_in(Person(name=LONG.strip()))
    return (await browser.get("/pti/session")).json()["name"]


async def userinfo_fails(world: Portal, _paper: bytes) -> Any:
    world.providers.failing = "/userinfo"
    return await status(world)


async def page_of_an_error(world: Portal, _paper: bytes) -> Any:
    world.providers.failing = "/userinfo"
    return "access_token" in (await Browser(world).log_in(Person())).text


async def signed_by_another_key(world: Portal, _paper: bytes) -> Any:
    world.providers.signer = another_key("1")
    return await status(world)


async def what_binds_the_code(world: Portal, _paper: bytes) -> Any:
    return sorted({"nonce", "code_challenge", "state"} & set(await Browser(world).begin()))


async def address_after_the_login(world: Portal, _paper: bytes) -> Any:
    return "id_token" in (await Browser(world).log_in(Person())).headers["location"]


def brought(*, token_of: str) -> Any:
    """A victim's access token, issued to this client, in the callback's address."""

    async def story(world: Portal, _paper: bytes) -> Any:
        world.providers.token_of = token_of
        browser = Browser(world)
        asked = await browser.begin()
        world.providers.codes["stolen"] = (OTHER, "")
        await browser.get("/sso/callback", params={"access_token": "stolen", "state": asked["state"]})
        return (await browser.get("/pti/session")).json()["signed_in"]

    return story


async def applicant_after_filling(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    path = f"/pti/dossiers/{dossier['id']}/components/to-khai"
    reply = await browser.send("PUT", path, json={"form": {"requester_name": "NGƯỜI KHÁC"}})
    return reply.json()["applicant"]["name"]


async def logout_leads_on(world: Portal, _paper: bytes) -> Any:
    return (await (await world.citizen()).post("/pti/logout")).status_code


async def target_of_a_deep_link(world: Portal, _paper: bytes) -> Any:
    place = (await Browser(world).get(LINK)).headers["location"]
    return parse_qs(urlsplit(place).query)["target"]


async def status_of_a_deep_link(world: Portal, _paper: bytes) -> Any:
    return (await Browser(world).get(LINK)).status_code


async def deep_link_of_another(world: Portal, _paper: bytes) -> Any:
    await world.citizen()
    browser = Browser(world)
    await browser.get(f"{LINK}&MDT={base64.b64encode(b't-1').decode()}")
    return (await browser.get("/pti/session")).json()["signed_in"]


async def first_of_two_targets(world: Portal, _paper: bytes) -> Any:
    first, second = Browser(world), Browser(world)
    asked = await first.begin("/mot")
    await second.begin("/hai")
    world.providers.codes["c"] = (Person(), asked["nonce"])
    reply = await first.get("/sso/callback", params={"code": "c", "state": asked["state"]})
    return reply.headers["location"]


async def certificate_demanded(world: Portal, _paper: bytes) -> Any:
    return world.office.parts.trust(world.office.settings.roots).check_hostname


ENDS: tuple[tuple[str, Any, Any, Any], ...] = (
    ("keys_kept_for_ever", after_a_new_key, 303, 403),
    ("code_sent_twice", exchanges, 1, 2),
    ("callback_remembered", callback_again, [True, False], [True, True]),
    ("kind_ignored", said(LoaiTaiKhoan="9"), 403, 303),
    ("kind_must_be_text", said(LoaiTaiKhoan=1), 303, 403),
    ("name_cut", long_name, LONG.strip(), LONG[:60].strip()),
    ("schema_is_closed", said(hidden={"deep": True}), 303, 403),
    ("number_made_up", said(SoDinhDanh=None), 403, 303),
    ("login_without_userinfo", userinfo_fails, 403, 303),
    ("error_shows_tokens", page_of_an_error, False, True),
    ("signature_not_checked", signed_by_another_key, 403, 303),
    ("subjects_not_compared", said(sub="another"), 403, 303),
    ("code_not_bound", what_binds_the_code, ["code_challenge", "nonce", "state"], ["state"]),
    ("id_token_in_address", address_after_the_login, False, True),
    ("certificate_not_verified", certificate_demanded, True, False),
    ("own_token_logs_in", brought(token_of="c"), False, True),
    ("own_token_logs_in", brought(token_of="another"), False, False),
    ("any_token_logs_in", brought(token_of="another"), False, True),
    ("applicant_of_the_form", applicant_after_filling, "Nguyễn Thị Mỹ Dưỡng", "NGƯỜI KHÁC"),
    ("provider_session_left", logout_leads_on, 303, 200),
    ("provider_session_hidden", logout_leads_on, 303, 200),
    ("deep_link_lost", target_of_a_deep_link, [LINK], ["/"]),
    ("deep_link_unknown", status_of_a_deep_link, 302, 404),
    ("mdt_believed", deep_link_of_another, False, True),
    ("target_of_the_latest", first_of_two_targets, "/mot", "/hai"),
)
