"""The checkout: plain forms that a browser without JavaScript can use, each card's outcome, and the way back."""

from __future__ import annotations

from urllib.parse import urljoin

import httpx
import pytest

from conformance.documents import Document, read
from simulators.payment.effects import NOTICE as EFFECTS
from simulators.payment.providers.vnpay import PROVIDER as VNPAY
from simulators.payment.spec import Outcome
from tests.simulators.payment.world import NCB, PATH, RETURN_URL, URL, Bench, is_signed, query_of, story

DOMESTIC = {"card_holder": "NGUYEN VAN A", "card_date": "07/15"}
ABROAD = {"bank": "INTCARD", "card_holder": "NGUYEN VAN A", "card_date": "12/26", "cvv": "123"}


def seen(reply: httpx.Response) -> Document:
    assert reply.status_code == 200, reply.headers.get("location")
    assert "MÔ PHỎNG" in reply.text
    return read(reply.text, str(reply.url), "")


async def get(b: Bench, page: str, **query: str) -> httpx.Response:
    return await b.http.get(f"{PATH}/Transaction/{page}.html", params=query)


def code(reply: httpx.Response) -> str:
    assert reply.status_code == 302, reply.text
    return query_of(reply.headers["location"])["code"]


@story()
async def test_a_payer_without_javascript_pays_by_forms_and_links_alone(b: Bench) -> None:
    entered = await b.http.get(b.pay_url())
    methods = seen(await b.http.get(urljoin(URL, entered.headers["location"])))
    assert methods.text_of["amount"] == "10.000 ₫"
    card = seen(await b.http.get(methods.link("bank-NCB").href)).form("card-form")
    assert card.method == "post"
    asked = await b.http.post(card.action, data={**card.values(), **NCB})
    otp = seen(await b.http.get(urljoin(URL, asked.headers["location"]))).form("otp-form")
    back = await b.http.post(otp.action, data={**otp.values(), "otp": "123456"})

    location = back.headers["location"]
    assert location.startswith(f"{RETURN_URL}?")
    assert is_signed(location, b.terminal["hash_secret"])
    assert query_of(location)["vnp_TransactionNo"] == (await b.payment()).number
    assert [row.word for row in b.journal(ref="T1")] == ["payment_requested", "payment_settled", "payment_returned"]
    assert b.journal("payment_returned")[0].body == {"url": location}
    (notice,) = await b.deliveries()
    assert notice.url.startswith("http://localhost:8000/ipn?")
    assert query_of(notice.url) == query_of(location)


@pytest.mark.parametrize(
    ("number", "result"),
    [
        ("9704198526191432198", "00"),
        ("9704195798459170488", "51"),
        ("9704192181368742", "09"),
        ("9704193370791314", "12"),
        ("9704194841945513", "99"),
    ],
)
@story()
async def test_each_published_card_of_ncb_ends_as_published(b: Bench, number: str, result: str) -> None:
    back = await b.pay(await b.start(), card_number=number, **DOMESTIC)
    told = query_of(back.headers["location"])
    assert (told["vnp_ResponseCode"], told["vnp_TransactionStatus"]) == (result, "00" if result == "00" else "02")
    assert is_signed(back.headers["location"], b.terminal["hash_secret"])
    assert len(await b.deliveries()) == 1


@pytest.mark.parametrize("card", [card for card in VNPAY.cards if card.bank == "INTCARD"], ids=lambda card: card.number)
@story()
async def test_each_published_card_from_abroad_pays_with_an_otp_only_for_3ds(b: Bench, card: object) -> None:
    token = await b.start()
    first = await b.post("Card", token=token, card_number=card.number, **ABROAD)  # type: ignore[attr-defined]  # a Card
    secure = card.number in {"4456530000001096", "5200000000001096", "3337000000200004"}  # type: ignore[attr-defined]
    assert ("/Otp.html" in first.headers["location"]) is secure
    back = await b.post("Otp", token=token, otp="123456") if secure else first
    told = query_of(back.headers["location"])
    assert (told["vnp_ResponseCode"], told["vnp_CardType"]) == ("00", card.kind)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("named", "typed"), [("NCB", "INTCARD"), ("VNBANK", "INTCARD"), ("INTCARD", "NCB")])
@story()
async def test_a_bank_that_the_merchant_did_not_name_takes_no_card(b: Bench, named: str, typed: str) -> None:
    token = await b.start(vnp_BankCode=named)
    for reply in (
        await get(b, "Card", token=token, bank=typed),
        await b.post("Card", token=token, card_number="4456530000001005", **ABROAD | {"bank": typed}),
    ):
        assert "/PaymentMethod.html" in reply.headers["location"]
    assert (await b.payment()).outcome is None
    assert not (await b.payment()).wrong_cards


