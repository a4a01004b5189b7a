"""Every stored conversation, its provider's side played by respx: what the portal makes of it, and that it asks as written."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import httpx
import pytest
import respx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils
from joserfc import jwt

from reference_portal.calls import hub, id_tokens, login, qd769, smartca, vnpay
from reference_portal.calls.login import LoginRefused
from reference_portal.calls.qd769 import Order, Outcome, ProviderFailed
from reference_portal.rules.money import MoneyRules
from tests.conversations import TRANSCRIPTS, filled
from tests.reference_portal.authority import Authority, Holder
from tests.reference_portal.calls.asked import ATTEMPT, BACK, KEY, LOGIN, NOW, SECRET, SP, TECHID, VNPAY, signed

HOST = "http://127.0.0.1:3"
SIGNING = {
    "vnpt/sign_and_poll": ("offered 1", "waiting", "waiting", "signed"),
    "vnpt/refused": ("offered 1", "waiting", "waiting", "refused"),
    "vnpt/get_is_wrong": ("offered 1", "waiting", "failed", "waiting"),
    "vnpt/base64_where_hex_is_due": ("offered 1", "failed"),
    "vnpt/wrong_credentials": ("no list",),
    "neac/sign_hex": ("offered 1", "signed"),
    "neac/sign_base64": ("offered 1", "signed"),
    "neac/refused": ("offered 1", "refused"),
    # The portal reaches CA2 through the hub; its own door is read by what all of Decision 769 have in common, which knows
    # no pending but a status call's: never "signed" by mistake is what counts.
    "ca2/nothing_found": ("no list",),
    "ca2/sign_and_poll": ("offered 1", "failed", "failed"),
    "ca2/refused": ("offered 1", "failed", "refused"),
}
LOGINS = {
    "login/vnconnect_2022": ("tokens", "person"),
    "login/vneid_2026": ("tokens", "person"),
    "login/refused": ("refused", "refused", "refused"),
    "login/replayed": ("tokens", "refused"),
}
PAYMENTS = {"vnpay/return_success", "vnpay/return_cancelled", "vnpay/querydr", "vnpay/checksums"}
NOT_SPOKEN = "the reference portal signs at VNPT, and through the hub; the CA's own tests play these"
NO_CALL = {
    "vnpay/errors": "the payer's browser meets these pages; the portal makes no call there",
    **dict.fromkeys(("misa/sign_and_poll", "misa/refused", "misa/tokens_confused"), NOT_SPOKEN),
    **dict.fromkeys(("fpt_esign/file", "fpt_esign/hashes", "fpt_esign/wrong_code"), NOT_SPOKEN),
}


def transcript(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((TRANSCRIPTS / f"{name}.json").read_text("utf-8"))
    return told


def test_every_stored_conversation_is_played() -> None:
    stored = {f"{path.parent.name}/{path.stem}" for path in TRANSCRIPTS.rglob("*.json")}
    assert stored == {*SIGNING, *LOGINS, *PAYMENTS, *NO_CALL}


def run(work: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
    async def inside() -> Any:
        async with httpx.AsyncClient() as http:
            return await work(http)

    return asyncio.run(inside())


def made(pattern: Any, shapes: dict[str, Any], choice: int) -> Any:
    """An answer of the transcript: shapes become values, "a|b" the first or the last."""
    if isinstance(pattern, dict):
        return {name: made(inner, shapes, choice) for name, inner in pattern.items()}
    if isinstance(pattern, list):
        return [made(inner, shapes, choice) for inner in pattern]
    if not isinstance(pattern, str):
        return pattern
    return shapes[pattern] if pattern in shapes else pattern.split("|")[choice]


def documents(steps: list[dict[str, Any]]) -> list[tuple[str, bytes]]:
    """doc_id and digest of what the conversation signs."""
    files = [file for step in steps for file in step["send"].get("body", {}).get("sign_files", [])]
    return [(file["doc_id"], digest_of(file["data_to_be_signed"])) for file in files]


def digest_of(text: str) -> bytes:
    return bytes.fromhex(text) if re.fullmatch("[0-9a-f]{64}", text) else base64.b64decode(text)


def value_of(holder: Holder, digest: bytes) -> bytes:
    return holder.key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


class Signer:
    """One conversation of a CA or the hub."""

    def __init__(self, name: str, holder: Holder, authority: Authority, choice: int) -> None:
        self.provider, self.told = name.partition("/")[0], transcript(name)
        self.holder, self.authority, self.choice = holder, authority, choice
        self.order = self._order()

    def _order(self) -> Order:
        (doc_id, digest), *_ = documents(self.told["steps"]) or [("1", bytes(32))]
        sent = [step["send"]["body"] for step in self.told["steps"] if "transaction_id" in step["send"].get("body", {})]
        transaction = sent[-1]["transaction_id"] if sent else "t"
        serial = f"{self.holder.certificate.serial_number:x}"
        return Order(self.told["citizen"], serial, transaction, doc_id, digest, "Ký số tờ khai")

    def answer(self, step: dict[str, Any]) -> httpx.Response:
        value = base64.b64encode(value_of(self.holder, self.order.digest)).decode()
        ca = base64.b64encode(self.authority.ca.der).decode()
        shapes = {
            "<uuid>": "5a8d2f0e-0f1e-4a55-9d0a-1f0f5f3c0001",
            "<integer>": 299,
            "<text>": "Đang chờ xác nhận",
            "<instant>": "2026-07-18T21:12:00Z",
            "<serial>": self.order.serial,
            "<raw rsa>": value,
            "<der>": ca,
            "<der or null>": None,
        }
        if "REJECT" not in str(step["reply"]) and self.told["about"].startswith("The citizen refuses"):
            shapes["<text>"] = "Người dùng từ chối ký"
        body = made(filled(step["reply"], {**SP, "citizen": self.told["citizen"]}), shapes, self.choice)
        for row in (body.get("data") or {}).get("user_certificates", []):
            row["cert_data"] = base64.encodebytes(self.holder.der).decode().replace("\n", "\r\n")
        return httpx.Response(step["status"], json=body)

    async def ask(self, http: httpx.AsyncClient, path: str) -> Any:
        """The portal's call for this path."""
        sheet = {"base_url": f"{HOST}{path[: path.index('/', len('/ca/'))]}", **SP}
        if self.provider == "neac":
            if path.endswith("/sign"):
                return await hub.sign(http, sheet, "CA2", self.order)
            return await hub.certificates(http, sheet, "CA2", self.order.user_id)
        if self.provider == "ca2":
            return await self._in_common(http, f"{HOST}{path}")
        sheet["base_url"] += "/sca/sp769"
        if path.endswith("get_certificate"):
            return await smartca.certificates(http, sheet, self.order.user_id)
        return await (smartca.status if path.endswith("/status") else smartca.sign)(http, sheet, self.order)

    async def _in_common(self, http: httpx.AsyncClient, url: str) -> Any:
        answer = await qd769.post(http, url, {}, patience=1)
        if url.endswith("get_certificate"):
            return qd769.offered(answer)
        value = qd769.signed_value(answer.data.get("signatures"), self.order.doc_id) if answer.ok else None
        return Outcome("signed", value) if value else qd769.unsigned(answer)


