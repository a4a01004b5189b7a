"""SmartCA TH: password and one-time code open a request, its SAD has it signed, no phone is asked; each try is counted."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from simulators.ca import passwords
from simulators.ca.passwords import Account
from simulators.ca.providers import vnpt
from simulators.ca.reasons import Reason
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import Clock
from simulators.kernel.pki import SharedKey
from simulators.kernel.records import Instant, Key
from tests.places import Place, Running, made
from tests.simulators.ca.callers import SP769, Vnpt, digest, file

SPEC = vnpt.PROVIDER
RFC6238 = base64.b64encode(b"12345678901234567890").decode()
"""The key of the RFC's appendix B."""
ACCOUNT = Account(id="vnpt/001099000001", password="right", secret=RFC6238)  # invented
NOW = Instant(1_111_111_111_000)


class Th(Vnpt):
    """A service provider whose user signs without the phone."""

    async def account(self, citizen: Citizen, *, integrated: bool = True) -> dict[str, Any]:
        switch = {"ca": "vnpt", "citizen": citizen.id, "integrated": integrated}
        reply = await self.place.control("POST", "smartca", switch)
        assert reply.status_code == 200
        return dict(reply.json())

    async def serial(self, citizen: Citizen) -> str:
        (row,) = (await self.list(citizen.id)).json()["data"]["user_certificates"]
        return str(row["serial_number"])

    async def open(self, citizen: Citizen, transaction: str, **changed: Any) -> httpx.Response:
        account = (await self.place.control("GET", f"smartca/vnpt/{citizen.id}")).json()
        fields = {"password": account["password"], "otp": self.otp(account), "transaction_id": transaction}
        fields |= {"user_id": citizen.id, "serial_number": await self.serial(citizen), "sign_files": [file()]}
        return await self.post(f"{SP769}/v2/signatures/sign", **{**fields, **changed})

    async def confirm(self, citizen: Citizen, transaction: str, sad: str, **changed: Any) -> httpx.Response:
        account = (await self.place.control("GET", f"smartca/vnpt/{citizen.id}")).json()
        fields = {"user_id": citizen.id, "password": account["password"], "transaction_id": transaction, "sad": sad}
        return await self.post(f"{SP769}/v2/signatures/confirm", **{**fields, **changed})

    def otp(self, account: dict[str, Any], off: int = 0) -> str:
        """By another implementation than the simulator's own."""
        now = self.place.world.store.now() // 1000 + 30 * off
        return TOTP(base64.b64decode(account["totp_secret"]), 6, SHA1(), 30).generate(now).decode()


