"""FPT.eSign on the wire: a certificate for a day, files signed by the provider, digests, what ends a bill, faults, bad input."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from simulators.ca.subscribers import Subscribers
from tests.places import Place, Running, made
from tests.simulators.ca.esign import BASE, Esign, b64, file, hashed, pdf, verify
from tests.simulators.ca.test_bad_input import BODIES, ODD


async def status_of(place: Place, raw: bytes) -> list[Any]:
    """Of each signature in the PDF, judged by pyHanko under the world's root."""
    from asn1crypto import x509 as asn1  # noqa: PLC0415

    ca, root = (asn1.Certificate.load(der) for der in await place.world.pki.chain("fpt_esign"))
    found = []
    for one in PdfFileReader(BytesIO(raw)).embedded_signatures:
        at = ValidationContext(trust_roots=[root], other_certs=[ca], moment=one.self_reported_timestamp)
        found.append(await asyncio.to_thread(validate_pdf_signature, one, at))
    return found


def test_a_file_comes_back_signed_and_no_phone_is_asked(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare(file()))
        assert await lab.place.prompts(caller.user) == []
        told = (await caller.authorize(bill, await caller.code())).json()
        assert (told["responseCode"], told["signedFileName"], told["mimeType"]) == (0, "to-khai.pdf", "application/pdf")
        raw = base64.b64decode(told["signedFileData"])
        assert raw.startswith(base64.b64decode(file()["signingFileData"])[:200])
        (status,) = await status_of(lab.place, raw)
        assert status.bottom_line, status.pretty_print_details()
        assert caller.user.id in status.signing_cert.subject.native["user_id"]
        (row,) = lab.place.rows(ref=bill, word="signing_approved")
        assert [one["doc_id"] for one in row.body["docs"]] == ["to-khai.pdf"]

    lab.run(story())


def test_several_files_are_signed_by_one_code_and_a_signed_one_again(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare(file("a", "a.pdf"), file("b", "b.pdf")))
        first, second = (await caller.authorize(bill, await caller.code())).json()["multipleSignedFileData"]
        assert (first["signedFileName"], second["signedFileName"]) == ("a.pdf", "b.pdf")
        again = {**file(), "signingFileData": first["signedFileData"]}
        bill = await caller.bill(await caller.prepare(again))
        told = (await caller.authorize(bill, await caller.code())).json()
        states = await status_of(lab.place, base64.b64decode(told["signedFileData"]))
        assert [one.valid and one.intact and one.trusted for one in states] == [True, True]

    lab.run(story())


@pytest.mark.parametrize("count", [1, 3])
def test_digests_come_back_as_raw_values(lab: Running, count: int) -> None:
    async def story() -> None:
        caller, texts = await Esign.at(lab.place), [f"text {place}" for place in range(count)]
        bill = await caller.bill(await caller.prepare_hashes(*texts))
        told = (await caller.authorize(bill, await caller.code())).json()
        values = told.get("multipleSignedFileData") or [told]
        leaf = await caller.leaf()
        for text, one in zip(texts, values, strict=True):
            verify(leaf, one["signatureValue"], text)

    lab.run(story())


def test_the_certificate_is_for_a_day_in_the_name_that_was_told(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.outside(lab.place)
        told = (await caller.certify()).json()
        assert (told["responseCode"], told["responseMessage"] != "") == (0, True)
        leaf = x509.load_der_x509_certificate(base64.b64decode(told["certificate"]))
        assert timedelta(hours=23) < leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=1)
        assert told["validTo"] - told["validFrom"] == 86_400_000
        named = leaf.subject.rfc4514_string()
        assert caller.user.name in named
        assert f"CCCD:{caller.user.id}" in named
        again = (await caller.certify()).json()
        assert (again["responseCode"], again["certificate"]) == (1010, told["certificate"])
        assert (await caller.leaf()).serial_number == leaf.serial_number
        await lab.place.control("POST", f"certificates/{leaf.serial_number:032x}/revoke")
        anew = (await caller.certify()).json()
        assert (anew["responseCode"], anew["certificate"] != told["certificate"]) == (0, True)

    lab.run(story())