async def outcomes(signer: Signer, http: httpx.AsyncClient, router: respx.MockRouter) -> list[str]:
    found = []
    for step in signer.told["steps"]:
        path = step["send"]["path"]
        route = router.post(HOST + path).mock(side_effect=[signer.answer(step)])
        try:
            result = await signer.ask(http, path)
        except ProviderFailed:
            result = "no list"
        asks_as_written(step, route.calls.last.request, signer)
        if isinstance(result, Outcome):
            is_value = result.value == value_of(signer.holder, signer.order.digest)
            assert is_value if result.state == "signed" else result.value is None
            result = result.state
        found.append(f"offered {len(result)}" if isinstance(result, tuple) else result)
    return found


def asks_as_written(step: dict[str, Any], request: httpx.Request, signer: Signer) -> None:
    """The portal's own question has every field of the document's (a call of the common part sends nothing)."""
    if signer.provider == "ca2":
        return
    due = step["send"].get("body")
    if due is None:
        assert request.content == b""
        return
    sent = json.loads(request.content)
    assert set(due) <= set(sent)
    for due_file, file in zip(due.get("sign_files", []), sent.get("sign_files", []), strict=False):
        assert set(due_file) == set(file)
        assert digest_of(due_file["data_to_be_signed"]).hex() == file["data_to_be_signed"]


@pytest.mark.parametrize("choice", [0, -1], ids=["first words", "last words"])
@pytest.mark.parametrize("name", SIGNING)
def test_a_signing_goes_as_written(name: str, choice: int, citizen: Holder, authority: Authority) -> None:
    signer = Signer(name, citizen, authority, choice)

    with respx.mock as router:
        assert tuple(run(lambda http: outcomes(signer, http, router))) == SIGNING[name]


