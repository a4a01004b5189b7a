"""The whole portal over HTTP, with providers in memory: the path of a dossier and the ways it must not go."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from tests.reference_portal.authority import Authority
from tests.reference_portal.stories import (
    FREE,
    OTHER,
    PAID,
    PDF,
    SIGNED,
    THANH_LUONG,
    THANH_PHU,
    a_draft,
    a_payment,
    acted,
    attached,
    play,
    read,
    signed,
    submitted,
)
from tests.reference_portal.world import ORIGIN, Browser, Person, Portal, notice


def test_the_login_ends_at_the_target_with_a_new_session(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = Browser(world)
        await browser.get("/pti/login")
        before = browser.cookie
        reply = await browser.log_in(Person(), "/ho-so/abc")
        assert (reply.status_code, reply.headers["location"]) == (303, "/ho-so/abc")
        assert browser.cookie != before
        told = (await browser.get("/pti/session")).json()
        assert (told["signed_in"], told["subject"], told["personal_id"]) == (True, "t-1", "001099000001")
        assert re.search("HttpOnly; Secure; SameSite=Lax", reply.headers["set-cookie"])

    play(authority, story)


def test_a_state_of_nobody_or_used_twice_gives_no_session(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = Browser(world)
        asked = await browser.begin()
        world.providers.codes["c"] = (Person(), asked["nonce"])
        for state in ("", "x", asked["state"] + "x"):
            reply = await browser.get("/sso/callback", params={"code": "c", "state": state})
            assert reply.status_code == 403
        good = {"code": "c", "state": asked["state"]}
        assert (await Browser(world).get("/sso/callback", params=good)).status_code == 403
        assert (await browser.get("/sso/callback", params=good)).status_code == 303
        assert (await browser.get("/sso/callback", params=good)).status_code == 403

    play(authority, story)


def test_after_logout_the_old_cookie_is_worth_nothing(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        old = browser.cookie
        reply = await browser.post("/pti/logout")
        assert reply.status_code == 303
        assert "id_token_hint=" in reply.headers["location"]
        browser.cookie = old
        assert (await browser.get("/pti/session")).json() == {"signed_in": False}

    play(authority, story)


def test_a_session_idles_out(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        world.later(minutes=29)
        assert (await browser.get("/pti/session")).json()["signed_in"]
        world.later(minutes=31)
        assert not (await browser.get("/pti/session")).json()["signed_in"]

    play(authority, story)


def test_two_techids_with_one_address_are_two_accounts(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        first, second = await world.citizen(), await world.citizen(OTHER)
        await a_draft(first)
        assert (await second.get("/pti/dossiers")).json()["dossiers"] == []

    play(authority, story)


def test_a_login_without_address_and_phone_works_and_tells_nobody(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        await submitted(await world.citizen(Person(phone="", email="")), paper)
        await world.settled()
        assert world.providers.sms == world.providers.mails == []

    play(authority, story)


@pytest.mark.parametrize("origin", ["", "null", "http://127.0.0.1:4001", "http://localhost:4002"])
def test_a_change_that_does_not_come_from_the_portals_pages_is_refused(authority: Authority, origin: str) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        headers = {"origin": origin} if origin else {}
        headers["cookie"] = f"phien={browser.cookie}"
        body = {"procedure": FREE, "agency": THANH_LUONG}
        assert (await world.http.post("/pti/dossiers", json=body, headers=headers)).status_code == 403

    play(authority, story)


def test_without_a_session_nothing_is_made_and_a_page_leads_to_the_login(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        stranger = Browser(world)
        body = {"procedure": FREE, "agency": THANH_LUONG}
        assert (await stranger.post("/pti/dossiers", body)).status_code == 401
        reply = await stranger.get("/ho-so/abc", headers={"accept": "text/html"})
        assert (reply.status_code, reply.headers["location"]) == (302, "/pti/login?target=%2Fho-so%2Fabc")

    play(authority, story)


def test_submission_names_the_component_that_is_missing(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser)
        reply = await acted(browser, dossier)
        assert (reply.status_code, reply.json()["field"]) == (422, "to-khai")
        await attached(browser, dossier, paper)
        told = (await acted(browser, dossier)).json()
        assert re.fullmatch(r"000\.00\.01\.H10-261121-0001", told["code"])
        assert (await acted(browser, dossier)).status_code == 409

    play(authority, story)


def test_bytes_and_vietnamese_name_are_kept_and_the_type_is_read_from_the_content(
    authority: Authority, paper: bytes
) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser)
        component = (await attached(browser, dossier, paper))["components"][0]
        assert component["file_name"] == "Giấy tờ.pdf"
        reply = await browser.get(f"/pti/dossiers/{dossier['id']}/files/{component['file']}")
        assert reply.content == paper
        path = f"/pti/dossiers/{dossier['id']}/components/to-khai"
        assert (await browser.send("PUT", path, content=b"MZ\x90", headers=PDF)).status_code == 415
        big = b"%PDF-" + bytes(10 * 1024 * 1024)
        assert (await browser.send("PUT", path, content=big, headers=PDF)).status_code == 413
        assert (await browser.send("PUT", path, content=big[: 10 * 1024 * 1024], headers=PDF)).status_code == 200

    play(authority, story)


def test_another_citizen_gets_nothing_of_a_dossier(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        dossier = await submitted(await world.citizen(), paper)
        other = await world.citizen(OTHER)
        place = f"/pti/dossiers/{dossier['id']}"
        file = dossier["components"][0]["file"]
        replies = [
            await other.get(place),
            await other.get(f"{place}/files/{file}"),
            await other.send("PUT", f"{place}/components/to-khai", json={"delete": True}),
            await other.post(f"{place}/act", {"action": "withdraw"}),
            await other.post(f"{place}/pay", {"gateway": "vnpay"}),
            await other.get(f"/ho-so/{dossier['id']}"),
        ]
        assert {reply.status_code for reply in replies} == {404}

    play(authority, story)


def test_parallel_submissions_get_different_codes(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        drafts = [await a_draft(browser) for _ in range(8)]
        for dossier in drafts:
            await attached(browser, dossier, paper)
        replies = await asyncio.gather(*(acted(browser, dossier) for dossier in drafts))
        assert sorted(reply.json()["code"][-4:] for reply in replies) == [f"{n:04d}" for n in range(1, 9)]

    play(authority, story)


@pytest.mark.parametrize("through", ["direct", "hub"])
def test_a_signed_component_is_sound_whole_and_the_applicants(authority: Authority, through: str) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser, SIGNED)
        path = f"/pti/dossiers/{dossier['id']}/components/to-khai"
        assert (await browser.send("PUT", path, json={"form": {"child_name": "DƯỠNG"}})).status_code == 200
        assert (await acted(browser, dossier)).json()["field"] == "to-khai"
        component = await signed(browser, dossier, "001099000001", through)
        assert component["state"] == "signed", component
        assert component["signatures"][0]["personal_id"] == "001099000001"
        assert [version["signed"] for version in component["versions"]] == [False, True]
        assert (await acted(browser, dossier)).status_code == 200

    play(authority, story)


@pytest.mark.parametrize(("phone", "state"), [("refuse", "refused"), ("another_signer", "failed")])
def test_no_other_answer_marks_the_file_and_a_new_signing_works(authority: Authority, phone: str, state: str) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser, SIGNED)
        await browser.send("PUT", f"/pti/dossiers/{dossier['id']}/components/to-khai", json={"form": {}})
        world.providers.phone = phone
        component = await signed(browser, dossier, "001099000001")
        assert (component["state"], component["signing"]["state"]) == ("attached", state)
        assert component["signing"]["message_vi"]
        world.providers.phone = "approve"
        assert (await signed(browser, dossier, "001099000001"))["state"] == "signed"

    play(authority, story)


def test_a_signature_of_a_namesake_is_refused(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser, SIGNED)
        await browser.send("PUT", f"/pti/dossiers/{dossier['id']}/components/to-khai", json={"form": {}})
        component = await signed(browser, dossier, "001099000002")
        assert (component["state"], component["signing"]["state"]) == ("attached", "failed")

    play(authority, story)


@pytest.mark.parametrize(("flaw", "state"), [(None, "attached"), ("late_answer_applied", "signed")])
def test_a_late_answer_is_not_applied_to_a_file_that_was_replaced(
    authority: Authority, paper: bytes, flaw: str | None, state: str
) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser, SIGNED)
        await attached(browser, dossier, paper)
        world.providers.phone = "wait"
        signing = asyncio.create_task(signed(browser, dossier, "001099000001"))
        await world.providers.asked.wait()
        await attached(browser, dossier, paper + b"\n")
        world.providers.phone = "approve"
        await world.http.post("/smartca/webhook", json={"transaction_id": next(iter(world.providers.orders))})
        await signing
        assert (await read(browser, dossier))["components"][0]["state"] == state

    play(authority, story, flaw)


def test_one_changed_byte_breaks_a_signed_file_and_blocks_submission(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser, SIGNED)
        await attached(browser, dossier, paper)
        component = await signed(browser, dossier, "001099000001")
        file = (await browser.get(f"/pti/dossiers/{dossier['id']}/files/{component['file']}")).content
        at = file.index(b"/Producer") + 12
        changed = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
        assert (await attached(browser, dossier, changed))["components"][0]["state"] == "broken"
        assert (await acted(browser, dossier)).status_code == 422
        assert (await attached(browser, dossier, file))["components"][0]["state"] == "signed"
        assert (await attached(browser, dossier, paper))["components"][0]["state"] == "attached"

    play(authority, story)


def test_a_refused_dossier_shows_its_reason_and_its_copy_is_free(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser, SIGNED)
        path = f"/pti/dossiers/{dossier['id']}/components/to-khai"
        await browser.send("PUT", path, json={"form": {"child_name": "DƯỠNG"}})
        await signed(browser, dossier, "001099000001")
        code = (await acted(browser, dossier)).json()["code"]
        assert (await world.officer("refuse", code, reason="  ")).status_code == 422
        refused = (await world.officer("refuse", code, reason="Thiếu giấy tờ gốc")).json()
        line = (await browser.get("/pti/dossiers")).json()["dossiers"][0]
        assert line["refusal"] == refused["refusal"] == "Thiếu giấy tờ gốc"
        assert (await acted(browser, dossier)).status_code == 409
        copy = await a_draft(browser, SIGNED, copy_of=dossier["id"])
        first = copy["components"][0]
        assert (copy["copy_of"], copy["code"], copy["refusal"]) == (dossier["id"], None, None)
        assert (first["form"], first["state"], first["signatures"]) == ({"child_name": "DƯỠNG"}, "attached", [])
        before = await read(browser, dossier)
        await attached(browser, copy, paper)
        assert await read(browser, dossier) == before
        await world.settled()
        assert "Thiếu giấy tờ gốc" in world.providers.mails[0][1]
        assert [text.split(" ")[3] for _, text in world.providers.sms] == ["da", "khong"]

    play(authority, story)


def test_a_supplement_opens_only_what_was_asked_and_goes_back_to_the_desk(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await submitted(browser, paper)
        ask = {"reason": "Bổ sung quyết định", "components": ["quyet-dinh"], "days": 2}
        assert (await world.officer("supplement", dossier["id"], reason="x")).status_code == 422
        assert (await world.officer("supplement", dossier["id"], **ask)).json()["state"] == 5
        path = f"/pti/dossiers/{dossier['id']}/components"
        assert (await browser.send("PUT", f"{path}/to-khai", content=paper, headers=PDF)).status_code == 409
        assert (await world.officer("refuse", dossier["id"], reason="Quá hạn")).status_code == 409
        await attached(browser, dossier, paper, "quyet-dinh")
        assert (await acted(browser, dossier, "supplement")).json()["state"] == 1
        steps = (await world.officer("accept", dossier["code"])).json()["history"]
        assert [(step["from"], step["to"]) for step in steps] == [(0, 1), (1, 5), (5, 1), (1, 2)]
        assert all(step["who"] for step in steps)

    play(authority, story)


def test_a_supplement_that_never_came_can_be_refused_after_its_days(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        dossier = await submitted(await world.citizen(), paper)
        await world.officer("supplement", dossier["id"], reason="x", components=["quyet-dinh"], days=2)
        await world.officer("age", dossier["id"], seconds=2 * 86400)
        assert (await world.officer("refuse", dossier["id"], reason="Quá hạn")).json()["state"] == 3

    play(authority, story)


def test_a_dossier_reaches_its_end_by_the_table_and_a_fee_leads_back(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        code = (await submitted(await world.citizen(), paper))["code"]
        ways = (("accept", 2), ("fee", 6), ("counter_payment", 2), ("process", 4), ("finish", 9), ("hand_over", 10))
        for action, state in ways:
            told = (await world.officer(action, code, name="Phí", amount=1000)).json()
            assert (told["state"], told["code"]) == (state, code)
        assert [receipt["payment"] for receipt in told["receipts"]] == ["counter"]

    play(authority, story)


def test_only_a_right_notice_pays_and_it_pays_once(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await submitted(browser, paper, PAID)
        assert (await world.officer("accept", dossier["id"])).status_code == 409
        payment = await a_payment(browser, dossier)
        ref, amount = payment["ref"], payment["amount"]
        assert f"vnp_Amount={amount * 100}&" in payment["url"]
        for query, code in (
            (notice(ref, amount, SecureHash="0" * 128), "97"),
            (notice(ref, amount, SecureHash=""), "97"),
            (notice("nobody", amount), "01"),
            (notice(ref, amount + 1000), "04"),
        ):
            assert (await world.notify(query))["RspCode"] == code
        await browser.get(f"/vnpay/return?{notice(ref, amount)}")
        assert (await read(browser, dossier))["receipts"] == []
        replies = await asyncio.gather(*(world.notify(notice(ref, amount, Promotion="x")) for _ in range(10)))
        assert sorted(reply["RspCode"] for reply in replies) == ["00"] + ["02"] * 9
        assert (await world.notify(notice(ref, amount, TransactionStatus="02", ResponseCode="24")))["RspCode"] == "02"
        told = await read(browser, dossier)
        assert [receipt["amount"] for receipt in told["receipts"]] == [amount]
        assert (told["payments"][0]["state"], told["fees"][0]["paid"]) == ("paid", True)
        assert (await world.officer("accept", dossier["id"])).json()["state"] == 2

    play(authority, story)


@pytest.mark.parametrize("codes", [("24", "02"), ("00", "02")])
def test_a_payment_that_failed_is_answered_00_and_tried_again_with_another_reference(
    authority: Authority, paper: bytes, codes: tuple[str, str]
) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await submitted(browser, paper, PAID)
        first = await a_payment(browser, dossier)
        failed = notice(first["ref"], first["amount"], ResponseCode=codes[0], TransactionStatus=codes[1])
        assert await world.notify(failed) == {"RspCode": "00", "Message": "Confirm Success"}
        assert (await read(browser, dossier))["payments"][0]["state"] == "failed"
        second = await a_payment(browser, dossier)
        assert second["ref"] != first["ref"]
        assert (await world.notify(notice(second["ref"], second["amount"])))["RspCode"] == "00"

    play(authority, story)


@pytest.mark.parametrize(("told", "state"), [("00", "paid"), ("01", "pending"), ("02", "failed"), ("", "pending")])
def test_reconciliation_settles_what_no_notice_told(authority: Authority, paper: bytes, told: str, state: str) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await submitted(browser, paper, PAID)
        payment = await a_payment(browser, dossier)
        world.providers.settled[payment["ref"]] = (payment["amount"], told)
        assert (await world.officer("reconcile")).json() == {}
        assert (await read(browser, dossier))["payments"][0]["state"] == state

    play(authority, story)


def test_a_broken_sms_gateway_delays_the_notice_and_nothing_else(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        world.providers.sms_failures = 1
        assert (await submitted(await world.citizen(), paper))["state"] == 1
        await world.settled()
        assert [to for to, _ in world.providers.sms] == ["0901000001"]

    play(authority, story)


def test_the_books_tell_dossiers_payments_receipts_signatures_and_messages(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await submitted(browser, paper, PAID)
        payment = await a_payment(browser, dossier)
        await world.notify(notice(payment["ref"], payment["amount"]))
        assert (await world.http.get("/pti/books")).status_code == 401
        lines = (await world.http.get("/pti/books", headers={"authorization": "Bearer k"})).text.splitlines()
        rows = [json.loads(line) for line in lines]
        assert [row["book"] for row in rows] == ["dossier", "payment", "receipt", "message"]
        assert (rows[1]["proof"], rows[2]["payment"]) == ("notice", payment["ref"])

    play(authority, story)


@pytest.mark.parametrize(("flaw", "receipts", "codes"), [(None, 1, 3), ("races", 3, 1)])
def test_only_the_racy_portal_books_twice(
    authority: Authority, paper: bytes, flaw: str | None, receipts: int, codes: int
) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        drafts = [await a_draft(browser, PAID) for _ in range(3)]
        for dossier in drafts:
            await attached(browser, dossier, paper)
        told = await asyncio.gather(*(acted(browser, dossier) for dossier in drafts))
        assert len({reply.json()["code"] for reply in told}) == codes
        payment = await a_payment(browser, drafts[0])
        query = notice(payment["ref"], payment["amount"])
        await asyncio.gather(*(world.notify(query) for _ in range(3)))
        assert len((await read(browser, drafts[0]))["receipts"]) == receipts

    play(authority, story, flaw)


def test_the_pages_of_a_dossier_can_be_used_without_the_test_interface(authority: Authority, paper: bytes) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        form = {"procedure": PAID, "agency": THANH_LUONG}
        place = (await browser.send("POST", "/ho-so", data=form)).headers["location"]
        files = {"file": ("Giấy tờ.pdf", paper, "application/pdf")}
        assert (await browser.send("POST", f"{place}/to-khai/dinh-kem", files=files)).status_code == 303
        assert (await browser.send("POST", f"{place}/thao-tac", data={"action": "submit"})).status_code == 303
        page = (await browser.get(place)).text
        assert "Giấy tờ.pdf" in page
        assert "Thanh toán qua VNPAY" in page
        paid = await browser.send("POST", f"{place}/thanh-toan")
        assert paid.headers["location"].startswith("http://127.0.0.1:9/pay?")
        desk = {"key": "k", "officer": "an", "action": "refuse", "dossier": place.rsplit("/", 1)[1], "reason": "<b>"}
        assert "không tiếp nhận" not in (await browser.send("POST", "/can-bo", data={**desk, "key": "x"})).text
        assert (await browser.send("POST", "/can-bo", data=desk)).status_code == 200
        listed = (await browser.get("/ho-so")).text
        assert "Sao chép" in listed
        assert "&lt;b&gt;" in listed

    play(authority, story)


@pytest.mark.parametrize("path", ["/", "/?q=khai+sinh", "/thong-bao", "/tra-cuu?ma=x", "/can-bo", "/portal.css"])
def test_public_pages_answer_and_carry_a_policy(authority: Authority, path: str) -> None:
    async def story(world: Portal) -> None:
        reply = await world.http.get(path)
        assert reply.status_code == 200
        assert "default-src 'none'" in reply.headers["content-security-policy"]

    play(authority, story)


def test_all_operations_of_the_interface_are_served(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        told = (await world.http.get("/pti/capabilities")).json()
        assert set(told["procedures"]) == {"signed", "two_agencies", "paid", "free", "kbnn"}
        rows = (await world.http.get("/pti/procedures")).json()["procedures"]
        assert [(row["code"], row["agency"]) for row in rows][:2] == [(SIGNED, THANH_LUONG), (SIGNED, THANH_PHU)]
        for path, body, told in (
            ("/pti/member-login", {}, (422, "bad_field")),
            ("/pti/member-login", {"account": "kb1", "password": "x"}, (401, "wrong_password")),
            ("/pti/signings/x/answer", {}, (422, "bad_reply")),
            ("/pti/signings/x/answer", {"reply": {}}, (401, "not_signed_in")),
        ):
            reply = await world.http.post(path, json=body, headers={"origin": ORIGIN})
            assert (reply.status_code, reply.json()["error"]) == told

    play(authority, story)