def test_after_a_day_the_certificate_signs_no_more() -> None:
    async def story() -> None:
        async with made("ca", "messages") as place:
            caller = await Esign.at(place)
            await place.control("POST", "clock", {"advance_seconds": 86_400})
            assert (await caller.prepare(file())).json()["responseCode"] == 9005
            assert (await caller.certify()).json()["responseCode"] == 0
            assert (await caller.prepare(file())).json()["responseCode"] == 1007

    asyncio.run(story())


@pytest.mark.parametrize("change", ["revoke", "suspend"])
def test_a_certificate_that_is_withdrawn_signs_neither_before_nor_after_the_code(lab: Running, change: str) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare_hashes("x"))
        serial = (await caller.leaf()).serial_number
        await lab.place.control("POST", f"certificates/{serial:032x}/{change}")
        told = (await caller.authorize(bill, await caller.code())).json()
        assert (told["responseCode"], "signatureValue" in told) == (9005, False)
        assert (await caller.prepare_hashes("x")).json()["responseCode"] == 9005
        assert lab.place.rows(ref=bill, word="signing_refused")

    lab.run(story())


def test_codes_wrong_too_often_used_renewed_and_ended(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare_hashes("x"))
        first = await caller.code()
        wrong = f"{(int(first) + 1) % 10**6:06}"
        assert (await caller.authorize(bill, wrong)).json()["responseCode"] == 1004
        renewed = await caller.renew()
        assert (renewed["responseCode"], renewed["billCode"]) == (1007, bill)
        assert (await caller.authorize(bill, first)).json()["responseCode"] == 1004, "the code before is dead"
        code = await caller.code()
        assert (await caller.authorize(bill, code)).json()["responseCode"] == 0
        assert (await caller.authorize(bill, code)).json()["responseCode"] == 1006, "used once"
        assert [row.body["count"] for row in lab.place.rows(ref=bill, word="code_sent")] == [1, 2]

    lab.run(story())


def test_too_many_wrong_codes_block_the_right_one_and_the_next(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare_hashes("x"))
        code = await caller.code()
        wrong = f"{(int(code) + 1) % 10**6:06}"
        said = [(await caller.authorize(bill, wrong)).json()["responseCode"] for _ in range(5)]
        assert said == [1004] * 4 + [1005]
        assert (await caller.authorize(bill, code)).json()["responseCode"] == 1005
        assert (await caller.renew())["responseCode"] == 1005
        assert not lab.place.rows(ref=bill, word="signing_approved")

    lab.run(story())