@pytest.mark.parametrize(
    ("bank", "number", "date"), [("NAPAS", "9704000000000018", "03/07"), ("EXIMBANK", "9704310005819191", "10/26")]
)
@story()
async def test_other_domestic_cards_pay_at_their_own_bank_alone(b: Bench, bank: str, number: str, date: str) -> None:
    token = await b.start()
    typed = {"card_number": number, "card_holder": "NGUYEN VAN A", "card_date": date}
    seen(await b.pay(token, **typed))
    back = await b.pay(token, bank=bank, **typed)
    assert query_of(back.headers["location"])["vnp_BankCode"] == bank


@story()
async def test_every_citizens_card_pays_with_its_holder_with_or_without_accents(b: Bench) -> None:
    for ref, name in (("T1", "Đặng Thị Mỹ Huyền"), ("T2", "DANG THI MY HUYEN")):
        citizen = await b.citizen(name=name, card_holder="Đặng Thị Mỹ Huyền")
        token = await b.start(vnp_TxnRef=ref)
        back = await b.pay(
            token, citizen.card_otp, card_number=citizen.card, card_holder=name, card_date=citizen.card_date
        )
        assert query_of(back.headers["location"])["vnp_ResponseCode"] == "00"


@story()
async def test_scanning_the_code_pays(b: Bench) -> None:
    token = await b.start(vnp_BankCode="VNPAYQR")
    form = seen(await get(b, "Card", token=token, bank="VNPAYQR")).form("card-form")
    back = await b.http.post(form.action, data=form.values())
    assert query_of(back.headers["location"])["vnp_CardType"] == "QRCODE"


@pytest.mark.parametrize(
    ("bank", "page"),
    [("NCB", "Card"), ("INTCARD", "Card"), ("VNPAYQR", "Card"), ("VNBANK", "PaymentMethod"), (None, "PaymentMethod")],
)
@story()
async def test_a_bank_that_the_merchant_named_is_gone_to_directly(b: Bench, bank: str | None, page: str) -> None:
    entered = await b.http.get(b.pay_url(vnp_BankCode=bank))
    assert f"/{page}.html" in entered.headers["location"]
    links = seen(await b.http.get(entered.headers["location"])).links
    if bank == "VNBANK":
        assert {link.id for link in links} == {"bank-NCB", "bank-NAPAS", "bank-EXIMBANK"}


@story()
async def test_cancelling_returns_24_at_every_stage(b: Bench) -> None:
    chosen, carded = await b.start(vnp_TxnRef="T1"), await b.start(vnp_TxnRef="T2")
    await b.post("Card", token=carded, bank="NCB", **NCB)
    for token, bank in ((chosen, "VNPAY"), (carded, "NCB")):
        told = query_of((await b.post("Cancel", token=token)).headers["location"])
        assert (told["vnp_ResponseCode"], told["vnp_TransactionStatus"], told["vnp_TransactionNo"]) == ("24", "02", "0")
        assert told["vnp_BankCode"] == bank
        assert "vnp_BankTranNo" not in told
    assert [row.body["response_code"] for row in b.journal("payment_failed")] == ["24", "24"]
    assert len(await b.deliveries()) == 2


@story()
async def test_wrong_otps_are_counted_and_the_last_ends_it_with_13(b: Bench) -> None:
    token = await b.start()
    for left in (2, 1):
        page = seen(await b.pay(token, otp="000000") if left == 2 else await b.post("Otp", token=token, otp="x"))
        assert f"Còn {left} lần" in page.text_of["mistake"]
    for nothing in ({}, {"otp": " "}):
        assert "nhập mã OTP" in seen(await b.post("Otp", token=token, **nothing)).text_of["mistake"]
    back = await b.post("Otp", token=token, otp="999999")
    assert query_of(back.headers["location"])["vnp_ResponseCode"] == "13"
    assert b.journal("payment_failed")[0].body["reason"] == "wrong_otp"


@story()
async def test_wrong_card_data_is_asked_again_and_ends_with_10(b: Bench) -> None:
    token = await b.start()
    for _ in range(VNPAY.card_tries):
        page = await b.post("Card", token=token, bank="NCB", card_number="1<i>", card_holder="x", card_date="y")
        assert seen(page).text_of["mistake"]
        assert "<i>" not in page.text
    assert "nhập số thẻ" in seen(await b.post("Card", token=token, bank="NCB")).text_of["mistake"]
    told = query_of((await b.post("Card", token=token, bank="NCB", card_number="2")).headers["location"])
    assert (told["vnp_ResponseCode"], told["vnp_BankCode"], told["vnp_CardType"]) == ("10", "NCB", "ATM")


