"""The tabs "Usb ký số" and "Sim ký số": what proves who somebody is, what does not, and nothing twice."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from simulators.kernel import prompts
from simulators.kernel.citizens import Citizen
from simulators.kernel.pki import Certificate
from simulators.kernel.profiles import Leaf
from simulators.kernel.prompts import Prompt
from simulators.kernel.records import Event
from tests.simulators.portal.house import Browser, House, Page, in_house, query, told

CA = "some-ca"


async def certificate(house: House, citizen: Citizen, *uids: str, **leaf: Any) -> Certificate:
    pki = house.world.pki
    await pki.authority(CA, {"C": "VN", "O": "CA", "CN": "Some CA"})
    named = uids or (f"CCCD:{citizen.id}",)
    wanted = Leaf(subject={"C": "VN", "CN": "X"}, uids=named, **leaf)
    return await pki.issue(CA, citizen.id, wanted)


async def to_tab(house: House, browser: Browser, tab: str) -> Page:
    return await browser.go("GET", f"{(await house.to_password(browser)).url}&tab={tab}")


def challenge(page: Page) -> str:
    found = re.search(r'id="challenge" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def signed(house: House, own: Certificate, text: str) -> dict[str, str]:
    value = house.world.pki.sign_digest(own.keypair, hashlib.sha256(text.encode()).digest())
    return {"certificate": own.der, "signature": base64.b64encode(value).decode()}


def failure(page: Page) -> str:
    return query(page).get("authFailureMsg", [""])[0]


@in_house()
async def test_a_signed_challenge_logs_the_certificates_person_in(house: House) -> None:
    citizen = await house.world.citizens.make()
    own = await certificate(house, citizen, "MST:0101234567", f"CCCD:{citizen.id}")
    browser = house.browser()
    page = await to_tab(house, browser, "usb")
    page = await browser.submit(page, "usbForm", **signed(house, own, challenge(page)))
    back = told(await browser.submit(page, "finalForm"))
    tokens = (await house.tokens(back["code"])).json()
    assert (await house.userinfo(tokens["access_token"])).json()["SoDinhDanh"] == citizen.id
    (row,) = house.rows("certificate_accepted")
    assert (row.subject, row.body) == (citizen.id, {"serial": own.id})


@in_house()
async def test_a_signature_is_good_for_its_own_challenge_once(house: House) -> None:
    citizen = await house.world.citizens.make()
    own = await certificate(house, citizen)
    other = house.browser()
    stolen = signed(house, own, challenge(await to_tab(house, other, "usb")))
    browser = house.browser()
    page = await to_tab(house, browser, "usb")
    first = challenge(page)
    page = await browser.submit(page, "usbForm", **stolen)
    assert failure(page) == "signature.mismatch"
    assert challenge(page) != first
    page = await browser.submit(page, "usbForm", **signed(house, own, first))
    assert failure(page) == "signature.mismatch"
    page = await browser.submit(page, "usbForm", **signed(house, own, challenge(page)))
    assert "finalForm" in page.text
    assert [row.body["reason"] for row in house.rows("certificate_refused")] == ["wrong_signature"] * 2


@in_house()
async def test_a_lapsed_and_a_revoked_certificate_open_nothing_and_a_good_one_does(house: House) -> None:
    citizen = await house.world.citizens.make()
    lapsed = await certificate(house, citizen, days=10, begun_days_ago=11)
    revoked, suspended, good = [await certificate(house, citizen) for _ in range(3)]
    await house.world.pki.set_status(revoked.id, "revoked")
    await house.world.pki.set_status(suspended.id, "suspended")
    browser = house.browser()
    page = await to_tab(house, browser, "usb")
    for own, code in ((lapsed, "expired"), (revoked, "revoked"), (suspended, "revoked")):
        page = await browser.submit(page, "usbForm", **signed(house, own, challenge(page)))
        assert failure(page) == f"certificate.{code}"
    page = await browser.submit(page, "usbForm", **signed(house, good, challenge(page)))
    assert "finalForm" in page.text


@pytest.mark.parametrize("uids", [("MST:0101234567",), ("CCCD:099999999999",), ("CMND:001099000001",)])
@in_house()
async def test_a_certificate_that_names_no_citizen_opens_no_account(house: House, uids: tuple[str, ...]) -> None:
    citizen = await house.world.citizens.make()
    own = await certificate(house, citizen, *uids)
    browser = house.browser()
    page = await to_tab(house, browser, "usb")
    page = await browser.submit(page, "usbForm", **signed(house, own, challenge(page)))
    assert failure(page) == "account.not.found"


@in_house()
async def test_a_certificate_of_no_ca_of_the_world_opens_nothing(house: House) -> None:
    citizen = await house.world.citizens.make()
    own = await certificate(house, citizen)
    real = x509.load_der_x509_certificate(own.der_bytes)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = (
        x509.CertificateBuilder()
        .subject_name(real.subject)
        .issuer_name(real.issuer)
        .serial_number(real.serial_number)
        .not_valid_before(real.not_valid_before_utc)
        .not_valid_after(real.not_valid_after_utc)
        .public_key(key.public_key())
        .sign(key, hashes.SHA256())
    )
    der = base64.b64encode(forged.public_bytes(serialization.Encoding.DER)).decode()
    browser = house.browser()
    page = await to_tab(house, browser, "usb")
    of_version_2 = own.der_bytes.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020101"), 1)
    with pytest.raises(x509.InvalidVersion):
        x509.load_der_x509_certificate(of_version_2)
    odd = (b"no certificate", of_version_2, own.der_bytes[:-1], own.der_bytes + b"\0")
    for brought in (der, "", "%%%", *(base64.b64encode(one).decode() for one in odd)):
        typed = signed(house, own, challenge(page)) | {"certificate": brought}
        page = await browser.submit(page, "usbForm", **typed)
        assert failure(page) == "certificate.unknown"


async def to_phone(house: House, browser: Browser, citizen: Citizen) -> tuple[Page, Prompt]:
    page = await browser.submit(await to_tab(house, browser, "sim"), "simForm", phone=citizen.phone or "")
    (prompt,) = await house.world.store.find(Prompt, about=citizen.id)
    assert f'id="simCode">{prompt.code}<' in page.text
    return page, prompt


async def on_the_phone(house: House, prompt: Prompt, choice: str, pin: str | None = None) -> str:
    (kind,) = house.family.prompt_kinds
    try:
        await kind.answer(prompt, choice, pin, Event(source="login.x", word="prompt_answered", ref=prompt.ref))
    except prompts.Refused as refused:
        return refused.text
    return ""


def reasons(house: House) -> list[str]:
    return [row.body["reason"] for row in house.rows("sim_refused")]


@in_house()
async def test_the_sims_pin_on_the_phone_logs_its_owner_in(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page, prompt = await to_phone(house, browser, citizen)
    page = await browser.submit(page, "simWait")
    assert "simWait" in page.text, "nobody has answered yet"
    assert await on_the_phone(house, prompt, "approve", citizen.pin) == ""
    page = await browser.submit(page, "simWait")
    back = told(await browser.submit(page, "finalForm"))
    tokens = (await house.tokens(back["code"])).json()
    assert (await house.userinfo(tokens["access_token"])).json()["SoDinhDanh"] == citizen.id
    assert await house.world.store.find(Prompt, about=citizen.id) == []


@in_house()
async def test_refused_on_the_phone_the_page_says_so_and_may_ask_again(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page, prompt = await to_phone(house, browser, citizen)
    assert await on_the_phone(house, prompt, "refuse") == ""
    page = await browser.submit(page, "simWait")
    assert "từ chối trên điện thoại" in page.text
    page = await browser.submit(page, "simForm", phone=f"+84{(citizen.phone or '')[1:]}")
    (again,) = await house.world.store.find(Prompt, about=citizen.id)
    assert await on_the_phone(house, prompt, "approve", citizen.pin) == "Giao dịch đăng nhập đã kết thúc."
    assert await on_the_phone(house, again, "approve", citizen.pin) == ""
    assert "finalForm" in (await browser.submit(page, "simWait")).text


@in_house()
async def test_the_third_wrong_pin_blocks_the_sim_for_every_login(house: House) -> None:
    citizen = await house.world.citizens.make(overrides={"pin": "123456"})
    browser = house.browser()
    page, prompt = await to_phone(house, browser, citizen)
    said = [await on_the_phone(house, prompt, "approve", "000000") for _ in range(3)]
    assert said[:2] == ["Mã PIN không đúng. Bạn còn 2 lần thử.", "Mã PIN không đúng. Bạn còn 1 lần thử."]
    assert "bị khoá" in said[2]
    page = await browser.submit(page, "simWait")
    assert "bị khoá" in page.text
    page = await browser.submit(page, "simForm", phone=citizen.phone or "")
    assert failure(page) == "sim.pin.blocked"
    assert await house.world.store.find(Prompt, about=citizen.id) == []
    assert reasons(house) == ["wrong_pin", "wrong_pin", "sim_blocked", "sim_blocked"]


@in_house()
async def test_two_wrong_pins_and_a_right_one_take_the_count_back(house: House) -> None:
    citizen = await house.world.citizens.make(overrides={"pin": "123456"})
    for _ in range(2):
        _, prompt = await to_phone(house, house.browser(), citizen)
        assert [await on_the_phone(house, prompt, "approve", pin) for pin in ("0", "0", "123456")][2] == ""


@in_house(sim_ttl=60)
async def test_a_phone_that_is_silent_too_long_logs_nobody_in(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page, prompt = await to_phone(house, browser, citizen)
    await house.later(59.9)
    assert "simWait" in (await browser.submit(page, "simWait")).text
    await house.later(0.1)
    assert await on_the_phone(house, prompt, "approve", citizen.pin) == "Yêu cầu đã hết hạn."
    page = await browser.submit(page, "simWait")
    assert "Không có trả lời từ điện thoại" in page.text
    assert reasons(house) == ["sim_expired"]


@in_house()
async def test_the_control_side_ends_the_wait_and_then_the_attempt(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page, prompt = await to_phone(house, browser, citizen)
    assert await house.end(prompt.ref) == 1
    shown = await browser.submit(page, "simWait")
    assert "Không có trả lời từ điện thoại" in shown.text
    assert "simWait" not in shown.text
    assert await house.end(prompt.ref) == 1
    assert (await browser.go("GET", page.url)).reply.status_code == 400


@in_house()
async def test_another_way_may_be_chosen_while_the_phone_is_asked(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    _, prompt = await to_phone(house, browser, citizen)
    chooser = await browser.go(
        "GET", "/portal/vnconnect-2022/authenticationendpoint/oauth2_login.do?sessionDataKey=" + prompt.ref
    )
    page = await browser.submit(chooser, "way1")
    assert "loginForm" in page.text
    assert await house.world.store.find(Prompt, about=citizen.id) == []
    assert await on_the_phone(house, prompt, "approve", citizen.pin) == "Giao dịch đăng nhập đã kết thúc."


@pytest.mark.parametrize("number", ["", "0900000000", "+84", "nobody", "0' OR 1=1"])
@in_house()
async def test_a_number_of_nobody_asks_no_phone(house: House, number: str) -> None:
    browser = house.browser()
    page = await browser.submit(await to_tab(house, browser, "sim"), "simForm", phone=number)
    assert failure(page) == "sim.not.found"
    assert query(page)["tab"] == ["sim"]


@in_house()
async def test_a_number_of_two_people_asks_neither(house: House) -> None:
    first = await house.world.citizens.make()
    await house.world.citizens.make({"phone": first.phone})
    browser = house.browser()
    page = await browser.submit(await to_tab(house, browser, "sim"), "simForm", phone=first.phone or "")
    assert failure(page) == "sim.not.found"