def test_codes_are_sent_so_often_and_no_more(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        assert (await caller.renew())["responseCode"] == 9006, "nothing was prepared"
        await caller.prepare_hashes("x")
        said = [(await caller.renew())["responseCode"] for _ in range(5)]
        assert said == [1007] * 4 + [1039]
        assert (await caller.prepare_hashes("x")).json()["responseCode"] == 1039

    lab.run(story())


def test_a_code_is_good_for_five_minutes_and_a_bill_for_longer() -> None:
    async def story() -> None:
        async with made("ca", "messages") as place:
            caller = await Esign.at(place)
            bill = await caller.bill(await caller.prepare_hashes("x"))
            await place.control("POST", "clock", {"advance_seconds": 301})
            assert (await caller.authorize(bill, await caller.code())).json()["responseCode"] == 1006
            await caller.renew()
            assert (await caller.authorize(bill, await caller.code())).json()["responseCode"] == 0
            bill = await caller.bill(await caller.prepare_hashes("y"))
            await place.control("POST", "clock", {"advance_seconds": 800})
            await caller.renew()
            await place.control("POST", "clock", {"advance_seconds": 101})
            assert (await caller.authorize(bill, await caller.code())).json()["responseCode"] == 1006

    asyncio.run(story())


def test_what_is_ended_is_signed_no_more(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare_hashes("x"))
        ended = await lab.place.control("POST", "expire", {"ref": bill})
        assert ended.status_code == 200, ended.text
        assert (await caller.authorize(bill, await caller.code())).json()["responseCode"] == 1006
        assert lab.place.rows(ref=bill, word="signing_expired")

    lab.run(story())


def test_no_code_is_renewed_for_a_bill_that_is_over(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare_hashes("x"))
        assert (await caller.authorize(bill, await caller.code())).json()["responseCode"] == 0
        assert (await caller.renew())["responseCode"] == 1006, "it is signed"
        bill = await caller.bill(await caller.prepare_hashes("y"))
        await lab.place.control("POST", "expire", {"ref": bill})
        assert (await caller.renew())["responseCode"] == 1006, "it was ended"
        assert len(lab.place.rows(contract=caller.contract, word="code_sent")) == 2

    lab.run(story())


def test_a_renewal_after_the_bills_time_ends_it_and_sends_nothing() -> None:
    async def story() -> None:
        async with made("ca", "messages") as place:
            caller = await Esign.at(place)
            bill = await caller.bill(await caller.prepare_hashes("x"))
            await place.control("POST", "clock", {"advance_seconds": 901})
            assert (await caller.renew())["responseCode"] == 1006
            assert len(place.rows(ref=bill, word="signing_expired")) == 1
            assert len(place.rows(ref=bill, word="code_sent")) == 1

    asyncio.run(story())


def test_a_file_is_finished_with_the_certificate_of_its_bill_not_with_a_later_one(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill, first = await caller.bill(await caller.prepare(file())), (await caller.leaf()).serial_number
        await lab.place.control("POST", f"certificates/{first:032x}/suspend")
        assert (await caller.certify()).json()["responseCode"] == 0, "another is issued meanwhile"
        await lab.place.control("POST", f"certificates/{first:032x}/unsuspend")
        told = (await caller.authorize(bill, await caller.code())).json()
        (status,) = await status_of(lab.place, base64.b64decode(told["signedFileData"]))
        assert status.bottom_line, status.pretty_print_details()
        assert status.signing_cert.serial_number == first != (await caller.leaf()).serial_number

    lab.run(story())


def test_a_later_bill_takes_the_code_of_the_one_before(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        one = await caller.bill(await caller.prepare_hashes("x"))
        two = await caller.bill(await caller.prepare_hashes("y"))
        code = await caller.code()
        assert (await caller.authorize(one, code)).json()["responseCode"] == 1006
        assert (await caller.authorize(two, code)).json()["responseCode"] == 0

    lab.run(story())


def test_a_code_by_mail_has_the_subject_that_was_told(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare_hashes("x", authorizeMethod=2))
        (row,) = lab.place.rows(ref=bill, word="code_sent")
        assert row.body["channel"] == "mail"
        assert (await caller.authorize(bill, await caller.code(by_mail=True))).json()["responseCode"] == 0

    lab.run(story())


def test_another_relying_party_reaches_neither_agreement_nor_bill(lab: Running) -> None:
    async def story() -> None:
        one, other = await Esign.at(lab.place), await Esign.outside(lab.place)
        bill = await one.bill(await one.prepare_hashes("x"))
        code = await one.code()
        assert (await other.call("getCertificateDetail")).json()["responseCode"] == 9004
        other.user = one.user
        await other.certify()
        assert (await other.authorize(bill, code)).json()["responseCode"] == 9006
        one.agreement = "A-2"
        await one.certify()
        assert (await one.authorize(bill, code)).json()["responseCode"] == 9006, "of another agreement"

    lab.run(story())


CREDENTIALS: dict[str, tuple[dict[str, str], str]] = {
    "another user": ({"username": "x"}, "credentialData.username"),
    "another signature": ({"signature": "x"}, "credentialData.signature"),
    "another password": ({"password": "x"}, "credentialData.password is not"),
    "an old timestamp": ({"timestamp": "1"}, "not within 300000 ms"),
    "no timestamp": ({"timestamp": ""}, "not within"),
    "a timestamp of words": ({"timestamp": "١٢٣"}, "not within"),
}


@pytest.mark.parametrize("name", CREDENTIALS)
def test_credentials_that_are_signed_and_wrong(lab: Running, name: str) -> None:
    async def story() -> None:
        changed, why = CREDENTIALS[name]
        caller = await Esign.outside(lab.place)
        reply = await caller.certify(credentialData=caller.credentials(**changed))
        assert (reply.status_code, reply.json()["responseCode"]) == (200, 9003)
        assert why in caller.whys()[0]

    lab.run(story())


def test_a_signature_over_something_else_is_refused(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.outside(lab.place)
        other = caller.credentials(timestamp=str(lab.place.world.store.now() - 1000))
        for pkcs1 in (other["pkcs1Signature"], "", "x", b64(b"\x00" * 256)):
            reply = await caller.certify(credentialData={**caller.credentials(), "pkcs1Signature": pkcs1})
            assert reply.json()["responseCode"] == 9003
        assert "username + password + signature + timestamp" in caller.whys()[0]
        assert (await caller.certify(relyingParty="x")).json()["responseCode"] == 9002
        assert (await caller.certify(credentialData=None)).json()["responseCode"] == 9003

    lab.run(story())


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "no template": ({"notificationTemplate": "x"}, 9001, "{AuthorizeCode}"),
    "passcode": ({"authorizeMethod": 4}, 9001, "authorizeMethod 4"),
    "server to server": ({"messagingMode": 2}, 9001, "messagingMode 2"),
    "no file": ({"signingFileData": None}, 9007, "0 files"),
    "no base64": ({"signingFileData": "%PDF"}, 9007, "no base64"),
    "no PDF": ({"signingFileData": b64(b"x" * 200)}, 9007, "no PDF that can be signed"),
    "a cut PDF": ({"signingFileData": b64(pdf()[:300])}, 9007, "no PDF that can be signed"),
    "a Word file": ({"mimeType": "application/msword"}, 9009, "application/pdf"),
    "no name": ({"signingFileName": ""}, 9009, "and a name"),
    "unknown agreement": ({"agreementUUID": "A-9"}, 9004, "agreementUUID 'A-9' is unknown"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_in_the_journal(lab: Running, name: str) -> None:
    async def story() -> None:
        changed, code, why = WRONG[name]
        caller = await Esign.at(lab.place)
        reply = await caller.prepare(file(), **changed)
        assert (reply.status_code, reply.json()["responseCode"]) == (200, code)
        assert why in caller.whys()[0]
        assert not lab.place.rows(contract=caller.contract, word="signing_requested")

    lab.run(story())


def test_digests_that_are_none(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        for changed, code in (({"hash": "x"}, 9008), ({"hash": b64(b"x" * 32)}, 9008), ({"mimeType": "x"}, 9009)):
            rows = [{**hashed("x")[0], **changed}]
            assert (await caller.prepare_hashes("x", multipleSigningFileData=rows)).json()["responseCode"] == code
        assert (await caller.prepare_hashes(*map(str, range(51)))).json()["responseCode"] == 9007
        assert (await caller.prepare_hashes(*map(str, range(50)))).json()["responseCode"] == 1007

    lab.run(story())


def test_two_digests_of_one_name_are_two_documents(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        rows = [{**one, "signingFileName": "same"} for one in hashed("x", "y")]
        bill = await caller.bill(await caller.prepare_hashes("x", multipleSigningFileData=rows))
        told = (await caller.authorize(bill, await caller.code())).json()["multipleSignedFileData"]
        leaf = await caller.leaf()
        for text, one in zip(("x", "y"), told, strict=True):
            assert one["signedFileName"] == "same"
            verify(leaf, one["signatureValue"], text)

    lab.run(story())


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"certificateProfile": "PERS.1Y"}, 9001),
        ({"agreementDetails": None}, 9001),
        ({"mobileNo": "12"}, 9001),
        ({"agreementDetails": {"citizenID": "001099999998", "country": "VN", "location": "x"}}, 9001),
    ],
)
def test_an_agreement_that_cannot_be(lab: Running, changed: dict[str, Any], code: int) -> None:
    async def story() -> None:
        caller = await Esign.outside(lab.place)
        assert (await caller.certify(**changed)).json()["responseCode"] == code
        assert (await caller.call("getCertificateDetail")).json()["responseCode"] == 9004

    lab.run(story())


def test_an_agreement_is_one_persons(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        caller.user = await lab.place.citizen()
        assert (await caller.certify()).json()["responseCode"] == 9004

    lab.run(story())


def test_of_two_who_ask_for_an_agreement_at_once_one_gets_it(lab: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    issue = Subscribers.certified

    async def story() -> None:
        both = asyncio.Barrier(2)

        async def together(*given: Any) -> Any:
            await both.wait()  # neither finds the agreement of the other
            return await issue(*given)

        monkeypatch.setattr(Subscribers, "certified", together)
        one = await Esign.outside(lab.place)
        other = replace(one, user=await lab.place.citizen())
        replies = await asyncio.gather(one.certify(), other.certify())
        assert sorted(reply.json()["responseCode"] for reply in replies) == [0, 9004]
        winner = one if replies[0].json()["responseCode"] == 0 else other
        assert f"CCCD:{winner.user.id}" in (await one.leaf()).subject.rfc4514_string()

    lab.run(story())


@pytest.mark.parametrize("effect", ["another_signer", "another_digest", "server_error", "html_200"])
def test_a_planned_fault_befalls_the_answer(lab: Running, effect: str) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        await lab.place.fault("fpt_esign.answer", effect, caller.user.id)
        bill = await caller.bill(await caller.prepare(file()))
        reply = await caller.authorize(bill, await caller.code())
        came = reply.status_code, reply.headers["content-type"].split(";")[0]
        whole = 200, "application/json"
        assert came == {"server_error": (500, whole[1]), "html_200": (200, "text/html")}.get(effect, whole)
        if effect in {"another_signer", "another_digest"}:
            (status,) = await status_of(lab.place, base64.b64decode(reply.json()["signedFileData"]))
            assert (status.intact, status.valid) == (True, False)

    lab.run(story())


def test_a_fault_befalls_a_digest_too(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        await lab.place.fault("fpt_esign.answer", "another_signer", caller.contract)
        bill = await caller.bill(await caller.prepare_hashes("x"))
        told = (await caller.authorize(bill, await caller.code())).json()
        with pytest.raises(InvalidSignature):
            verify(await caller.leaf(), told["signatureValue"], "x")

    lab.run(story())


def test_out_of_turns(lab: Running) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        await lab.place.control("POST", "turns", {"ca": "fpt_esign", "citizen": caller.user.id, "left": 1})
        assert (await caller.prepare_hashes("x", "y")).json()["responseCode"] == 9010
        assert (await caller.prepare_hashes("x")).json()["responseCode"] == 1007

    lab.run(story())


FUNCTIONS = ("prepareCertificate", "getCertificateDetail", "prepareFile", "prepareHashSigning")
FUNCTIONS += ("regenerateAuthorizationCode", "authorizeSingletonSigning")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_request(lab: Running, body: bytes) -> None:
    async def story() -> None:
        for function in FUNCTIONS:
            reply = await lab.place.http.post(f"{BASE}/{function}ForSignCloud", content=body)
            assert (reply.status_code, set(reply.json())) == (200, {"responseCode", "responseMessage"})
            assert reply.json()["responseCode"] in {9001, 9002}

    lab.run(story())


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_odd_values_of_rightful_callers(lab: Running, value: Any) -> None:
    async def story() -> None:
        caller = await Esign.at(lab.place)
        bill = await caller.bill(await caller.prepare_hashes("x"))
        names = (*caller.sending(), *file(), "multipleSigningFileData", "agreementDetails", "billCode", "authorizeCode")
        for function in FUNCTIONS:
            for name in names:
                fields = {**caller.sending(), "billCode": bill, "authorizeCode": "000000", name: value}
                reply = await caller.call(function, **fields)
                assert (reply.status_code, "responseCode" in reply.json()) == (200, True)
        assert not lab.place.rows(word="crashed")

    lab.run(story())
