"""The State Treasury's part: declare, confirm, sign with a token, send, refuse, copy, approve, log in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from textwrap import wrap
from typing import Any

import pytest
from cryptography.x509.ocsp import OCSPCertStatus

from reference_portal.kbnn.accounts import MOST_FAILURES, MemberAccount
from reference_portal.notices import Message
from reference_portal.seals import examine
from tests.reference_portal.authority import DER, NOW, Authority
from tests.reference_portal.kbnn_stories import (
    ACCOUNTANT,
    DECLARER,
    OWNER,
    PROJECTS,
    STAFF,
    UNIT,
    UNIT_MAIL,
    Unit,
    as_text,
    signature,
    token,
)
from tests.reference_portal.stories import OTHER, play
from tests.reference_portal.world import Browser, Portal


def told(authority: Authority, story: Callable[[Unit], Awaitable[None]]) -> None:
    async def run(world: Portal) -> None:
        await story(await Unit.met(world))

    play(authority, run)


def test_a_registration_is_sent_by_its_account_owner_alone_and_news_go_to_the_unit(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        draft = await unit.read()
        assert (draft["state"], draft["state_text"]) == (0, "Chờ hoàn thiện")
        assert draft["code"]
        await unit.confirmed()
        assert [m["confirmed"] for m in (await unit.read())["members"]] == [True] * 3
        assert "ký số và gửi" in unit.mails(OWNER.email)[-1]

        for who in (ACCOUNTANT, STAFF):
            assert (await unit.begin_to_sign(who)).status_code == 403
        sent = await unit.sent()

        assert (sent.json()["state"], sent.json()["message_vi"]) == ("signed", "Gửi hồ sơ thành công sang KBNN.")
        now = await unit.read(OWNER)
        assert now["state_text"] == "Chờ cán bộ KBNN tiếp nhận hồ sơ"
        assert len(unit.mails(UNIT_MAIL)) == 1
        file = (await unit.browsers[OWNER].get(f"{unit.path}/files/{now['components'][3]['file']}")).content
        roots = (authority.root.certificate.public_bytes(DER),)
        known = (authority.ca.certificate.public_bytes(DER),)
        seals = await asyncio.to_thread(examine, file, roots=roots, intermediates=known, now=NOW)
        assert [(seal.valid, seal.personal_id) for seal in seals] == [(True, OWNER.number)]
        assert await unit.officer("accept") == 200
        assert await unit.officer("finish") == 200
        assert (await unit.read())["state_text"] == "Đã hoàn thành"
        assert len(unit.mails(UNIT_MAIL)) == 3
        assert all(len([m for m in unit.mails(who.email) if "Mật khẩu" in m]) == 1 for who in unit.tokens)

    told(authority, story)


def test_a_link_serves_one_member_once_with_the_declared_certificate(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.declared()
        link = unit.link(STAFF)
        assert await unit.confirm(STAFF, by=OWNER) == 404
        assert await unit.confirm(STAFF, token=unit.tokens[OWNER]) == 409
        assert await unit.confirm(STAFF, token=token(unit.world, STAFF)) == 409
        unit.browsers[OTHER] = await unit.world.citizen(OTHER)
        assert await unit.confirm(STAFF, by=OTHER) == 404
        assert await unit.confirm(STAFF) == 200
        assert unit.link(STAFF) == link
        assert await unit.confirm(STAFF) == 404
        told = await unit.read(ACCOUNTANT)
        assert [m["confirmed"] for m in told["members"]] == [False, False, True]
        assert (await unit.browsers[OTHER].get(unit.path)).status_code == 404

    told(authority, story)


def test_nothing_is_sent_before_all_confirmed_nor_with_another_certificate(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed(STAFF)
        assert (await unit.begin_to_sign()).status_code == 409
        assert await unit.confirm(STAFF) == 200
        assert (await unit.begin_to_sign(token=token(unit.world, OWNER))).status_code == 422
        assert (await unit.begin_to_sign(token=unit.tokens[ACCOUNTANT])).status_code == 422
        begun = (await unit.begin_to_sign()).json()
        for other in (token(unit.world, OWNER), unit.tokens[ACCOUNTANT]):
            assert (await unit.answer(begun, signature(other, begun))).status_code == 422
        assert (await unit.read())["state"] == 0
        assert (await unit.sent()).json()["state"] == "signed"

    told(authority, story)


@pytest.mark.parametrize(
    ("error", "state"),
    [("CKR_PIN_INCORRECT", "failed"), ("CKR_DEVICE_REMOVED", "failed"), ("CKR_FUNCTION_CANCELED", "refused")],
)
def test_what_the_token_does_not_sign_is_not_sent(authority: Authority, error: str, state: str) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        begun = (await unit.begin_to_sign()).json()
        ended = (await unit.answer(begun, {"error": error})).json()
        assert (ended["state"], "chưa" in ended["message_vi"]) == (state, True)
        assert (await unit.read())["state"] == 0
        assert (await unit.answer(begun, signature(unit.tokens[OWNER], begun))).status_code == 404
        assert (await unit.sent()).json()["state"] == "signed"

    told(authority, story)


def test_a_signature_of_something_else_is_not_believed(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        begun = (await unit.begin_to_sign()).json()
        other = signature(unit.tokens[OWNER], {"digest": "00" * 32})
        assert (await unit.answer(begun, other)).json()["state"] == "failed"
        begun = (await unit.begin_to_sign()).json()
        assert (await unit.put("unit", {**UNIT, "name": "Khác"})).status_code == 200
        assert (await unit.answer(begun, signature(unit.tokens[OWNER], begun))).status_code == 404
        assert (await unit.read())["state"] == 0

    told(authority, story)


def test_a_revoked_certificate_neither_confirms_nor_sends(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed(STAFF)
        number = unit.tokens[STAFF].certificate.serial_number
        authority.status[number] = OCSPCertStatus.REVOKED
        assert await unit.confirm(STAFF) == 422
        del authority.status[number]
        assert await unit.confirm(STAFF) == 200
        begun = (await unit.begin_to_sign()).json()
        number = unit.tokens[OWNER].certificate.serial_number
        authority.status[number] = OCSPCertStatus.REVOKED
        assert "tạm dừng" in (await unit.answer(begun, signature(unit.tokens[OWNER], begun))).json()["message_vi"]
        assert (await unit.begin_to_sign()).status_code == 422
        del authority.status[number]

    told(authority, story)


def test_a_refusal_gives_its_reason_in_list_and_mail_and_two_ways_back(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        assert (await unit.sent()).status_code == 200
        assert await unit.officer("refuse", reason=" ") == 422
        assert await unit.officer("refuse", reason="Sai mã ĐVQHNS") == 200
        line = await unit.listed()
        assert (line["state_text"], line["refusal"]) == ("KBNN từ chối tiếp nhận", "Sai mã ĐVQHNS")
        assert "Lý do: Sai mã ĐVQHNS" in unit.mails(UNIT_MAIL)[-1]
        assert (await unit.put("unit", UNIT)).status_code == 409
        old, copy = unit.id, await unit.begun(copy_of=unit.id)
        assert [c["state"] for c in copy["components"]] == ["attached", "attached", "attached", "empty"]
        assert copy["code"] != line["code"]
        assert not any(member["confirmed"] for member in copy["members"])
        unit.id = copy["id"]
        assert (await unit.put("unit", {**UNIT, "code": "1099002"})).status_code == 200
        await unit.confirmed()
        assert (await unit.sent()).status_code == 200
        unit.id = old
        assert (await unit.read())["components"][0]["form"] == UNIT
        unit.id = (await unit.begun())["id"]
        assert (await unit.read())["components"][0]["form"] is None

    told(authority, story)


def test_a_first_password_is_changed_serves_once_and_lapses(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        await unit.completed()
        first, late = unit.account(ACCOUNTANT), unit.account(STAFF)
        own = "mat khau cua toi 2026"
        assert (await unit.log_in(first)).status_code == 403
        assert (await unit.log_in(first, "ngan")).status_code == 422
        assert (await unit.log_in((first[0], "sai"), own)).status_code == 401
        opened = await unit.log_in(first, own)
        assert opened.json()["roles"] == ["chief_accountant"]
        assert "HttpOnly" in opened.headers["set-cookie"]
        assert (await unit.log_in(first, "mot mat khau khac")).status_code == 401
        assert (await unit.log_in((first[0], own))).json()["signed_in"]
        assert await unit.officer("age", seconds=72 * 3600) == 200
        assert (await unit.log_in(late, own)).status_code == 403
        assert (await unit.log_in((first[0], own))).status_code == 200

    told(authority, story)


def test_who_was_removed_gets_no_account_and_only_the_declarer_edits(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        assert (await unit.put("members", unit.members(STAFF), ACCOUNTANT)).status_code == 403
        assert (await unit.put("members", unit.members(STAFF))).status_code == 200
        assert [m["confirmed"] for m in (await unit.read())["members"]] == [True, True]
        assert (await unit.browsers[STAFF].get(unit.path)).status_code == 404
        await unit.completed()
        assert not [text for text in unit.mails(STAFF.email) if "Mật khẩu" in text]

    told(authority, story)


@pytest.mark.parametrize(
    ("screen", "form"),
    [
        ("unit", {"tax": "1"}),
        ("unit", {"email": "a@b.vn, c@d.vn"}),
        ("projects", {"1.code": "1"}),
        ("projects", {"99.code": "1", "99.account": "1"}),
        ("members", {"role": "owner"}),
        ("registration", {"name": "x"}),
        ("khac", {"name": "x"}),
    ],
)
def test_what_is_no_form_of_a_screen_is_refused(authority: Authority, screen: str, form: dict[str, str]) -> None:
    async def story(unit: Unit) -> None:
        before = await unit.read()
        assert (await unit.put(screen, form)).status_code == 422
        assert await unit.read() == before
        assert (await unit.act(DECLARER, action="submit")).status_code == 422

    told(authority, story)


def test_a_body_that_is_no_reply_changes_nothing(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        begun = (await unit.begin_to_sign()).json()
        holder: dict[str, Any] = signature(unit.tokens[OWNER], begun)
        for reply, status in (
            ({}, 422),
            ({"certificate": "!", "signature": ""}, 422),
            ({**holder, "certificate": as_text(b"x")}, 422),
        ):
            assert (await unit.answer(begun, reply)).status_code == status
        assert (await unit.answer(begun, holder, STAFF)).status_code == 404
        assert (await unit.answer(begun, holder)).json()["state"] == "signed"
        assert (await unit.answer(begun, holder)).status_code == 404

    told(authority, story)


def test_the_wizards_pages_can_be_used_without_the_test_interface(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        browser, world = unit.browsers[DECLARER], unit.world
        place = (await browser.send("POST", "/kbnn/ho-so", data={})).headers["location"]
        unit.id = place.split("/")[-2]
        blank = {f"3.{name}": "" for name in ("role", "name", "email", "personal_id", "serial")}
        for number, form in ((1, UNIT), (2, PROJECTS), (3, {**unit.members(STAFF), **blank})):
            page = (await browser.get(f"/kbnn/ho-so/{unit.id}/{number}")).text
            assert f"<h1>{number}." in page and 'id="kbnn-save"' in page
            saved = await browser.send("POST", f"/kbnn/ho-so/{unit.id}/{number}", data=form)
            assert saved.headers["location"] == f"/kbnn/ho-so/{unit.id}/{number + 1}"
        assert "Trần Chủ Tài Khoản" in (await browser.get(f"/kbnn/ho-so/{unit.id}/3")).text
        assert (await browser.send("POST", f"/kbnn/ho-so/{unit.id}/thanh-vien")).status_code == 303
        await world.settled()
        for who in (OWNER, ACCOUNTANT):
            link = f"/kbnn/xac-nhan/{unit.id}/{unit.link(who)}"
            assert 'id="kbnn-confirm"' in (await unit.browsers[who].get(link)).text
            lines = "\n".join(wrap(as_text(unit.tokens[who].der), 64))
            assert (await unit.browsers[who].send("POST", link, data={"certificate": lines})).status_code == 303
        await world.settled()

        owner, certificate = unit.browsers[OWNER], as_text(unit.tokens[OWNER].der)
        assert unit.id in (await owner.get("/kbnn/tra-cuu")).text
        assert 'id="kbnn-sign"' in (await owner.get(f"/kbnn/ho-so/{unit.id}/4")).text
        assert 'id="kbnn-sign"' not in (await unit.browsers[ACCOUNTANT].get(f"/kbnn/ho-so/{unit.id}/4")).text
        assert 'id="kbnn-pick"' in (await owner.get(f"/kbnn/ho-so/{unit.id}/ky")).text
        dialog = (await owner.send("POST", f"/kbnn/ho-so/{unit.id}/ky", data={"certificate": certificate})).text
        found = re.search(r'id="kbnn-digest">(\w+)<', dialog), re.search(r'/ky/(\w+)" class="eform"', dialog)
        digest, signing = (one[1] for one in found if one)
        reply = signature(unit.tokens[OWNER], {"digest": digest})
        done = await owner.send("POST", f"/kbnn/ho-so/{unit.id}/ky/{signing}", data=reply)
        assert "Gửi hồ sơ thành công sang KBNN." in (await owner.get(done.headers["location"])).text

        desk = {"key": "k", "officer": "an", "action": "refuse", "dossier": unit.id, "reason": "<i>Sai</i>"}
        assert "KBNN từ chối tiếp nhận" in (await browser.send("POST", "/can-bo", data=desk)).text
        listed = (await browser.get("/kbnn/tra-cuu")).text
        assert "&lt;i&gt;Sai" in listed and "Sao chép" in listed
        copied = await browser.send("POST", "/kbnn/ho-so", data={"copy_of": unit.id})
        assert UNIT["name"] in (await browser.get(copied.headers["location"])).text
        await world.settled()

    told(authority, story)


def test_a_member_logs_in_at_the_page_and_sees_the_role(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        await unit.completed()
        name, first = unit.account(STAFF)
        browser = Browser(unit.world)
        assert 'id="kbnn-login"' in (await browser.get("/kbnn/dang-nhap")).text
        given = {"account": name, "password": first, "new_password": "mat khau cua toi 2026"}
        done = await browser.send("POST", "/kbnn/dang-nhap", data=given)
        cookie = done.headers["set-cookie"].partition(";")[0]
        page = (await unit.world.http.get("/kbnn/dang-nhap", headers={"cookie": cookie})).text
        assert "Chuyên viên" in page and name in page
        unit.world.later(hours=9)
        assert 'id="kbnn-login"' in (await unit.world.http.get("/kbnn/dang-nhap", headers={"cookie": cookie})).text

    told(authority, story)


def test_too_many_wrong_passwords_close_an_account_for_a_while(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        await unit.completed()
        name, first = unit.account(STAFF)
        own = "mat khau cua toi 2026"
        for _ in range(MOST_FAILURES - 1):
            assert (await unit.log_in((name, "sai"))).status_code == 401
        assert (await unit.log_in((name, first), own)).status_code == 200
        for _ in range(MOST_FAILURES):
            assert (await unit.log_in((name, "sai"))).status_code == 401
        assert (await unit.log_in((name, own))).status_code == 429
        unit.world.later(minutes=15)
        assert (await unit.log_in((name, own))).status_code == 200

    told(authority, story)


def test_a_mailed_password_is_kept_nowhere_when_it_was_sent(authority: Authority) -> None:
    async def story(unit: Unit) -> None:
        await unit.confirmed()
        await unit.completed()
        _, first = unit.account(STAFF)
        kept = [message.text for message in unit.world.office.books.every(Message) if message.secret]
        assert kept and not any(kept)
        assert first not in repr(list(unit.world.office.books.every(MemberAccount)))

    told(authority, story)
