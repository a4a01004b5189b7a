"""What a flawed portal does and the right one does not: the same story gives two different ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from cryptography.x509.ocsp import OCSPCertStatus
from fpdf import FPDF
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from reference_portal import seals
from reference_portal.flaws import FLAWS
from reference_portal.seals import Strictness, examine
from tests.reference_portal import forgery_stories, kbnn_ends, login_stories, paper_stories
from tests.reference_portal.authority import DER, NOW, Authority, Leaf
from tests.reference_portal.stories import (
    FREE,
    OTHER,
    PAID,
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
from tests.reference_portal.world import Browser, Person, Portal, notice

OWN, NAMESAKE = "001099000001", "001099000002"
Story = Callable[[Portal, bytes], Awaitable[Any]]


async def a_form(browser: Browser, procedure: str = SIGNED) -> dict[str, Any]:
    dossier = await a_draft(browser, procedure)
    path = f"/pti/dossiers/{dossier['id']}/components/to-khai"
    assert (await browser.send("PUT", path, json={"form": {"child_name": "DƯỠNG"}})).status_code == 200
    return dossier


async def content(browser: Browser, dossier: dict[str, Any], component: dict[str, Any]) -> bytes:
    return (await browser.get(f"/pti/dossiers/{dossier['id']}/files/{component['file']}")).content


async def states(browser: Browser, dossier: dict[str, Any]) -> list[str]:
    return [component["state"] for component in (await read(browser, dossier))["components"]]


async def signed_by_namesake(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    return (await signed(browser, await a_form(browser), NAMESAKE))["state"]


async def signed_by_a_namesakes_other_name(world: Portal, _paper: bytes) -> Any:
    world.providers.holders[OWN] = world.providers.authority.issue(Leaf(name="Tên khác", uids=(f"CCCD:{OWN}",)))
    browser = await world.citizen()
    return (await signed(browser, await a_form(browser), OWN))["state"]


async def ca_asked(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    await browser.get("/pti/certificates", params={"through": "hub", "ca": "CA2", "user_id": OWN})
    return world.providers.ca_names


async def doc_id(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    component = await signed(browser, await a_form(browser), OWN)
    order = next(iter(world.providers.orders.values()))
    return component["signing"]["doc_id"] == order["sign_files"][0]["doc_id"]


async def refused_on_the_phone(world: Portal, _paper: bytes) -> Any:
    world.providers.phone = "refuse"
    browser = await world.citizen()
    return (await signed(browser, await a_form(browser), OWN))["state"]


async def signed_then_submitted(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_form(browser)
    component = await signed(browser, dossier, OWN)
    whole = await content(browser, dossier, component)
    order = next(iter(world.providers.orders.values()))
    digest = bytes.fromhex(order["sign_files"][0]["data_to_be_signed"])
    assert (await acted(browser, dossier)).status_code == 200
    return component["signatures"][0]["valid"], len(whole) > 10_000, digest == await _attributes_digest(whole)


async def _attributes_digest(file: bytes) -> bytes:
    lax = Strictness(integrity=False, chain=False, revocation=False, additions=False)
    return (await asyncio.to_thread(examine, file, roots=(), intermediates=(), now=NOW, strictness=lax))[0].digest


async def one_byte_changed(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, paper)
    file = await content(browser, dossier, await signed(browser, dossier, OWN))
    at = file.index(b"/Producer") + 12
    await attached(browser, dossier, file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :])
    return (await states(browser, dossier))[0], (await acted(browser, dossier)).status_code


async def drawn_into_after_signing(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, paper)
    writer = IncrementalPdfFileWriter(BytesIO(await content(browser, dossier, await signed(browser, dossier, OWN))))
    line = writer.add_object(generic.StreamObject(stream_data=b"0 0 m 200 200 l S"))
    writer.add_stream_to_page(0, line)
    writer.write_in_place()
    await attached(browser, dossier, writer.prev.stream.getvalue())
    return (await states(browser, dossier))[0], (await acted(browser, dossier)).status_code


async def under_a_look_alike_chain(world: Portal, paper: bytes) -> Any:
    false = Authority.make()
    holder = false.issue()
    chain = (false.ca.certificate.public_bytes(DER),)
    prepared = seals.prepare(paper, certificate=holder.der, chain=chain, doc_id="1", now=NOW)
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, seals.finish(prepared, holder.sign(prepared.digest)))
    return (await states(browser, dossier))[0], (await acted(browser, dossier)).status_code


async def only_a_stamp(world: Portal, _paper: bytes) -> Any:
    pdf: Any = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.cell(text="Digitally signed by Nguyen Thi My Duong")
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, bytes(pdf.output()))
    return (await acted(browser, dossier)).status_code


async def signed_one_of_two(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_form(browser)
    await attached(browser, dossier, paper, "giay-to")
    await signed(browser, dossier, OWN)
    return (await states(browser, dossier))[2]


async def signed_then_replaced(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_form(browser)
    await signed(browser, dossier, OWN)
    await attached(browser, dossier, paper)
    return (await states(browser, dossier))[0]


async def unsigned_submission(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    return (await acted(browser, await a_form(browser))).status_code


async def another_key_answers(world: Portal, _paper: bytes) -> Any:
    world.providers.phone = "another_signer"
    browser = await world.citizen()
    return (await signed(browser, await a_form(browser), OWN))["state"]


async def suspended_after_signing(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_form(browser)
    await signed(browser, dossier, OWN)
    serial = world.providers.holder(OWN).certificate.serial_number
    world.providers.authority.status[serial] = OCSPCertStatus.REVOKED
    return (await acted(browser, dossier)).status_code


async def nothing_attached(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    return (await acted(browser, await a_draft(browser))).status_code


async def only_what_is_optional(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_draft(browser)
    await attached(browser, dossier, paper, "quyet-dinh")
    return (await acted(browser, dossier)).status_code


async def name_kept(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    return (await attached(browser, await a_draft(browser), paper))["components"][0]["file_name"]


async def code_after_acceptance(world: Portal, paper: bytes) -> Any:
    dossier = await submitted(await world.citizen(), paper)
    return (await world.officer("accept", dossier["code"])).json()["code"] == dossier["code"]


async def second_agency(world: Portal, _paper: bytes) -> Any:
    return (await a_draft(await world.citizen(), SIGNED, THANH_PHU))["agency"]


async def refused(world: Portal, paper: bytes, reason: str = "Thiếu") -> tuple[Browser, dict[str, Any], int]:
    browser = await world.citizen()
    dossier = await submitted(browser, paper)
    return browser, dossier, (await world.officer("refuse", dossier["id"], reason=reason)).status_code


async def empty_reason(world: Portal, paper: bytes) -> Any:
    return (await refused(world, paper, " "))[2]


async def reason_listed(world: Portal, paper: bytes) -> Any:
    browser, _, _ = await refused(world, paper)
    return (await browser.get("/pti/dossiers")).json()["dossiers"][0]["refusal"]


async def submitted_again(world: Portal, paper: bytes) -> Any:
    browser, dossier, _ = await refused(world, paper)
    return (await acted(browser, dossier)).status_code


async def supplement_edit(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await submitted(browser, paper)
    await world.officer("supplement", dossier["id"], reason="x", components=["quyet-dinh"])
    path = f"/pti/dossiers/{dossier['id']}/components/to-khai"
    return (await browser.send("PUT", path, json={"delete": True})).status_code


async def supplement_by_another(world: Portal, paper: bytes) -> Any:
    dossier = await submitted(await world.citizen(), paper)
    await world.officer("supplement", dossier["id"], reason="x", components=["quyet-dinh"])
    return (await acted(await world.citizen(OTHER), dossier, "supplement")).status_code


async def file_of_another(world: Portal, paper: bytes) -> Any:
    dossier = await submitted(await world.citizen(), paper)
    other = await world.citizen(OTHER)
    return (await other.get(f"/pti/dossiers/{dossier['id']}/files/{dossier['components'][0]['file']}")).status_code


async def a_copy(world: Portal) -> tuple[Browser, dict[str, Any], dict[str, Any]]:
    browser = await world.citizen()
    dossier = await a_form(browser)
    await signed(browser, dossier, OWN)
    await acted(browser, dossier)
    await world.officer("refuse", dossier["id"], reason="Thiếu")
    return browser, dossier, await a_draft(browser, SIGNED, copy_of=dossier["id"])


async def draft_opened_by_another(world: Portal, _paper: bytes) -> Any:
    dossier = await a_draft(await world.citizen(), FREE)
    return (await (await world.citizen(OTHER)).get(f"/pti/dossiers/{dossier['id']}")).status_code


async def form_filled_after_a_refusal(world: Portal, _paper: bytes) -> Any:
    browser, old, _ = await a_copy(world)
    path = f"/pti/dossiers/{old['id']}/components/to-khai"
    return (await browser.send("PUT", path, json={"form": {"child_name": "Khác"}})).status_code


async def copied_by_another(world: Portal, paper: bytes) -> Any:
    _, dossier, _ = await refused(world, paper)
    asked = {"procedure": FREE, "agency": THANH_LUONG, "copy_of": dossier["id"]}
    return (await (await world.citizen(OTHER)).post("/pti/dossiers", asked)).status_code


async def state_and_form_of_a_copy(world: Portal, _paper: bytes) -> Any:
    first = (await a_copy(world))[2]["components"][0]
    return first["state"], bool(first["form"])


async def the_old_after_editing_the_copy(world: Portal, paper: bytes) -> Any:
    browser, old, copy = await a_copy(world)
    before = await read(browser, old)
    await attached(browser, copy, paper)
    return await read(browser, old) == before


async def who_acted(world: Portal, paper: bytes) -> Any:
    return (await submitted(await world.citizen(), paper))["history"][0]["who"]


async def amount_asked(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    payment = await a_payment(browser, await submitted(browser, paper, PAID))
    return f"vnp_Amount={payment['amount'] * 100}&" in payment["url"]


async def accepted_unpaid(world: Portal, paper: bytes) -> Any:
    dossier = await submitted(await world.citizen(), paper, PAID)
    return (await world.officer("accept", dossier["id"])).status_code


async def accepted_without_and_with_an_attempt(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossiers = [await submitted(browser, paper, PAID) for _ in range(2)]
    await a_payment(browser, dossiers[1])
    return [(await world.officer("accept", dossier["id"])).status_code for dossier in dossiers]


def after(*queries: Callable[[str, int], str], way: str = "/vnpay/ipn") -> Story:
    """How many receipts there are after these notices of one payment."""

    async def story(world: Portal, paper: bytes) -> Any:
        browser = await world.citizen()
        dossier = await submitted(browser, paper, PAID)
        payment = await a_payment(browser, dossier)
        for query in queries:
            await browser.get(f"{way}?{query(payment['ref'], payment['amount'])}")
        return len((await read(browser, dossier))["receipts"])

    return story


async def reconciled(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await submitted(browser, paper, PAID)
    payment = await a_payment(browser, dossier)
    world.providers.settled[payment["ref"]] = (payment["amount"], "00")
    await world.officer("reconcile")
    return len((await read(browser, dossier))["receipts"])


async def cancelled_then_reconciled(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await submitted(browser, paper, PAID)
    payment = await a_payment(browser, dossier)
    world.providers.settled[payment["ref"]] = (payment["amount"], "02")
    await world.officer("reconcile")
    return len((await read(browser, dossier))["receipts"])


async def two_attempts(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await submitted(browser, paper, PAID)
    return len({(await a_payment(browser, dossier))["ref"] for _ in range(2)})


async def keys_of_the_answer(world: Portal, _paper: bytes) -> Any:
    return sorted(await world.notify(notice("x", 1)))


async def sms_of_an_acceptance(world: Portal, paper: bytes) -> Any:
    other, browser = await world.citizen(OTHER), await world.citizen()
    await submitted(other, paper)
    dossier = await submitted(browser, paper)
    await world.officer("accept", dossier["id"])
    await world.settled()
    return sorted(to for to, text in world.providers.sms if dossier["code"] in text)


async def mails_of_a_refusal(world: Portal, paper: bytes) -> Any:
    await refused(world, paper)
    await world.settled()
    return len(world.providers.mails)


async def number_in_sms(world: Portal, paper: bytes) -> Any:
    await submitted(await world.citizen(), paper)
    await world.settled()
    return OWN in world.providers.sms[0][1]


async def sms_gateway_down(world: Portal, paper: bytes) -> Any:
    world.providers.sms_failures = 1
    browser = await world.citizen()
    dossier = await a_draft(browser)
    await attached(browser, dossier, paper)
    return (await acted(browser, dossier)).status_code


async def anonymous(world: Portal, _paper: bytes) -> Any:
    return (await Browser(world).post("/pti/dossiers", {"procedure": FREE, "agency": THANH_LUONG})).status_code


async def asked_of_the_login(world: Portal, _paper: bytes) -> Any:
    asked = await Browser(world).begin()
    return asked["scope"], len(asked["state"]) > 20, "code_challenge" in asked


async def without_state(world: Portal, _paper: bytes) -> Any:
    browser = Browser(world)
    asked = await browser.begin()
    world.providers.codes["c"] = (Person(), asked["nonce"])
    return (await browser.get("/sso/callback", params={"code": "c"})).status_code


async def state_with_another_end(world: Portal, _paper: bytes) -> Any:
    browser = Browser(world)
    asked = await browser.begin()
    world.providers.codes["c"] = (Person(), asked["nonce"])
    state = f"{asked['state'][:-2]}--"
    return (await browser.get("/sso/callback", params={"code": "c", "state": state})).status_code


async def target_behind_an_at(world: Portal, _paper: bytes) -> Any:
    return (await Browser(world).log_in(Person(), "http://localhost:1@evil.example/")).headers["location"]


async def outside_target(world: Portal, _paper: bytes) -> Any:
    return (await Browser(world).log_in(Person(), "https://evil.example/")).headers["location"]


async def other_nonce(world: Portal, _paper: bytes) -> Any:
    browser = Browser(world)
    asked = await browser.begin()
    world.providers.codes["c"] = (Person(), "another")
    return (await browser.get("/sso/callback", params={"code": "c", "state": asked["state"]})).status_code


async def other_audience(world: Portal, _paper: bytes) -> Any:
    world.providers.audience = "somebody"
    return (await Browser(world).log_in(Person())).status_code


async def same_address(world: Portal, _paper: bytes) -> Any:
    browsers = await world.citizen(), await world.citizen(OTHER)
    return len({(await browser.get("/pti/session")).json()["account"] for browser in browsers})


async def no_address(world: Portal, _paper: bytes) -> Any:
    return (await Browser(world).log_in(Person(email=""))).status_code


async def cookie_words(world: Portal, _paper: bytes) -> Any:
    browser = Browser(world)
    await browser.get("/pti/login")
    before = browser.cookie
    reply = await browser.log_in(Person())
    return "SameSite=Lax" in reply.headers["set-cookie"], browser.cookie != before


async def old_cookie_after_logout(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    old = browser.cookie
    await browser.post("/pti/logout")
    browser.cookie = old
    return (await browser.get("/pti/session")).json()["signed_in"]


async def error_of_the_login(world: Portal, _paper: bytes) -> Any:
    browser = Browser(world)
    asked = await browser.begin()
    told = {"error": "access_denied", "state": asked["state"]}
    return (await browser.get("/sso/callback", params=told)).status_code


def at_the_desk(*deeds: tuple[str, dict[str, Any]], told: str = "status") -> Story:
    """How the last of these deeds of an officer on a submitted dossier ends; "answer" is its applicant's."""

    async def story(world: Portal, paper: bytes) -> Any:
        browser = await world.citizen()
        dossier = await submitted(browser, paper)
        for action, details in deeds:
            if action == "answer":
                await acted(browser, dossier, "supplement")
                continue
            reply = await world.officer(action, dossier["id"], **details)
        await world.settled()
        return reply.status_code if told == "status" else reply.json()[told]

    return story