@story()
async def test_after_the_window_pages_show_15_and_the_notice_says_11(b: Bench) -> None:
    token = await b.start()
    await b.advance(minutes=14, seconds=59)
    seen(await get(b, "PaymentMethod", token=token))
    await b.advance(seconds=1)
    assert code(await get(b, "PaymentMethod", token=token)) == "15"
    assert code(await b.post("Otp", token=token, otp="123456")) == "15"
    (notice,) = await b.deliveries()
    assert query_of(notice.url)["vnp_ResponseCode"] == "11"
    assert [row.word for row in b.journal(ref="T1")] == ["payment_requested", "payment_failed"]


@story()
async def test_an_expire_date_before_the_window_ends_it_earlier(b: Bench) -> None:
    token = await b.start(vnp_ExpireDate="20260217093500")
    await b.advance(minutes=5)
    assert code(await get(b, "Card", token=token, bank="NCB")) == "15"


@story()
async def test_what_is_over_stays_over_and_leads_to_its_result(b: Bench) -> None:
    token = await b.start()
    paid = await b.pay(token)
    for reply in (await b.post("Cancel", token=token), await b.post("Otp", token=token, otp="1"), await b.pay(token)):
        assert "/Result.html" in reply.headers["location"]
    result = seen(await get(b, "Result", token=token))
    assert result.link("to-merchant").href == paid.headers["location"]
    assert len(b.journal("payment_settled")) == 1
    assert len(await b.deliveries()) == 1


@story()
async def test_steps_out_of_order_lead_to_the_right_page(b: Bench) -> None:
    token = await b.start()
    assert "/PaymentMethod.html" in (await get(b, "Otp", token=token)).headers["location"]
    assert "/PaymentMethod.html" in (await b.post("Otp", token=token, otp="1")).headers["location"]
    assert "/PaymentMethod.html" in (await get(b, "Card", token=token, bank="NOBANK")).headers["location"]
    assert "/PaymentMethod.html" in (await get(b, "Result", token=token)).headers["location"]
    await b.post("Card", token=token, bank="NCB", **NCB)
    assert "/Otp.html" in (await get(b, "Card", token=token, bank="NCB")).headers["location"]
    assert "/Otp.html" in (await b.post("Card", token=token, bank="NCB", **NCB)).headers["location"]


@pytest.mark.parametrize("page", ["PaymentMethod", "Card", "Otp", "Result", "Cancel"])
@pytest.mark.parametrize("token", ["", "0" * 32, "x" * 10_000, "\x00", "ộ"])
@story()
async def test_an_unknown_token_gets_the_error_page(b: Bench, page: str, token: str) -> None:
    if page != "Cancel":
        assert code(await get(b, page, token=token)) == "99"
    if page in {"Card", "Otp", "Cancel"}:
        assert code(await b.post(page, token=token)) == "99"


@pytest.mark.parametrize("body", [b"\xff", b"token=1&token=2", b"token=%FF", b"a" * 9_000_000])
@story()
async def test_a_form_that_cannot_be_read_gets_the_error_page(b: Bench, body: bytes) -> None:
    for page in ("Card", "Otp", "Cancel"):
        assert code(await b.http.post(f"{PATH}/Transaction/{page}.html", content=body)) in {"03", "99"}


@story()
async def test_a_lost_return_leaves_the_browser_at_the_result_without_a_way_back(b: Bench) -> None:
    token = await b.start()
    await b.fault("vnpay.return", "lost", "T1")
    location = (await b.pay(token)).headers["location"]
    assert "/Result.html" in location
    assert not seen(await b.http.get(location)).links
    assert [row.word for row in b.journal(ref="T1")] == ["payment_requested", "payment_settled", "fault_used"]
    assert len(await b.deliveries()) == 1


@pytest.mark.parametrize("effect", [*EFFECTS])
@pytest.mark.parametrize("whose", ["ref", "contract"])
@story({"vnpay": {"before_return_patience": 0}})
async def test_a_notices_fault_is_taken_once_about_the_order_or_the_contract(b: Bench, effect: str, whose: str) -> None:
    await b.fault("vnpay.notice", effect, "T1" if whose == "ref" else b.contract)
    await b.pay(await b.start())
    (used,) = b.journal("fault_used")
    assert (used.ref, used.contract, used.body["effect"]) == ("T1", b.contract, effect)
    injected = {each.injected for each in await b.deliveries()}
    assert injected == set() if effect == "lost" else effect in injected
    assert (await b.payment()).outcome is Outcome.PAID

    before = len(await b.deliveries())
    await b.pay(await b.start(vnp_TxnRef="T2"))
    assert len(await b.deliveries()) == before + 1
    assert len(b.journal("fault_used")) == 1


@story({"vnpay": {"variance": 1}})
async def test_legal_variance_tells_fields_that_a_merchant_must_bear(b: Bench) -> None:
    location = (await b.pay(await b.start())).headers["location"]
    assert query_of(location)["vnp_PromotionCode"] == "MOPHONG"
    assert is_signed(location, b.terminal["hash_secret"])
