"""Decisions about login, signing, money and notices, by calling them."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from reference_portal.accounts import Account
from reference_portal.calls import login
from reference_portal.calls.smartca import Offered, Outcome
from reference_portal.components import Component, Signing
from reference_portal.dossiers import Step
from reference_portal.fees import Payment, Result
from reference_portal.rules import RIGHT_RULES
from reference_portal.texts import SMS_LENGTH, mail_text, plain, sms_text
from tests.reference_portal.test_dossiers import AT, a_dossier, a_version

NOW = datetime(2026, 11, 21, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "asked", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/a\\b", "/a\nb", "javascript:1"]
)
def test_a_target_outside_the_portal_is_the_home_page(asked: str) -> None:
    assert RIGHT_RULES.login.target(asked) == "/"


def test_a_path_of_the_portal_is_followed() -> None:
    assert RIGHT_RULES.login.target("/ho-so/abc?x=1") == "/ho-so/abc?x=1"


def test_only_the_attempt_with_this_state_answers() -> None:
    attempts = [login.begin("/"), login.begin("/a")]
    assert RIGHT_RULES.login.attempt_for(attempts, attempts[0].state) == attempts[0]
    assert RIGHT_RULES.login.attempt_for(attempts, "") is None
    assert RIGHT_RULES.login.attempt_for(attempts, "ệ") is None


def test_an_error_of_the_login_has_no_code_even_if_one_is_sent_along() -> None:
    assert RIGHT_RULES.login.code({"error": "access_denied", "code": "1"}) is None
    assert RIGHT_RULES.login.code({"code": "1"}) == "1"


def offered(**fields: object) -> Offered:
    known = {"serial": "01", "der": b"", "chain": (), "subject": "", "issuer": "", "name": "", "status": "VALID"}
    known |= {"personal_id": "1", "not_before": NOW - timedelta(1), "not_after": NOW + timedelta(1)}
    return Offered(**{**known, **fields})


def test_only_usable_certificates_of_the_typed_number_are_offered() -> None:
    good = offered()
    others = (offered(personal_id="2"), offered(status="SUSPENDED"), offered(not_after=NOW - timedelta(hours=1)))
    assert RIGHT_RULES.signing.offered((good, *others), "1", NOW) == (good,)


@pytest.mark.parametrize("state", ["refused", "expired", "failed", "waiting"])
def test_no_end_but_a_signature_brings_content_and_each_says_why(state: str) -> None:
    signed = RIGHT_RULES.signing.unsigned(Outcome(state), b"%PDF")
    assert signed.content is None
    assert signed.state != "signed"
    assert signed.message_vi


def test_an_answer_fits_only_the_file_that_was_sent() -> None:
    signing = Signing(
        id="s",
        state="waiting",
        file="f1",
        doc_id="1",
        shown="1",
        transaction="t",
        through="hub",
        ca="CA2",
        user_id="1",
        serial="1",
        at=AT,
    )
    component = Component(id="c", versions=(a_version(),), present=True, signings=(signing,))
    assert RIGHT_RULES.signing.same_file(component, signing)
    assert component.state() == "signing"
    changed = component.with_version(a_version(file="f2"))
    assert not RIGHT_RULES.signing.same_file(changed, signing)
    assert changed.state() == "attached"
    assert not RIGHT_RULES.signing.same_file(replace(component, present=False), signing)


@pytest.mark.parametrize(("codes", "paid"), [(("00", "00"), True), (("00", "02"), False), (("24", "02"), False)])
def test_success_needs_both_codes(codes: tuple[str, str], paid: bool) -> None:
    assert RIGHT_RULES.money.succeeded(*codes) is paid


@pytest.mark.parametrize("amount", [49_999, 500, 5_000_000, -1])
def test_another_amount_is_no_payment(amount: int) -> None:
    result = Result(ref="r", amount=amount, response_code="00", transaction_status="00", proof="notice")
    assert not RIGHT_RULES.money.same_amount(50_000, result)


def test_each_attempt_has_a_reference_of_its_own_even_in_one_second() -> None:
    earlier = (Payment(id="r", fee="f", amount=1, created=AT),)
    assert len({RIGHT_RULES.money.reference(earlier, NOW) for _ in range(50)}) == 50


@pytest.mark.parametrize("state", range(1, 11))
def test_an_sms_is_plain_fits_one_part_and_holds_no_personal_number(state: int) -> None:
    step = Step(at=AT, who="An", role="officer", source=1, target=state, reason="Thiếu giấy tờ “gốc” " * 20)
    text = sms_text(a_dossier(code="000.00.01.H10-261121-0001", due=AT), step)
    assert text.isascii()
    assert len(text) <= SMS_LENGTH
    assert "000.00.01.H10-261121-0001" in text
    assert "001099000001" not in text


def test_a_mail_tells_the_reason_in_full_the_agency_and_who_acted() -> None:
    step = Step(at=AT, who="Nguyễn Thị An", role="officer", source=1, target=3, reason="Thiếu giấy tờ gốc")
    text = mail_text(a_dossier(code="C", submitted=AT), step, "http://localhost")
    for word in ("Thiếu giấy tờ gốc", "UBND Xã Thanh Lương", "Nguyễn Thị An", "10:15 21/11/2026"):
        assert word in text
    assert "001099000001" not in text


def test_plain_text_loses_marks_and_keeps_words() -> None:
    assert plain("Đăng ký  khai sinh\ncho ƯỚC") == "Dang ky khai sinh cho UOC"


@pytest.mark.parametrize(
    ("phone", "email", "state", "channels"),
    [
        ("09", "a@b", 2, ("sms",)),
        ("09", "a@b", 3, ("sms", "mail")),
        ("09", "a@b", 5, ("sms", "mail")),
        ("09", None, 3, ("sms",)),
        (None, "a@b", 2, ("mail",)),
        (None, None, 3, ()),
    ],
)
def test_a_refusal_goes_by_both_ways_and_other_changes_by_one(
    phone: str | None, email: str | None, state: int, channels: tuple[str, ...]
) -> None:
    account = Account(id="a", subject="s", name="n", personal_id="1", phone=phone, email=email)
    assert RIGHT_RULES.notices.channels(account, state) == channels