@pytest.mark.parametrize("name", LOGINS)
def test_a_login_goes_as_written(name: str) -> None:
    now = int(time.time())
    claims = {"iss": LOGIN["issuer"], "sub": TECHID, "aud": LOGIN["client_id"], "nonce": ATTEMPT.nonce}
    token = jwt.encode({"alg": "RS256", "kid": "k1"}, {**claims, "iat": now, "exp": now + 3600}, KEY)
    shapes = {"<text>": "Nguyễn Văn A", "<integer>": 2, "<date>": "19991107", "<jwt>": token}
    found: list[str] = []

    async def story(http: httpx.AsyncClient) -> None:
        tokens: Any = {}
        for step in transcript(name)["steps"]:
            told = made(filled(step["reply"], {"techid": TECHID, "citizen": "001099000001"}), shapes, 0)
            told |= {"access_token": "at"} if "access_token" in told else {}
            route = router.request(step["send"]["method"], HOST + step["send"]["path"])
            route.mock(side_effect=[httpx.Response(step["status"], json=told)])
            try:
                if step["send"]["method"] == "GET":
                    person = await login.read_identity(http, LOGIN, tokens)
                    assert (person.personal_id, person.techid) == ("001099000001", TECHID)
                    assert (person.phone is None) == ("SoDienThoai" not in told)
                    found.append("person")
                else:
                    tokens = await login.exchange(http, LOGIN, BACK, "the-code", ATTEMPT)
                    await id_tokens.check_id_token(http, LOGIN, tokens["id_token"], ATTEMPT.nonce)
                    found.append("tokens")
            except LoginRefused as refused:
                assert told["error_description"] in refused.why
                found.append("refused")
            sent = parse_qs(route.calls.last.request.content.decode())
            assert set(step["send"].get("form", {})) <= set(sent)

    with respx.mock(assert_all_called=False) as router:
        router.get(LOGIN["jwks_uri"]).respond(json={"keys": [KEY.as_dict(private=False)]})
        run(story)

    assert tuple(found) == LOGINS[name]


def noticed(name: str) -> dict[str, Any]:
    """The transcript's parameters with what it leaves open, as the gateway would fill it."""
    usual = {"vnp_TmnCode": "SIMTMN01", "vnp_PayDate": "20261121100503", "vnp_BankTranNo": "VNP14226112"}
    usual |= {"vnp_TransactionNo": "14226112", "vnp_ResponseId": "r1", "vnp_Message": "OK"}
    told = transcript(name)["told" if "return" in name else "answer"]
    return {key: usual.get(key, "") if value is None else value for key, value in told.items()}


@pytest.mark.parametrize(("name", "paid"), [("vnpay/return_success", True), ("vnpay/return_cancelled", False)])
def test_a_notice_as_written_is_authentic_and_paid_only_when_it_says_so(name: str, paid: bool) -> None:
    told = noticed(name)
    base = vnpay._form(told.items())
    params = [*parse_qsl(base), ("vnp_SecureHash", vnpay._hmac(SECRET, base))]

    assert vnpay.checksum_ok(SECRET, params)
    assert MoneyRules().succeeded(told["vnp_ResponseCode"], told["vnp_TransactionStatus"]) is paid
    for place, (key, value) in enumerate(params):
        assert not vnpay.checksum_ok(SECRET, [*params[:place], (key, f"{value}0"), *params[place + 1 :]]), key


def test_a_query_as_written_is_believed_with_its_checksum_alone() -> None:
    told = signed({**noticed("vnpay/querydr"), "vnp_SecureHash": ""})

    async def asked(http: httpx.AsyncClient) -> vnpay.QueryAnswer:
        return await vnpay.query(http, VNPAY, ref="T1", created=NOW, now=NOW)

    with respx.mock as router:
        route = router.post(VNPAY["api_url"]).respond(json=told)
        answer = run(asked)
        due = set(transcript("vnpay/querydr")["query"])
        assert due <= set(json.loads(route.calls.last.request.content))
        route.respond(json={**told, "vnp_Amount": "2000000"})
        with pytest.raises(vnpay.QueryFailed):
            run(asked)

    assert (answer.amount, answer.response_code, answer.transaction_status) == (10_000, "00", "00")


def test_the_published_checksums_are_the_portals() -> None:
    told = transcript("vnpay/checksums")
    for vector in told["vectors"]:
        if vector["kind"] == "form":
            base = vnpay._form(vector["fields"].items())
            params = [*vector["fields"].items(), ("vnp_SecureHash", vector["checksum"])]
            assert vnpay.checksum_ok(told["secret"], params), vector["name"]
        elif vector["name"] == "querydr":
            base = vnpay._barred(vector["fields"], (*vnpay._QUERY_FIELDS, "OrderInfo"))
        else:
            assert vector["name"] == "refund"
            assert not hasattr(vnpay, "refund"), "a portal that refunds must compute this one too"
            continue
        assert base == vector["base"], vector["name"]
        assert vnpay._hmac(told["secret"], base) == vector["checksum"], vector["name"]
