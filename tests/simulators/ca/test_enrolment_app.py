"""Enrolment over HTTP, from the form to the first signature: JSON, pages, messages, refusals, a restart in the middle."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from simulators.ca.desk.appraising import appraise_due
from simulators.ca.desk.enrolling import Enrolling
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.kernel.clock import VIETNAM, still, to_instant
from tests.places import Place, Running, running
from tests.simulators.ca.apps import PASSWORD, App, Pages
from tests.simulators.ca.callers import Ca2, Neac, Vnpt, digest, file
from tests.simulators.living import Living, living
from tests.worlds import BEARER

APP = "/ca/vnpt/app"
MORNING = datetime(2026, 2, 17, 9, tzinfo=VIETNAM)


@pytest.fixture(scope="module")
def lab() -> Iterator[Running]:
    with running("ca", "messages", clock=still(MORNING)) as made:
        yield made


async def listed(place: Place, app: App) -> list[dict[str, Any]]:
    told = (await (await Vnpt.at(place, "vnpt")).list(app.citizen.id)).json()
    assert told["status_code"] == 200, told
    return list(told["data"]["user_certificates"])


def certificate(row: dict[str, Any]) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(row["cert_data"]))


def verify(paper: dict[str, str], signer: x509.Certificate) -> None:
    assert paper["digest"] == hashlib.sha256(paper["text"].encode()).hexdigest()
    key = signer.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(paper["signature"]), paper["text"].encode(), padding.PKCS1v15(), hashes.SHA256())


def test_from_the_form_to_the_first_signature(lab: Running) -> None:
    async def story() -> None:
        place, app = lab.place, await App.of(lab.place, name="Đặng Thị Ưởng")
        vnpt = await Vnpt.at(place, "vnpt")
        assert (await app.account())["stage"] == "none"
        await app.up_to("paid")
        assert app.citizen.phone and [await app.code() in text for text in await app.inbox("mail")] == [True]
        await app.activate()
        await app.do("identify", card_number=app.citizen.id, face="match")
        assert (await app.do("contract", agree="yes"))["stage"] == "appraising"
        assert await listed(place, app) == []
        assert (await vnpt.sign(app.citizen.id, "T-early")).json()["status_code"] != 200
        await place.control("POST", "clock", {"advance_seconds": 1})  # messages of one instant have no order
        await app.approve()
        assert "Yêu cầu cấp chứng thư số đã được duyệt" in (await app.inbox("mail"))[-1]
        assert "da duoc duyet" in (await app.inbox("sms"))[-1]
        assert await listed(place, app) == [], "nothing before the minutes are signed"
        told = await app.do("minutes", password=PASSWORD)

        (row,) = await listed(place, app)
        own = certificate(row)
        assert told["serials"] == [row["serial_number"].lower()]
        for paper in told["papers"]:
            verify(paper, own)
        assert [paper["title"] for paper in told["papers"]][-1] == "Biên bản nghiệm thu"
        assert own.not_valid_after_utc.astimezone(VIETNAM).date().isoformat() == "2027-02-17"
        assert own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Đặng Thị Ưởng"
        assert (await vnpt.sign(app.citizen.id, "T-first", file(digest("x")))).json()["status_code"] == 200
        assert await place.approve(app.citizen) == ""
        assert (await vnpt.status("T-first")).json()["message"].upper() == "SUCCESS"
        words = [row.body["stage"] for row in place.rows(subject=app.citizen.id, word="enrolment_moved")]
        assert words == ["registered", "paid", "activated", "identified", "appraising", "approved", "active"]

    lab.run(story())


def test_the_same_by_the_pages_as_a_browser_sends_them(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place)
        pages = Pages(app)
        for form, button, typed in (
            ("register", "", {"package": "unlimited-36"}),
            ("pay", "", {"means": "credit"}),
            ("settle", "outcome=fail", {}),
            ("pay", "", {"means": "atm"}),
            ("settle", "outcome=pay", {}),
            ("resend", "", {}),
        ):
            reply = await pages.submit(form, button, **typed)
            assert reply.status_code == 303, (form, reply.text)
            await lab.place.control("POST", "clock", {"advance_seconds": 1})  # messages of one instant have no order
        wrong = await pages.submit("activate", code="x", password=PASSWORD)
        assert (wrong.status_code, "Bạn còn 4 lần thử" in wrong.text) == (422, True)
        assert (await pages.submit("activate", code=await app.code(), password=PASSWORD)).status_code == 303
        assert (await pages.submit("identify")).status_code == 303
        assert "Hợp đồng cung cấp dịch vụ" in (await pages.open()).text
        assert "Cần đồng ý" in (await pages.submit("contract")).text
        assert (await pages.submit("contract", agree="yes")).status_code == 303
        assert "có thể thoát ứng dụng" in (await pages.open()).text
        await app.decide("refuse", "Ảnh CCCD mờ")
        assert "Lý do: Ảnh CCCD mờ" in (await pages.open()).text
        for form, typed in (("update", {}), ("identify", {}), ("contract", {"agree": "yes"})):
            assert (await pages.submit(form, **typed)).status_code == 303
        await app.approve()
        assert (await pages.submit("minutes", password=PASSWORD)).status_code == 303
        assert (await pages.submit("certificate", "change=suspend", password=PASSWORD)).status_code == 303
        page = (await pages.open()).text
        assert 'data-standing="suspended"' in page
        assert 'data-stage="active"' in page
        assert "đang tạm dừng" in (await pages.submit("renew")).text
        assert (await pages.submit("certificate", "change=unsuspend", password=PASSWORD)).status_code == 303
        assert (await pages.submit("renew")).status_code == 303

    lab.run(story())


def test_each_page_says_that_it_is_simulated_and_needs_the_key(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place)
        assert "MÔ PHỎNG" in (await Pages(app).open()).text
        own = f"{APP}/{app.citizen.id}"
        lab.place.http.cookies.clear()  # the page left the key there
        assert (await lab.place.http.get(own)).status_code == 401
        assert (await lab.place.http.post(f"{own}/register", data={"name": "x"})).status_code == 401
        assert (await lab.place.http.post(f"{APP}/api/{app.citizen.id}/resend", json={})).status_code == 401
        nobody = await lab.place.http.get(f"{APP}/079199999999", params={"key": BEARER["Authorization"][7:]})
        assert (nobody.status_code, "Không có công dân" in nobody.text) == (404, True)
        assert (await lab.place.http.get(f"{APP}/api/079199999999", headers=BEARER)).status_code == 404

    lab.run(story())


@pytest.mark.parametrize(
    ("person", "typed", "reason"),
    [
        ({"not_enrolled": []}, {}, "already_subscriber"),
        ({"identity_expires": "20260216"}, {}, "card_expired"),
        ({"name": "Lê Thị Hoà"}, {"name": "Lê Thị Hòa"}, "name_marks"),
        ({"name": "Lê Thị Hoà"}, {"name": "Lê Thị Hoa"}, "name_marks"),
        ({"name": "Lê Thị Hoà"}, {"name": "Lê Thị Huệ"}, "name_differs"),
        ({}, {"package": "x"}, "package_unknown"),
    ],
)
def test_who_cannot_register_is_told_why_and_the_journal_says_it(
    lab: Running, person: dict[str, Any], typed: dict[str, str], reason: str
) -> None:
    async def story() -> None:
        app = await App.of(lab.place, **person)
        assert await app.refused("register", **app.details(**typed)) == reason
        (row,) = lab.place.rows(subject=app.citizen.id, word="turned_away")
        assert row.body["reason"] == reason
        assert (await app.account())["stage"] == "none"

    lab.run(story())


def test_a_device_is_activated_once(lab: Running) -> None:
    async def story() -> None:
        first, second = await App.of(lab.place), await App.of(lab.place)
        await first.up_to("activated", device="chung")
        assert await second.refused("register", **second.details(device="chung")) == "device_used"

    lab.run(story())


def test_five_wrong_passwords_lock_the_account_and_time_opens_it(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place)
        await app.up_to("approved")
        for reason in ("password_wrong",) * 4 + ("locked",) * 2:
            assert await app.refused("minutes", password="sai") == reason
        assert await app.refused("minutes", password=PASSWORD) == "locked"
        assert (await app.account())["standings"] == ["locked"]
        await lab.place.control("POST", "clock", {"advance_seconds": 300})
        assert (await app.do("minutes", password=PASSWORD))["stage"] == "active"
        assert await app.refused("certificate", change="suspend", password="sai") == "password_wrong"

    lab.run(story())


def test_turns_are_bought_used_up_and_bought_again(lab: Running) -> None:
    async def story() -> None:
        place, app = lab.place, await App.of(lab.place)
        vnpt = await Vnpt.at(place, "vnpt")
        assert (await app.up_to("active", package="per-signature-12"))["turns"] == 0
        assert "hết lượt ký" in (await vnpt.sign(app.citizen.id, "T-0")).json()["message"]
        assert (await app.pay("cancel", "turns", pack="5"))["turns"] == 0
        assert (await app.pay("pay", "turns", pack="5"))["turns"] == 5
        for number in range(5):
            assert (await vnpt.sign(app.citizen.id, f"T-turn-{number}")).json()["status_code"] == 200
            assert await place.approve(app.citizen) == ""
        spent = await app.account()
        assert (spent["turns"], spent["standings"]) == (0, ["turns_used"])
        assert "hết lượt ký" in (await vnpt.sign(app.citizen.id, "T-5")).json()["message"]
        assert (await app.pay("pay", "turns", pack="20"))["turns"] == 20

    lab.run(story())


def test_the_password_of_the_app_is_that_of_version_2(lab: Running) -> None:
    async def story() -> None:
        for looked_before in (False, True):
            app = await App.of(lab.place)
            path = f"smartca/vnpt/{app.citizen.id}"
            drawn = (await lab.place.control("GET", path)).json()["password"] if looked_before else ""
            await app.up_to("activated")
            assert (await lab.place.control("GET", path)).json()["password"] == PASSWORD != drawn

    lab.run(story())


def test_a_certificate_is_suspended_used_again_and_revoked_by_its_subscriber(lab: Running) -> None:
    async def story() -> None:
        place, app = lab.place, await App.of(lab.place)
        vnpt = await Vnpt.at(place, "vnpt")
        await app.up_to("active")
        for change, standing, status in (
            ("suspend", ["suspended"], 403),
            ("unsuspend", [], 200),
            ("revoke", ["revoked"], 403),
        ):
            assert (await app.do("certificate", change=change, password=PASSWORD))["standings"] == standing
            assert (await vnpt.sign(app.citizen.id, f"T-{change}")).json()["status_code"] == status
        assert await app.refused("certificate", change="unsuspend", password=PASSWORD) == "certificate_over"
        assert await app.refused("renew", means="atm") == "certificate_over"

    lab.run(story())


def _signs(vnpt: Vnpt, app: App, serial: str, name: str) -> Any:
    return vnpt.sign(app.citizen.id, f"T-{name}-{serial}", serial_number=serial)


def test_after_a_renewal_what_the_subscriber_asks_is_done_to_every_certificate_that_may_sign(lab: Running) -> None:
    async def story() -> None:
        place, app = lab.place, await App.of(lab.place)
        vnpt = await Vnpt.at(place, "vnpt")
        await app.up_to("active")
        serials = (await app.pay("pay", "renew"))["serials"]
        assert len(serials) == 2
        for change, status in (("suspend", 403), ("unsuspend", 200), ("revoke", 403)):
            await app.do("certificate", change=change, password=PASSWORD)
            said = [(await _signs(vnpt, app, serial, change)).json()["status_code"] for serial in serials]
            assert said == [status] * 2, change

    lab.run(story())


def test_a_revoked_certificate_stays_so_and_the_one_before_it_is_still_its_subscribers(lab: Running) -> None:
    async def story() -> None:
        place, app = lab.place, await App.of(lab.place)
        await app.up_to("active")
        first, second = (await app.pay("pay", "renew"))["serials"]
        await place.control("POST", f"certificates/{second}/revoke")
        await app.do("certificate", change="suspend", password=PASSWORD)
        changed = [
            (row.ref, row.body["status"]) for row in place.rows(subject=app.citizen.id, word="certificate_changed")
        ]
        assert changed == [(second, "revoked"), (first, "suspended")]

    lab.run(story())


def test_who_suspended_the_certificate_renews_it_when_it_serves_again(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place)
        await app.up_to("active")
        order = (await app.do("renew", means="atm"))["order"]["id"]
        await app.do("certificate", change="suspend", password=PASSWORD)
        assert await app.refused("renew", means="atm") == "certificate_suspended"
        assert await app.refused("settle", order=order, outcome="pay") == "certificate_suspended", "ordered before"
        await app.do("certificate", change="unsuspend", password=PASSWORD)
        assert len((await app.do("settle", order=order, outcome="pay"))["serials"]) == 2

    lab.run(story())


def test_a_world_may_let_who_suspended_the_certificate_renew_it() -> None:
    with running("ca", "messages", overrides={"vnpt-enrolment": {"renewal_while_suspended": "served"}}) as lab:

        async def story() -> None:
            app = await App.of(lab.place)
            await app.up_to("active")
            await app.do("certificate", change="suspend", password=PASSWORD)
            assert len((await app.pay("pay", "renew"))["serials"]) == 2

        lab.run(story())


def test_a_business_signs_hand_over_minutes_and_its_certificate_names_it(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place)
        papers = {"kind": "organisation", "organisation": "Công ty Thử", "tax_code": "0100000000", "licence": "GP-1"}
        other = {**papers, "representative": "079199000002"}
        assert await app.refused("register", **app.details(**{**papers, "licence": ""})) == "licence_missing"
        assert await app.refused("register", **app.details(**other)) == "authorisation_missing"
        assert await app.refused("register", **app.details(**other, authorisation="UQ")) == "seal_missing"
        told = await app.up_to("active", **other, authorisation="UQ", seal="yes")
        assert told["papers"][-1]["title"] == "Biên bản bàn giao, nghiệm thu"
        (row,) = await listed(lab.place, app)
        subject = certificate(row).subject
        uids = {one.value for one in subject.get_attributes_for_oid(NameOID.USER_ID)}
        assert uids == {"MST:0100000000", f"CCCD:{app.citizen.id}"}
        assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Công ty Thử"

    lab.run(story())


def test_an_appraisal_goes_on_by_itself_and_a_decision_comes_once(lab: Running) -> None:
    async def story() -> None:
        place, app = lab.place, await App.of(lab.place)
        assert (await app.decide()).status_code == 409
        await app.up_to("appraising")
        assert (await app.decide("refuse")).status_code == 422
        desk = _desk(place)
        await appraise_due(place.world.store, {"vnpt": desk})
        assert (await app.account())["stage"] == "appraising"
        await place.control("POST", "clock", {"advance_seconds": desk.spec.appraisal // 1000})
        await appraise_due(place.world.store, {"vnpt": desk})
        assert (await app.account())["stage"] == "approved"
        assert (await app.decide()).status_code == 409
        unknown = await place.control("POST", "enrolments/ca2/1", {"decision": "approve"})
        assert unknown.status_code == 404

    lab.run(story())


def _desk(place: Place) -> Enrolling:
    (family,) = [one for one in place.families if one.name == "ca"]
    spec = family.specs["vnpt-enrolment"]
    assert isinstance(spec, EnrolmentSpec)
    return Enrolling(place.world, spec, None)  # type: ignore[arg-type]  # an appraisal issues nothing


def test_who_enrols_at_one_ca_is_a_subscriber_of_the_others(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place)
        assert (await (await Ca2.at(lab.place, "ca2")).list(app.citizen.id)).json()["data"]["user_certificates"]
        assert await listed(lab.place, app) == []
        nobody = await lab.place.control("POST", "citizens", {"not_enrolled": ["fpt"]})
        assert (nobody.status_code, "not_enrolled" in nobody.json()["error"]) == (422, True)
        hub = await Neac.at(lab.place, "neac")
        assert (await hub.list(app.citizen.id, "VNPT-CA")).json()["data"]["user_certificates"] == []
        await app.up_to("active")
        assert (await hub.list(app.citizen.id, "VNPT-CA")).json()["data"]["user_certificates"]

    lab.run(story())


def test_a_certificate_ends_with_its_term_and_a_renewal_begins_another() -> None:
    async def story(lab: Running) -> None:
        app = await App.of(lab.place)
        vnpt = await Vnpt.at(lab.place, "vnpt")
        first = await app.up_to("active")
        await lab.place.control("POST", "clock", {"advance_seconds": 365 * 24 * 3600})
        assert (await app.account())["standings"] == ["expired"]
        assert (await vnpt.sign(app.citizen.id, "T-late")).json()["status_code"] == 403
        renewed = await app.pay("pay", "renew")
        assert (renewed["standings"], len(renewed["serials"])) == ([], 2)
        chosen = {"serial_number": renewed["serials"][1]}
        assert renewed["serials"][0] == first["serials"][0]
        assert (await vnpt.sign(app.citizen.id, "T-new", **chosen)).json()["status_code"] == 200
        await app.do("certificate", change="suspend", password=PASSWORD)
        (changed,) = lab.place.rows(subject=app.citizen.id, word="certificate_changed")
        assert changed.ref == renewed["serials"][1], "what has lapsed stays as it was"

    with running("ca", "messages", clock=still(MORNING)) as lab:
        lab.run(story(lab))


@pytest.mark.parametrize(
    ("day", "channel", "amount", "months"),
    [
        ("2022-01-31", "binhduong", 0, 12),
        ("2022-12-31", "binhduong", 400_000, 15),
        ("2023-01-01", "binhduong", 400_000, 12),
        ("2022-01-31", "", 400_000, 12),
    ],
)
def test_a_promotion_makes_the_price_and_the_term(day: str, channel: str, amount: int, months: int) -> None:
    async def story(lab: Running) -> None:
        app = await App.of(lab.place)
        told = await app.do("register", **app.details(channel=channel))
        assert (told["amount"], told["months"]) == (amount, months)
        assert told["stage"] == ("paid" if amount == 0 else "registered")
        if not amount:
            assert told["renewal_percent_off"] == 10
            assert await app.refused("pay", means="atm") == "not_now"

    moment = datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=VIETNAM)
    with running("ca", "messages", clock=still(moment)) as lab:
        assert lab.place.world.store.now() == to_instant(moment)
        lab.run(story(lab))


def test_the_activation_code_and_an_order_are_ended_for_a_test_that_does_not_wait(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place)
        await app.up_to("registered")
        order = (await app.do("pay", means="atm"))["order"]["id"]
        assert (await lab.place.control("POST", "expire", {"ref": order})).json() == {"ended": ["enrolment_order"]}
        assert await app.refused("settle", order=order, outcome="pay") == "order_over"
        assert await app.refused("settle", order="x", outcome="pay") == "order_unknown"
        await app.pay()
        ref = {"ref": f"vnpt/{app.citizen.id}"}
        assert (await lab.place.control("POST", "expire", ref)).json() == {"ended": ["enrolment"]}
        assert (await lab.place.control("POST", "expire", ref)).status_code == 409
        assert await app.refused("activate", code=await app.code(), password=PASSWORD) == "code_late"

    lab.run(story())


def test_two_who_press_at_once_get_one_certificate(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place)
        await app.up_to("approved")
        replies = await asyncio.gather(*(app.post("minutes", password=PASSWORD) for _ in range(3)))
        assert sorted(reply.status_code for reply in replies) == [200, 409, 409]
        assert len(await listed(lab.place, app)) == 1

    lab.run(story())


def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    options = ("--data", str(tmp_path), "--only", "ca,messages")
    with living(*options) as server:
        person = _made(server)
        own = f"{APP}/api/{person['id']}"
        typed = {name: person[name] for name in ("name", "email", "phone", "address")}
        given = {**typed, "card_number": person["id"], "package": "unlimited-12", "device": "may"}
        _done(server, f"{own}/register", given)
        order = _done(server, f"{own}/pay", {"means": "atm"})["order"]["id"]
    with living(*options) as server:
        _done(server, f"{own}/settle", {"order": order, "outcome": "pay"})
        code = re.findall(r"\d{6}", server.http.get("/messages/inbox", params={"to": person["phone"]}).text)
    with living(*options) as server:
        sent = server.http.get("/messages/otp", params={"to": person["phone"]}).json()["otp"]
        assert sent in code
        _done(server, f"{own}/activate", {"code": sent, "password": PASSWORD})
        _done(server, f"{own}/identify", {"card_number": person["id"], "face": "match"})
        _done(server, f"{own}/contract", {"agree": "yes"})
    with living(*options) as server:
        _done(server, f"/control/enrolments/vnpt/{person['id']}", {"decision": "approve"})
    with living(*options) as server:
        told = _done(server, f"{own}/minutes", {"password": PASSWORD})
        assert (told["stage"], len(told["serials"])) == ("active", 1)


def test_the_ca_appraises_while_app_and_server_are_closed_and_its_notice_arrives(tmp_path: Path) -> None:
    options = ("--data", str(tmp_path), "--only", "ca,messages")
    with living(*options) as server:
        person = _made(server)
        own = f"{APP}/api/{person['id']}"
        typed = {name: person[name] for name in ("name", "email", "phone", "address")}
        given = {**typed, "card_number": person["id"], "package": "unlimited-12", "device": "may"}
        _done(server, f"{own}/register", given)
        order = _done(server, f"{own}/pay", {"means": "atm"})["order"]["id"]
        _done(server, f"{own}/settle", {"order": order, "outcome": "pay"})
        sent = server.http.get("/messages/otp", params={"to": person["phone"]}).json()["otp"]
        _done(server, f"{own}/activate", {"code": sent, "password": PASSWORD})
        _done(server, f"{own}/identify", {"card_number": person["id"], "face": "match"})
        _done(server, f"{own}/contract", {"agree": "yes"})
        _done(server, "/control/expire", {"ref": f"vnpt/{person['id']}"})
    with living(*options) as server:
        asked = {"to": person["email"], "wait": "10", "count": "2"}
        notices = server.http.get("/messages/inbox", params=asked).json()["messages"]
        assert notices[-1]["subject"] == "Yêu cầu cấp chứng thư số đã được duyệt"
        assert server.http.get(own).json()["stage"] == "approved"


def _made(server: Living) -> dict[str, Any]:
    reply = server.http.post("/control/citizens", json={"not_enrolled": ["vnpt"]})
    assert reply.status_code == 201, reply.text
    return dict(reply.json()["citizens"][0])


def _done(server: Living, path: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = server.http.post(path, json=body)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())