@pytest.mark.parametrize(
    ("seconds", "eight"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_codes_are_those_of_the_rfcs_appendix(seconds: int, eight: str) -> None:
    assert passwords.code(RFC6238, seconds // 30) == eight[-6:]


@pytest.mark.parametrize(
    ("off", "steps", "right"), [(0, 0, True), (1, 0, False), (-1, 1, True), (1, 1, True), (2, 1, False)]
)
def test_a_code_may_be_so_many_steps_off(off: int, steps: int, *, right: bool) -> None:
    spec = replace(SPEC, otp_steps=steps)
    tried = passwords.tried(ACCOUNT, "right", passwords.code(RFC6238, NOW // 30_000 + off), NOW, spec)
    assert (tried.refused is None) is right


@pytest.mark.parametrize(("reuse", "reason"), [("refused", Reason.OTP_WRONG), ("taken", None)])
def test_a_code_a_second_time(reuse: Any, reason: Reason | None) -> None:
    spec, code = replace(SPEC, otp_reuse=reuse), passwords.code(RFC6238, NOW // 30_000)
    once = passwords.tried(ACCOUNT, "right", code, NOW, spec)
    again = passwords.tried(once.account, "right", code, NOW, spec)
    assert (again.refused.reason if again.refused else None) is reason
    later = passwords.tried(once.account, "right", passwords.code(RFC6238, NOW // 30_000 + 1), NOW, spec)
    assert later.refused is None


def test_the_last_wrong_password_locks_and_the_lock_ends() -> None:
    account = ACCOUNT
    for left in (4, 3, 2, 1):
        tried = passwords.tried(account, "wrong", None, NOW, SPEC)
        assert tried.refused is not None
        assert (tried.refused.reason, f"{left} tries" in tried.refused.why) == (Reason.PASSWORD_WRONG, True)
        account = tried.account
    forgiven = passwords.tried(account, "right", None, NOW, SPEC)
    assert (forgiven.refused, forgiven.account.wrong) == (None, 0)
    locked = passwords.tried(account, "wrong", None, NOW, SPEC).account
    assert locked.locked_until == NOW + SPEC.password_lock
    right = passwords.tried(locked, "right", None, Instant(locked.locked_until - 1), SPEC)
    assert right.refused is not None
    assert right.refused.reason is Reason.ACCOUNT_LOCKED
    assert passwords.tried(locked, "right", None, locked.locked_until, SPEC).refused is None
    once = passwords.tried(locked, "wrong", None, locked.locked_until, SPEC).account
    assert once.wrong == 1, "the count begins anew"


@pytest.mark.parametrize(("tries", "wrong"), [("counted", 1), ("free", 0)])
def test_whether_wrong_codes_are_counted_is_a_field(tries: Any, wrong: int) -> None:
    tried = passwords.tried(ACCOUNT, "right", "000000", NOW, replace(SPEC, otp_tries=tries))
    assert tried.refused is not None
    assert (tried.refused.reason, tried.account.wrong) == (Reason.OTP_WRONG, wrong)


@pytest.mark.parametrize(
    ("otp", "shape"),
    [
        ("000000", "otp of 6 digits is"),
        ("1234567", "otp of 7 characters that are not 6 digits is"),
        ("١٢٣٤٥٦", "otp of 6 characters that are not 6 digits is"),
        ("hunter", "otp of 6 characters that are not 6 digits is"),
    ],
)
def test_what_was_typed_for_a_code_is_never_told(otp: str, shape: str) -> None:
    tried = passwords.tried(ACCOUNT, "right", otp, NOW, SPEC)
    assert tried.refused is not None
    assert shape in tried.refused.why
    assert otp not in tried.refused.why


async def _key_of_sads(place: Place) -> rsa.RSAPublicKey:
    kept = await place.world.store.get(Key(SharedKey, "vnpt/sad"))
    assert kept is not None
    return place.world.pki.key(kept.keypair).public_key()


def test_a_batch_is_signed_without_the_phone(lab: Running) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        caller = await Th.at(place, "vnpt", webhook_url="http://127.0.0.1:9/hook")
        await caller.account(citizen)
        batch = [file(doc_id="a"), file(digest("y"), doc_id="b")]
        told = (await caller.open(citizen, "TH-1", sign_files=batch)).json()
        data = told["data"]
        assert (told["status_code"], told["message"]) == (200, "sig_wait_for_user_confirm")
        assert (set(data), data["expired_in"]) == ({"transaction_id", "tran_code", "sad", "expired_in"}, 299)
        assert await place.prompts(citizen) == []
        head, claims, mac = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in data["sad"].split("."))
        assert json.loads(head)["alg"] == "RS256"
        assert json.loads(claims)["exp"] - json.loads(claims)["iat"] == 299
        signed = data["sad"].rpartition(".")[0].encode()
        (await _key_of_sads(place)).verify(mac, signed, padding.PKCS1v15(), hashes.SHA256())
        done = (await caller.confirm(citizen, "TH-1", data["sad"])).json()
        assert (done["status_code"], done["message"], done["data"]["expired_in"]) == (200, "Success", 299)
        (row,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
        key = x509.load_der_x509_certificate(base64.b64decode(row["cert_data"])).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        assert [one["doc_id"] for one in done["data"]["signatures"]] == ["a", "b"]
        for one, text in zip(done["data"]["signatures"], ("x", "y"), strict=True):
            value, over = base64.b64decode(one["signature_value"]), bytes.fromhex(digest(text))
            key.verify(value, over, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        words = [row.word for row in place.rows(ref="TH-1")]
        assert words == ["signing_requested", "signing_approved", "signing_polled"], "and no webhook"

    lab.run(story())


def test_an_account_that_is_none_of_these_asks_the_phone_and_answers_without_a_sad(lab: Running) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        caller = await Th.at(place, "vnpt")
        told = (await caller.open(citizen, "TH-phone")).json()
        assert told["message"] == "sig_wait_for_user_confirm"
        assert "sad" not in told["data"]
        assert (await caller.confirm(citizen, "TH-phone", "made.up.sad")).json()["message"] == "BAD_REQUEST: sad"
        await place.approve(citizen)
        assert len((await caller.status("TH-phone")).json()["data"]["signatures"]) == 1

    lab.run(story())


WRONG: dict[str, tuple[dict[str, Any], tuple[int, int], str]] = {
    "password": ({"password": "wrong"}, (401, 401), "password is not"),
    "code": ({"otp": "12345"}, (200, 1003), "otp of 5 characters that are not 6 digits"),
    "password as code": ({"otp": "bí mật"}, (200, 1003), "otp of 6 characters that are not 6 digits"),
    "no code": ({"otp": ""}, (400, 400), "otp is missing"),
    "no password": ({"password": ""}, (400, 400), "password is missing"),
    "no serial": ({"serial_number": ""}, (400, 400), "serial_number is missing"),
    "digest": ({"sign_files": [file("zz")]}, (400, 400), "data_to_be_signed"),
    "secret": ({"sp_password": "wrong"}, (401, 401), "sp_password"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_and_opens_nothing(lab: Running, name: str) -> None:
    async def story() -> None:
        changed, codes, why = WRONG[name]
        citizen, caller = await lab.place.citizen(), await Th.at(lab.place, "vnpt")
        await caller.account(citizen)
        reply = await caller.open(citizen, f"TH-{name}", **changed)
        assert (reply.status_code, reply.json()["status_code"]) == codes
        (row,) = lab.place.rows(ref=f"TH-{name}", word="turned_away")
        assert why in row.body["why"]
        assert not [
            changed[name] for name in ("password", "otp") if changed.get(name) and changed[name] in row.body["why"]
        ]
        assert lab.place.rows(ref=f"TH-{name}", word="signing_requested") == []

    lab.run(story())


def test_five_wrong_passwords_lock_the_account_at_both_calls(lab: Running) -> None:
    async def story() -> None:
        citizen, caller = await lab.place.citizen(), await Th.at(lab.place, "vnpt")
        await caller.account(citizen)
        sad = (await caller.open(citizen, "TH-lock")).json()["data"]["sad"]
        for _ in range(5):
            await caller.confirm(citizen, "TH-lock", sad, password="wrong")  # a wrong one
        locked = await caller.confirm(citizen, "TH-lock", sad)
        assert locked.json()["message"] == "SP_CREDENTIAL_INVALID: tài khoản tạm khoá"
        assert (await caller.open(citizen, "TH-lock-2")).json()["message"] == locked.json()["message"]
        assert [row.word for row in lab.place.rows(ref="TH-lock", word="signing_approved")] == []

    lab.run(story())


def test_a_code_and_a_sad_are_good_once(lab: Running) -> None:
    async def story() -> None:
        citizen, caller = await lab.place.citizen(), await Th.at(lab.place, "vnpt")
        otp = caller.otp(await caller.account(citizen))
        sad = (await caller.open(citizen, "TH-once", otp=otp)).json()["data"]["sad"]
        assert (await caller.open(citizen, "TH-twice", otp=otp)).json()["status_code"] == 1003
        assert (await caller.confirm(citizen, "TH-once", sad + "x")).json()["message"] == "BAD_REQUEST: sad"
        assert (await caller.confirm(citizen, "TH-once", sad)).status_code == 200
        assert (await caller.confirm(citizen, "TH-once", sad)).json()["message"] == "BAD_REQUEST: sad"
        other = await lab.place.citizen()
        assert (await caller.confirm(other, "TH-once", sad)).json()["status_code"] == 401
        stranger = await Th.at(lab.place, "vnpt")
        assert (await stranger.confirm(citizen, "TH-once", sad)).json()["status_code"] == 400

    lab.run(story())


def test_what_confirm_answers_a_second_time_is_a_field() -> None:
    async def story() -> None:
        async with made("ca", overrides={"vnpt": {"sad_again": "same_answer"}}) as place:
            citizen, caller = await place.citizen(), await Th.at(place, "vnpt")
            await caller.account(citizen)
            sad = (await caller.open(citizen, "TH-again")).json()["data"]["sad"]
            first, second = [(await caller.confirm(citizen, "TH-again", sad)).json() for _ in range(2)]
            assert first == second
            assert len(place.rows(ref="TH-again", word="signing_approved")) == 1

    asyncio.run(story())


def test_a_sad_is_good_for_299_seconds() -> None:
    async def story() -> None:
        async with made("ca", clock=Clock(id="world", base=NOW, origin=0, rate=0)) as place:
            citizen, caller = await place.citizen(), await Th.at(place, "vnpt")
            await caller.account(citizen)
            sad = (await caller.open(citizen, "TH-old")).json()["data"]["sad"]
            await place.control("POST", "clock", {"advance_seconds": 299})
            late = await caller.confirm(citizen, "TH-old", sad)
            assert (late.status_code, late.json()["message"]) == (400, "BAD_REQUEST: sad đã hết hạn")
            sad = (await caller.open(citizen, "TH-new")).json()["data"]["sad"]
            await place.control("POST", "clock", {"advance_seconds": 298})
            assert (await caller.confirm(citizen, "TH-new", sad)).status_code == 200

    asyncio.run(story())


@pytest.mark.parametrize(("how", "code"), [("revoke", 403), ("turns", 403), ("expire", 400)])
def test_what_ends_meanwhile_is_not_signed(lab: Running, how: str, code: int) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        caller, transaction = await Th.at(place, "vnpt"), f"TH-end-{how}"
        await caller.account(citizen)
        sad = (await caller.open(citizen, transaction)).json()["data"]["sad"]
        if how == "revoke":
            await place.control("POST", f"certificates/{await caller.serial(citizen)}/revoke")
        elif how == "turns":
            await place.control("POST", "turns", {"ca": "vnpt", "citizen": citizen.id, "left": 0})
        else:
            await place.control("POST", "expire", {"ref": transaction})
        reply = await caller.confirm(citizen, transaction, sad)
        assert (reply.status_code, reply.json()["status_code"]) == (code, code)
        assert place.rows(ref=transaction, word="signing_approved") == []

    lab.run(story())


@pytest.mark.parametrize("effect", ["another_signer", "server_error"])
def test_a_planned_fault_befalls_this_door_too(lab: Running, effect: str) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        caller, transaction = await Th.at(place, "vnpt"), f"TH-{effect}"
        await caller.account(citizen)
        await place.fault("vnpt.answer", effect, transaction)
        sad = (await caller.open(citizen, transaction)).json()["data"]["sad"]
        reply = await caller.confirm(citizen, transaction, sad)
        assert reply.status_code == (500 if effect == "server_error" else 200)
        if effect == "another_signer":
            (row,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
            key = x509.load_der_x509_certificate(base64.b64decode(row["cert_data"])).public_key()
            assert isinstance(key, rsa.RSAPublicKey)
            (one,) = reply.json()["data"]["signatures"]
            with pytest.raises(InvalidSignature):
                value, over = base64.b64decode(one["signature_value"]), hashlib.sha256(b"x").digest()
                key.verify(value, over, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))

    lab.run(story())


def test_only_the_control_side_reads_secrets(lab: Running) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        account = (await place.control("GET", f"smartca/vnpt/{citizen.id}")).json()
        assert (account["integrated"], account["wrong_tries"]) == (False, 0)
        assert len(base64.b64decode(account["totp_secret"])) == 40
        assert bytes.fromhex(base64.b64decode(account["totp_secret"]).decode()), "it looks like hexadecimal"
        assert (await place.http.get(f"/control/smartca/vnpt/{citizen.id}")).status_code == 401
        shown = (await place.control("GET", "journal?word=account_switched")).text
        assert account["password"] not in shown
        assert (await place.control("GET", f"smartca/ca2/{citizen.id}")).status_code == 404
        assert (await place.control("GET", "smartca/vnpt/001000000000")).status_code == 404

    lab.run(story())


def test_two_who_look_first_find_one_account(lab: Running) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        calls = [place.control("GET", f"smartca/vnpt/{citizen.id}") for _ in range(2)]
        one, other = await asyncio.gather(*calls)
        assert one.json() == other.json()

    lab.run(story())