def sms_after(*deeds: tuple[str, dict[str, Any]]) -> Story:
    """How many SMS went out after these deeds."""

    async def story(world: Portal, paper: bytes) -> Any:
        await at_the_desk(*deeds)(world, paper)
        return len(world.providers.sms)

    return story


async def versions_after_a_supplement(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await submitted(browser, paper)
    await world.officer("supplement", dossier["id"], reason="x", components=["to-khai"])
    return len((await attached(browser, dossier, paper + b"\n"))["components"][0]["versions"])


async def state_of_a_withdrawn(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    return (await acted(browser, await submitted(browser, paper), "withdraw")).json()["state"]


async def state_listed_while_processed(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await submitted(browser, paper)
    for action in ("accept", "process"):
        await world.officer(action, dossier["id"])
    return (await browser.get("/pti/dossiers")).json()["dossiers"][0]["state"]


def _right(ref: str, amount: int) -> str:
    return notice(ref, amount)


def later(days: int) -> tuple[str, dict[str, Any]]:
    return "age", {"seconds": days * 86400}


def put_off(day: int, reason: str = "x") -> tuple[str, dict[str, Any]]:
    return "reschedule", {"reason": reason, "due": f"2027-01-{day:02d}T17:00:00+07:00"}


ACCEPT: tuple[str, dict[str, Any]] = ("accept", {})
ASK: tuple[str, dict[str, Any]] = ("supplement", {"reason": "x", "components": ["to-khai"], "days": 10})
REFUSE: tuple[str, dict[str, Any]] = ("refuse", {"reason": "x"})
BACK: tuple[str, dict[str, Any]] = ("rollback", {"reason": "x"})


def receipt_says(name: str) -> Story:
    async def story(world: Portal, paper: bytes) -> Any:
        return name in (await at_the_desk(ACCEPT, told="slips")(world, paper))[0]

    return story


async def basis_of_a_further_request(world: Portal, paper: bytes) -> Any:
    founded = ("supplement", {**ASK[1], "legal_basis": "Điều 8"})
    history = await at_the_desk(ACCEPT, ASK, ("answer", {}), ACCEPT, founded, told="history")(world, paper)
    return "Điều 8" in history[-1]["reason"]


async def reasons_after_handing_on(world: Portal, paper: bytes) -> Any:
    again = ("process", {})
    history = await at_the_desk(ACCEPT, ("stop", {"reason": "x"}), again, told="history")(world, paper)
    return [row["reason"] for row in history if row["reason"]]


async def rows_after_a_rollback(world: Portal, paper: bytes) -> Any:
    return len(await at_the_desk(ACCEPT, ("process", {}), BACK, told="history")(world, paper))


async def two_refusals_at_once(world: Portal, paper: bytes) -> Any:
    dossier = await submitted(await world.citizen(), paper)
    ends = await asyncio.gather(*(world.officer("refuse", dossier["id"], reason=reason) for reason in "ab"))
    return sorted(end.status_code for end in ends)


async def state_after_a_link(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await submitted(browser, paper)
    await browser.get(f"/ho-so/{dossier['id']}", params={"action": "withdraw"})
    return (await read(browser, dossier))["state"]


RESTARTED, KEPT, MOVED = (f"2026-{day}T17:00:00+07:00" for day in ("11-27", "11-19", "11-26"))


ENDS: tuple[tuple[str, Story, Any, Any], ...] = (
    *login_stories.ENDS,
    *paper_stories.ENDS,
    *kbnn_ends.ENDS,
    *forgery_stories.ENDS,
    ("anonymous_draft", anonymous, 401, 201),
    ("scope_without_openid", asked_of_the_login, ("openid", True, True), ("profile", True, True)),
    ("state_is_a_counter", asked_of_the_login, ("openid", True, True), ("openid", False, False)),
    ("state_not_compared", without_state, 403, 303),
    ("state_compared_in_part", state_with_another_end, 403, 303),
    ("target_known_by_its_beginning", target_behind_an_at, "/", "http://localhost:1@evil.example/"),
    ("target_followed", outside_target, "/", "https://evil.example/"),
    ("nonce_not_compared", other_nonce, 403, 303),
    ("id_token_not_validated", other_audience, 403, 303),
    ("linked_by_email", same_address, 2, 1),
    ("email_needed", no_address, 303, 500),
    ("cookie_without_samesite", cookie_words, (True, True), (False, True)),
    ("session_not_rotated", cookie_words, (True, True), (True, False)),
    ("logout_clears_cookie_only", old_cookie_after_logout, False, True),
    ("error_callback_crashes", error_of_the_login, 403, 500),
    ("refused_login_begins_anew", error_of_the_login, 403, 303),
    ("signer_not_compared", signed_by_namesake, "attached", "signed"),
    ("ownership_by_name", signed_by_namesake, "attached", "signed"),
    ("ownership_by_name", signed_by_a_namesakes_other_name, "signed", "attached"),
    ("ca_name_ignored", ca_asked, ["CA2"], ["VNPT-CA"]),
    ("doc_id_shown_is_another", doc_id, True, False),
    ("refusal_counts_as_done", refused_on_the_phone, "attached", "signed"),
    ("byterange_hashed", signed_then_submitted, (True, True, True), (True, True, False)),
    ("integrity_not_checked", one_byte_changed, ("broken", 422), ("signed", 200)),
    ("additions_not_seen", drawn_into_after_signing, ("broken", 422), ("signed", 200)),
    ("chain_not_checked", under_a_look_alike_chain, ("broken", 422), ("signed", 200)),
    ("stamp_text_counts", only_a_stamp, 422, 200),
    ("signing_marks_all", signed_one_of_two, "attached", "signed"),
    ("mark_survives_replacement", signed_then_replaced, "attached", "signed"),
    ("signature_not_enforced", unsigned_submission, 422, 200),
    ("answer_not_verified", another_key_answers, "attached", "signed"),
    ("revocation_not_checked", suspended_after_signing, 422, 200),
    ("mandatory_not_enforced", nothing_attached, 422, 200),
    ("any_component_is_enough", only_what_is_optional, 422, 200),
    ("file_name_stripped", name_kept, "Giấy tờ.pdf", "Giy t.pdf"),
    ("code_changes_at_acceptance", code_after_acceptance, True, False),
    ("agency_ignored", second_agency, THANH_PHU, THANH_LUONG),
    ("empty_reason_accepted", empty_reason, 422, 200),
    ("reason_not_in_list", reason_listed, "Thiếu", None),
    ("any_component_editable", supplement_edit, 409, 200),
    ("supplement_by_anyone", supplement_by_another, 404, 200),
    ("drafts_of_anyone", draft_opened_by_another, 404, 200),
    ("form_always_open", form_filled_after_a_refusal, 409, 200),
    ("copied_by_anyone", copied_by_another, 404, 201),
    ("refused_can_resubmit", submitted_again, 409, 200),
    ("copy_carries_signature", state_and_form_of_a_copy, ("attached", True), ("signed", True)),
    ("copy_loses_form", state_and_form_of_a_copy, ("attached", True), ("attached", False)),
    ("copy_shares_components", the_old_after_editing_the_copy, True, False),
    ("history_without_actor", who_acted, "Nguyễn Thị Mỹ Dưỡng", ""),
    ("history_by_the_system", who_acted, "Nguyễn Thị Mỹ Dưỡng", "Hệ thống"),
    ("files_by_id", file_of_another, 404, 200),
    (
        "supplement_without_content",
        at_the_desk(("supplement", {"reason": " ", "components": ["to-khai"]})),
        422,
        200,
    ),
    ("supplement_without_components", at_the_desk(("supplement", {"reason": "x"})), 422, 200),
    ("old_versions_dropped", versions_after_a_supplement, 2, 1),
    ("withdrawal_is_a_stop", state_of_a_withdrawn, 7, 8),
    ("stop_without_reason", at_the_desk(("accept", {}), ("stop", {"reason": " "})), 422, 200),
    ("silent_stop", sms_after(ACCEPT, ("stop", {"reason": "x"})), 3, 2),
    ("list_is_stale", state_listed_while_processed, 4, 2),
    ("opening_takes_charge", at_the_desk(("read", {}), told="state"), 1, 4),
    ("result_before_its_time", at_the_desk(ACCEPT, ("process", {}), ("hand_over", {})), 409, 200),
    ("stopped_goes_on", at_the_desk(ACCEPT, ("stop", {"reason": "x"}), ("finish", {})), 409, 200),
    ("receipt_without_place", receipt_says("place_of_return"), True, False),
    ("receipt_without_components", receipt_says("components"), True, False),
    ("asked_again_and_again", at_the_desk(ACCEPT, ASK, ("answer", {}), ACCEPT, ASK), 409, 200),
    ("basis_not_recorded", basis_of_a_further_request, True, False),
    ("history_rewritten", reasons_after_handing_on, ["x"], []),
    ("officers_race", two_refusals_at_once, [200, 409], [200, 200]),
    ("rollback_erases", rows_after_a_rollback, 4, 2),
    ("rollback_of_a_result", at_the_desk(ACCEPT, ("finish", {}), ("hand_over", {}), BACK), 409, 200),
    ("silent_rollback", sms_after(ACCEPT, ("process", {}), BACK), 4, 3),
    ("lateness_hidden", at_the_desk(later(7), ("read", {}), told="late"), True, False),
    ("request_at_any_time", at_the_desk(ACCEPT, later(7), ASK), 409, 200),
    (
        "due_left_as_it_was",
        at_the_desk(ACCEPT, later(1), ASK, later(7), ("answer", {}), ACCEPT, told="due"),
        RESTARTED,
        KEPT,
    ),
    (
        "due_moved_by_the_wait",
        at_the_desk(ACCEPT, later(1), ASK, later(7), ("answer", {}), ACCEPT, told="due"),
        RESTARTED,
        MOVED,
    ),
    ("refused_with_days_left", at_the_desk(ASK, REFUSE), 409, 200),
    ("silent_end_of_days", sms_after(ASK, later(21), REFUSE), 3, 2),
    ("apology_without_reason", at_the_desk(ACCEPT, put_off(1, " ")), 422, 200),
    ("apology_after_the_limit", at_the_desk(ACCEPT, later(7), put_off(1)), 409, 200),
    ("silent_apology", sms_after(ACCEPT, put_off(1)), 3, 2),
    ("put_off_again", at_the_desk(ACCEPT, put_off(1), put_off(8)), 409, 200),
    ("overdue_hidden", at_the_desk(ACCEPT, later(14), ("read", {}), told="overdue"), True, False),
    ("overdue_cleared_by_handing_on", at_the_desk(ACCEPT, later(14), ("process", {}), told="overdue"), True, False),
    ("withdrawn_by_a_link", state_after_a_link, 1, 7),
    ("amount_without_cents", amount_asked, True, False),
    ("unpaid_accepted", accepted_unpaid, 409, 200),
    ("no_record_means_paid", accepted_without_and_with_an_attempt, [409, 409], [200, 409]),
    ("checksum_ignored", after(lambda ref, amount: notice(ref, amount, SecureHash="0" * 128)), 0, 1),
    ("empty_checksum_accepted", after(lambda ref, amount: notice(ref, amount, SecureHash="")), 0, 1),
    ("amount_not_compared", after(lambda ref, amount: notice(ref, amount - 1000)), 0, 1),
    ("failed_counts_as_paid", after(lambda ref, amount: notice(ref, amount, ResponseCode="24")), 0, 1),
    ("ipn_twice", after(_right, _right), 1, 2),
    ("return_url_believed", after(_right, way="/vnpay/return"), 0, 1),
    ("no_reconciliation", reconciled, 1, 0),
    ("query_means_paid", cancelled_then_reconciled, 0, 1),
    ("reference_reused", two_attempts, 2, 1),
    ("half_success", after(lambda ref, amount: notice(ref, amount, TransactionStatus="02")), 0, 1),
    ("other_half_success", after(lambda ref, amount: notice(ref, amount, ResponseCode="07")), 0, 1),
    ("lower_case_keys", keys_of_the_answer, ["Message", "RspCode"], ["message", "rspCode"]),
    ("no_notice_on_accept", sms_of_an_acceptance, ["0901000001"] * 2, ["0901000001"]),
    (
        "notice_to_first_citizen",
        sms_of_an_acceptance,
        ["0901000001"] * 2,
        ["0901000001"] * 2 + ["0901000002"] * 2,
    ),
    ("refusal_by_sms_only", mails_of_a_refusal, 1, 0),
    ("personal_id_in_notice", number_in_sms, False, True),
    ("sms_failure_blocks", sms_gateway_down, 200, 503),
)


ELSEWHERE = {"late_answer_applied", "races"}
"""Shown by test_portal.py."""


def test_every_flaw_is_shown() -> None:
    assert {name for name, *_ in ENDS} | ELSEWHERE == {flaw.name for flaw in FLAWS}


@pytest.mark.parametrize(("name", "story", "right", "flawed"), ENDS, ids=[end[0] for end in ENDS])
def test_only_the_flawed_portal_ends_wrong(
    authority: Authority, paper: bytes, name: str, story: Story, right: Any, flawed: Any
) -> None:
    def end(flaw: str | None) -> Any:
        ends: list[Any] = []

        async def told(world: Portal) -> None:
            ends.append(await story(world, paper))

        play(authority, told, flaw)
        return ends[0]

    assert (end(None), end(name)) == (right, flawed)
