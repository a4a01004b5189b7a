"""simulators.inprocess: real host names, sync and async clients, callbacks, pages; and the example of docs/in-process.md."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from conformance.browser import Browser
from conformance.checkout import Checkout
from conformance.control import Control
from conformance.entrance import Entrance
from conformance.people import Citizen, Inbox
from conformance.records import Payment
from reference_portal.calls import hub, login, smartca, vnpay
from simulators import inprocess
from simulators.hosts import LAB, hosts
from simulators.inprocess import PORTAL, Lab, NotSeen
from tests.over_httpx import over_httpx
from tests.source_tree import ROOT

PAGE = ROOT / "docs" / "in-process.md"
DIGEST = bytes(range(32))


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with inprocess.providers(seed="tet") as lab:
        yield lab


def run(work: Any) -> Any:
    return asyncio.run(work)


def order_for(citizen: dict[str, Any], transaction: str) -> smartca.Order:
    return smartca.Order(citizen["id"], "", transaction, "1", DIGEST, "Ký tờ khai")


def bill(ref: str) -> vnpay.Bill:
    return vnpay.Bill(ref=ref, amount=50_000, info="Nộp lệ phí", ip="127.0.0.1")


def pay(lab: Lab, url: str, ref: str) -> None:
    """The suite's browser at the gateway's pages, to the way back, which is not followed."""
    browser = Browser(over_httpx, home=PORTAL)
    page = browser.navigate(url, operation="checkout")
    payer = Citizen(**{name: value for name, value in lab.citizen().items() if name in Citizen.__struct_fields__})
    assert page.url.startswith("https://sandbox.vnpayment.vn/paymentv2/")
    Checkout(
        Payment(gateway="vnpay", ref=ref, url=url, amount=50_000, state="started"), payer, browser, page
    ).pay_unseen()


def test_the_example_of_the_page_is_ten_lines_and_passes() -> None:
    (example,) = re.findall(r"<!-- test -->\n```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(example.strip().splitlines()) == 10
    place: dict[str, Any] = {"httpx": httpx, "inprocess": inprocess}
    exec(example, place)

    place["test_what_the_citizen_approves_is_signed"]()


@pytest.mark.parametrize("profile", ["vnconnect-2022", "vneid-2026"])
def test_the_page_lists_every_host_that_is_answered(profile: str) -> None:
    page = PAGE.read_text("utf-8")
    assert [host.name for host in hosts(profile) if f"`{host.name}`" not in page] == []
    assert LAB.removeprefix("http://") in page


def test_what_is_told_names_real_hosts_and_never_a_mount(lab: Lab) -> None:
    told = httpx.get(f"{lab.sheet['login']['issuer']}/.well-known/openid-configuration").json()

    assert told["issuer"] == "https://testxacthuc.dichvucong.gov.vn/oauth2/token" == lab.sheet["login"]["issuer"]
    assert "/portal/" not in str(told)
    assert lab.sheet["vnpay"]["pay_url"] == "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html"
    assert lab.sheet["neac"]["base_url"] == "https://esign.neac.gov.vn"


def test_an_async_portal_signs_while_the_phone_is_answered(lab: Lab) -> None:
    """The hub answers only after the phone: the portal's loop must go on meanwhile."""
    citizen = lab.citizen()

    async def story() -> tuple[x509.Certificate, hub.Outcome]:
        async with httpx.AsyncClient() as http:
            (offered,) = await hub.certificates(http, lab.sheet["neac"], "VNPT-CA", citizen["id"])
            order = hub.Order(citizen["id"], offered.serial, "", "d1", DIGEST, "")
            signing = asyncio.create_task(hub.sign(http, lab.sheet["neac"], "VNPT-CA", order))
            await asyncio.to_thread(lab.approve, citizen, "d1")
            return x509.load_der_x509_certificate(offered.der), await signing

    certificate, outcome = run(story())

    assert outcome.state == "signed"
    key: Any = certificate.public_key()
    key.verify(outcome.value, DIGEST, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


def test_a_refusal_and_a_planned_fault_reach_the_portal(lab: Lab) -> None:
    citizen = lab.citizen()

    async def story() -> list[str]:
        async with httpx.AsyncClient() as http:
            order = order_for(citizen, "t-refused")
            begun = await smartca.sign(http, lab.sheet["vnpt"], order)
            await asyncio.to_thread(lab.refuse, citizen)
            refused = await smartca.status(http, lab.sheet["vnpt"], order)
            await asyncio.to_thread(lab.fault, "vnpt.list", "empty", about=citizen["id"])
            offered = await smartca.certificates(http, lab.sheet["vnpt"], citizen["id"])
            return [begun.state, refused.state, str(len(offered))]

    assert run(story()) == ["waiting", "refused", "0"]


def test_without_a_portal_a_notice_is_kept_byte_for_byte(lab: Lab) -> None:
    now = datetime.now(UTC)
    url = vnpay.pay_url(lab.sheet["vnpay"], bill("T-kept"), return_url=f"{PORTAL}/payment/return", now=now)

    pay(lab, url, "T-kept")

    (notice,) = lab.callbacks("T-kept")
    assert (notice.method, notice.url.host, notice.url.path) == ("GET", "portal.test", "/payment/ipn")
    assert vnpay.checksum_ok(lab.sheet["vnpay"]["hash_secret"], list(notice.url.params.multi_items()))
    assert lab.wait_for("undelivered", "T-kept")[0]["body"]["more"]


def asking_portal(sheets: list[Any], threads: list[int]) -> Starlette:
    """Believes a notice only after it asked the gateway, by a client that blocks its whole loop."""

    async def ipn(request: Request) -> JSONResponse:
        threads.append(threading.get_ident())
        ref, amount = request.query_params["vnp_TxnRef"], request.query_params["vnp_Amount"]
        told = httpx.post(sheets[0]["vnpay"]["api_url"], json={"vnp_TxnRef": ref, "amount": amount}).json()  # noqa: ASYNC210  # as portals do
        return JSONResponse({"RspCode": "00" if told["vnp_ResponseCode"] else "99", "Message": "Confirm Success"})

    async def back(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"code {request.query_params['code']}")

    return Starlette(routes=[Route("/payment/ipn", ipn), Route("/login/callback", back)])


def test_a_notice_is_delivered_to_the_portal_that_asks_back_meanwhile() -> None:
    sheets: list[Any] = []
    threads: list[int] = []
    with inprocess.providers(asking_portal(sheets, threads)) as lab:
        sheets.append(lab.sheet)
        url = vnpay.pay_url(
            lab.sheet["vnpay"], bill("T1"), return_url=f"{PORTAL}/payment/return", now=datetime.now(UTC)
        )

        pay(lab, url, "T1")

        (row,) = lab.wait_for("delivered", "T1")
    assert (row["body"]["status"], row["body"]["more"]) == (200, False)
    assert '"RspCode":"00"' in row["body"]["answer"]
    assert threads != [threading.get_ident()]


def test_a_wsgi_portal_that_crashes_is_told_again_later() -> None:
    def crashing(_environ: Any, _start: Any) -> Any:
        raise RuntimeError("no such table")

    with inprocess.providers(httpx.WSGITransport(crashing)) as lab:
        url = vnpay.pay_url(lab.sheet["vnpay"], bill("T1"), return_url=f"{PORTAL}/back", now=datetime.now(UTC))
        refused = httpx.get(url)
        assert "code=71" in refused.headers["Location"]  # not the return_url of the contract
        url = vnpay.pay_url(
            lab.sheet["vnpay"], bill("T2"), return_url=f"{PORTAL}/payment/return", now=datetime.now(UTC)
        )

        pay(lab, url, "T2")

        (row,) = lab.wait_for("undelivered", "T2")
    assert "no such table" in row["body"]["error"]
    assert row["body"]["more"]


@pytest.mark.parametrize("profile", ["vnconnect-2022", "vneid-2026"])
def test_a_citizen_logs_in_at_the_real_host_twice_with_one_session(profile: str) -> None:
    with inprocess.providers(asking_portal([], []), login_profile=profile) as lab:
        citizen = lab.citizen()
        browser = Browser(over_httpx, home=PORTAL)
        with Control(
            LAB, lab.http.headers["Authorization"].removeprefix("Bearer "), lab.sheet["contract"], send=over_httpx
        ) as control:
            people = Citizen(**{name: value for name, value in citizen.items() if name in Citizen.__struct_fields__})
            first, second = login.begin("/"), login.begin("/")
            back = f"{PORTAL}/login/callback"
            page = browser.navigate(login.authorization_url(lab.sheet["login"], back, first), operation="login")
            page = Entrance(browser, people, control, Inbox(control, people)).through(page)
            visited = {hop.request.url.partition("?")[0] for hop in browser.hops}
            again = browser.navigate(login.authorization_url(lab.sheet["login"], back, second), operation="login")
            elsewhere = Browser(over_httpx, home=PORTAL)
            whose = {"citizen": citizen["id"], "contract": control.contract}
            known = control.post("/control/login/sessions", whose)
            elsewhere.take(known["set_cookie"], known["url"])
            third = elsewhere.navigate(
                login.authorization_url(lab.sheet["login"], back, login.begin("/")), operation="login"
            )

        async def redeem() -> login.Identity:
            async with httpx.AsyncClient() as http:
                return await login.redeem(http, lab.sheet["login"], back, again.text.removeprefix("code "), second)

        person = run(redeem())
    assert all(each.text.startswith("code ") for each in (page, again, third))
    assert person.personal_id == citizen["id"]
    assert {url for url in visited if "/portal/" in url} == set()
    assert {cookie.path for cookie in browser.cookies_for("https://testxacthuc.dichvucong.gov.vn/x")} == {"/"}


def test_both_names_of_a_provider_are_one_provider_and_plain_http_is_nobody(lab: Lab) -> None:
    ca, citizen = lab.sheet["vnpt"], lab.citizen()
    asked = {"sp_id": ca["sp_id"], "sp_password": ca["sp_password"], "user_id": citizen["id"], "transaction_id": ""}
    path = "/sca/sp769/v1/credentials/get_certificate"

    rows = [
        httpx.post(f"https://{name}{path}", json=asked).json()["data"]["user_certificates"][0]["serial_number"]
        for name in ("rmgateway.vnptit.vn", "gwsca.vnpt.vn")
    ]

    assert rows[0] == rows[1]
    for url in ("http://rmgateway.vnptit.vn" + path, "https://elsewhere.example/"):
        with pytest.raises(respx.models.AllMockedAssertionError):
            httpx.post(url, json=asked)


def test_routes_of_the_vendor_live_beside_it(lab: Lab) -> None:
    lab.router.get("https://elsewhere.test/").respond(204)
    lost = lab.router.post(lab.sheet["vnpay"]["api_url"]).mock(side_effect=httpx.ReadTimeout)

    with respx.mock:
        respx.get("https://another.test/").respond(202)
        codes = [httpx.get(f"https://{name}.test/").status_code for name in ("elsewhere", "another")]
        alive = lab.http.get("/control/health").status_code
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(lab.sheet["vnpay"]["api_url"])

    assert ([*codes, alive], lost.called) == ([204, 202, 200], True)
    lab.router.clear()


def test_the_newest_world_answers_and_then_the_earlier_one_again(lab: Lab) -> None:
    with inprocess.providers() as newer:
        assert newer.http.get(f"/control/contracts/{newer.sheet['contract']}").status_code == 200
        assert httpx.get(f"{LAB}/control/health").json()["nonce"] == newer.http.get("/control/health").json()["nonce"]
    assert lab.http.get(f"/control/contracts/{lab.sheet['contract']}").status_code == 200


def test_a_contract_that_cannot_be_is_refused_in_one_sentence_and_leaves_nothing_behind() -> None:
    def loops() -> list[str]:
        return sorted(thread.name for thread in threading.enumerate() if thread.name in {"providers", "portal"})

    before = loops()

    with pytest.raises(ValueError, match="login_profile 'x' is not known"), inprocess.providers(login_profile="x"):
        raise AssertionError

    assert loops() == before


def test_what_does_not_happen_is_said(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inprocess, "LONGEST_WAIT", 0.05)

    for wait in (
        lambda: lab.approve(lab.citizen()),
        lambda: lab.callbacks("nobody"),
        lambda: lab.wait_for("delivered", "n"),
    ):
        with pytest.raises(NotSeen):
            wait()


def test_a_mail_goes_over_loopback_and_an_sms_over_the_lab(lab: Lab) -> None:
    from reference_portal.calls import messages  # noqa: PLC0415

    citizen = lab.citizen()

    async def story() -> None:
        await messages.send_mail(lab.sheet["smtp"], citizen["email"], "Thông báo", "Hồ sơ đã nhận")
        async with httpx.AsyncClient() as http:
            await messages.send_sms(http, lab.sheet["sms"], citizen["phone"], "Hồ sơ đã nhận")

    run(story())

    for channel, to in (("mail", citizen["email"]), ("sms", citizen["phone"])):
        asked = {"to": to, "channel": channel, "count": 1, "wait": 5}
        assert len(lab.http.get("/messages/inbox", params=asked).json()["messages"]) == 1


def test_one_seed_makes_one_people_and_a_provider_is_overridden_by_field() -> None:
    made = []
    for _ in range(2):
        with inprocess.providers(seed="one", overrides={"vnpt": {"request_ttl": 1000}}) as lab:
            made.append(lab.citizen()["name"])

    assert made[0] == made[1]
