"""Enrolment's pure steps: every row of the table, every refusal with its field and cure, limits at and one past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as other
from typing import Any
from unicodedata import normalize

import pytest
from msgspec.structs import replace

from simulators.ca.enrolment import appraisal, identity, steps, till
from simulators.ca.enrolment.reasons import Reason, Refused
from simulators.ca.enrolment.records import Device, Enrolment, OrderState, Stage
from simulators.ca.enrolment.transitions import NEXT, TRANSITIONS, Action, moved
from simulators.ca.providers.vnpt_enrolment import BINH_DUONG, PROVIDER
from simulators.ca.turns import Turns
from simulators.ca.wires.app_words import WORDS
from simulators.kernel.clock import DAY, MINUTE
from simulators.kernel.prompts import Message
from simulators.kernel.records import Change
from tests.simulators.ca.enrolments import (
    BUSINESS,
    CITIZEN,
    DETAILS,
    NOW,
    PAPER,
    PASSWORD,
    PREPARED,
    advanced,
    case,
    file_of,
    order_of,
    register,
    turns_of,
)

USED = Device(id="vnpt/may", citizen="another")
ACTS: dict[Action, Callable[[Enrolment], Change]] = {
    Action.REGISTER: lambda file: steps.register(case(file), DETAILS, "may", None, PREPARED),
    Action.PAID: lambda file: steps.paid(case(file), PREPARED),
    Action.RESEND: lambda file: steps.resend(case(file), PREPARED),
    Action.ACTIVATE: lambda file: steps.activate(case(file), file.code, PASSWORD, None, None),
    Action.IDENTIFY: lambda file: steps.identify(case(file), CITIZEN.id, "match", PREPARED),
    Action.GIVE_UP: lambda file: _kept(steps.identify(case(_last_try(file)), CITIZEN.id, "differs", PREPARED)),
    Action.SIGN_CONTRACT: lambda file: steps.sign_contract(case(file), PAPER, "key"),
    Action.APPROVE: lambda file: appraisal.approve(case(file), PREPARED),
    Action.REFUSE: lambda file: appraisal.refuse(case(file), "Ảnh mờ", PREPARED),
    Action.UPDATE: lambda file: steps.update(case(file), DETAILS),
    Action.SIGN_MINUTES: lambda file: steps.sign_minutes(case(file), PAPER, "5401"),
    Action.BUY_TURNS: lambda file: till.buy(case(file), "5", "atm", "order-9"),
    Action.RENEW: lambda file: till.renew(case(file), "atm", "order-9"),
    Action.CHANGE_CERTIFICATE: lambda file: _demanded(file, Action.CHANGE_CERTIFICATE),
}


def _last_try(file: Enrolment) -> Enrolment:
    return replace(file, identity_wrong=PROVIDER.ekyc_tries - 1)


def _kept(change: Change) -> Change:
    return other(change, refused=None)


def _demanded(file: Enrolment, action: Action) -> Change:
    case(file).demand(action)
    return Change((file,))


def refusal(act: Callable[[], Change]) -> Refused:
    with pytest.raises(Refused) as met:
        file_of(act())
    return met.value


@pytest.mark.parametrize("stage", [one for one in Stage if one is not Stage.NONE])
@pytest.mark.parametrize("action", Action)
def test_an_act_leads_where_the_table_says_and_is_refused_where_it_says_nothing(stage: Stage, action: Action) -> None:
    package = {"package": "per-signature-12"} if action is Action.BUY_TURNS else {}
    file = advanced(stage.value, package)
    after = [row.after for row in TRANSITIONS if row.action is action and stage in row.before]
    if after:
        assert file_of(ACTS[action](file)).stage is after[0]
    else:
        refused = refusal(lambda: ACTS[action](file))
        already = action is Action.REGISTER and stage is Stage.ACTIVE
        assert refused.reason is (Reason.ALREADY_SUBSCRIBER if already else Reason.NOT_NOW)
        assert already or NEXT[stage] in refused.why


def test_the_table_names_each_action_once_reaches_each_stage_and_tells_what_is_next() -> None:
    assert sorted(row.action.value for row in TRANSITIONS) == sorted(action.value for action in Action)
    assert {row.after for row in TRANSITIONS} == set(Stage) - {Stage.NONE}
    assert set(NEXT) == set(Stage)


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.REGISTER])
def test_nothing_but_registration_begins_a_file(action: Action) -> None:
    with pytest.raises(Refused, match="register first"):
        moved(Stage.NONE, action)


WRONG: dict[str, tuple[dict[str, Any], Reason]] = {
    "another card": ({"card_number": "079199000002"}, Reason.CARD_NUMBER),
    "a mark left out": ({"name": "Nguyễn Thị Hoa"}, Reason.NAME_MARKS),
    "a mark on the other vowel": ({"name": "Nguyễn Thị Hòa"}, Reason.NAME_MARKS),
    "another tone": ({"name": "Nguyễn Thị Hoạ"}, Reason.NAME_MARKS),
    "no marks": ({"name": "Nguyen Thi Hoa"}, Reason.NAME_MARKS),
    "another name": ({"name": "Nguyễn Thị Hoài"}, Reason.NAME_DIFFERS),
    "no e-mail": ({"email": ""}, Reason.CONTACT_MISSING),
    "no telephone": ({"phone": "12"}, Reason.CONTACT_MISSING),
    "no address": ({"address": " "}, Reason.CONTACT_MISSING),
    "no such package": ({"package": "x"}, Reason.PACKAGE_UNKNOWN),
    "organisation without a name": ({"organisation": replace(BUSINESS, name="")}, Reason.ORGANISATION_MISSING),
    "tax code": ({"organisation": replace(BUSINESS, tax_code="010000000")}, Reason.TAX_CODE),
    "no licence": ({"organisation": replace(BUSINESS, licence="")}, Reason.LICENCE_MISSING),
    "nobody represents": ({"organisation": replace(BUSINESS, representative="")}, Reason.REPRESENTATIVE_MISSING),
    "not authorised": (
        {"organisation": replace(BUSINESS, representative="079199000002")},
        Reason.AUTHORISATION_MISSING,
    ),
    "authorised without a seal": (
        {"organisation": replace(BUSINESS, representative="079199000002", authorisation="UQ-1")},
        Reason.SEAL_MISSING,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_typed_wrong_is_refused_by_its_field(name: str) -> None:
    changed, reason = WRONG[name]
    refused = refusal(lambda: register(changed))
    assert refused.reason is reason
    assert ":" in refused.why or "is not" in refused.why


@pytest.mark.parametrize(
    ("digits", "taken"), [(0, False), (8, False), (9, True), (10, False), (11, False), (12, True), (13, False)]
)
def test_a_personal_id_has_the_nine_digits_of_a_cmnd_or_the_twelve_of_a_cccd(digits: int, taken: bool) -> None:
    number = "079199000002x"[:digits] if digits < 13 else "0791990000020"
    person = replace(CITIZEN, id=number)
    authorised = replace(BUSINESS, representative=number, authorisation="UQ-1", sealed=True)
    represented = replace(BUSINESS, representative=CITIZEN.id, authorisation="UQ-1", sealed=True)
    named = {"card_number": number}
    for citizen, changed, reason in (
        (person, named, Reason.CARD_NUMBER),
        (person, {**named, "organisation": represented}, Reason.CARD_NUMBER),
        (CITIZEN, {"organisation": authorised}, Reason.REPRESENTATIVE_MISSING),
    ):
        if taken:
            assert file_of(register(changed, citizen=citizen)).stage is Stage.REGISTERED
        else:
            refused = refusal(lambda changed=changed, citizen=citizen: register(changed, citizen=citizen))  # type: ignore[misc]  # bound at once
            assert refused.reason is reason


RIGHT: dict[str, dict[str, Any]] = {
    "as on the card": {},
    "in capitals, as cards print": {"name": "NGUYỄN THỊ HOÀ"},
    "decomposed": {"name": normalize("NFD", DETAILS.name)},
    "an address that is not the card's": {"address": "Ở trọ, Thủ Dầu Một"},
    "the representative": {"organisation": BUSINESS},
    "a branch": {"organisation": replace(BUSINESS, tax_code="0100000000-001")},
    "who is authorised": {
        "organisation": replace(BUSINESS, representative="079199000002", authorisation="UQ-1", sealed=True)
    },
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_registered_at_the_packages_price(name: str) -> None:
    file = file_of(register(RIGHT[name]))
    assert (file.stage, file.quote.amount, file.quote.months, file.code) == (Stage.REGISTERED, 400_000, 12, "")


def test_a_card_is_valid_to_the_end_of_its_last_day_in_vietnam() -> None:
    last = replace(CITIZEN, identity_expires="20260217")
    midnight = NOW + 15 * 60 * MINUTE
    assert file_of(register(citizen=last, now=midnight - 1)).stage is Stage.REGISTERED
    assert refusal(lambda: register(citizen=last, now=midnight)).reason is Reason.CARD_EXPIRED
    identity.check_term(replace(CITIZEN, identity_expires=""), case(now=NOW + 10_000 * DAY).now)


def test_who_is_a_subscriber_already_is_refused() -> None:
    assert refusal(lambda: register(citizen=replace(CITIZEN, not_enrolled=()))).reason is Reason.ALREADY_SUBSCRIBER
    assert (
        refusal(lambda: register(citizen=replace(CITIZEN, not_enrolled=("ca2",)))).reason is Reason.ALREADY_SUBSCRIBER
    )
    assert refusal(lambda: register(file=advanced("active"))).reason is Reason.ALREADY_SUBSCRIBER


def test_a_device_on_which_an_account_was_activated_takes_no_other() -> None:
    assert refusal(lambda: register(used=USED)).reason is Reason.DEVICE_USED
    assert refusal(lambda: register(device=" ")).reason is Reason.DEVICE_MISSING
    file = advanced("paid")  # another was quicker on this device
    assert refusal(lambda: steps.activate(case(file), file.code, PASSWORD, USED, None)).reason is Reason.DEVICE_USED
    change = steps.activate(case(file), file.code, PASSWORD, None, None)
    assert Device(id="vnpt/may", citizen=CITIZEN.id) in change.records


def test_a_free_package_needs_no_payment_and_its_code_goes_out_at_once() -> None:
    free = other(PROVIDER, prices={"unlimited-12": 0})
    change = register(spec=free)
    file = file_of(change)
    assert (file.stage, file.code) == (Stage.PAID, "123456")
    messages = [one for one in change.records if isinstance(one, Message)]
    assert [(one.channel, one.to) for one in messages] == [("sms", DETAILS.phone), ("mail", DETAILS.email)]
    assert all("123456" in one.text and "48" in one.text for one in messages)


def test_the_code_is_good_for_48_hours_to_the_millisecond() -> None:
    file = advanced("paid")
    last = NOW + 48 * 60 * MINUTE
    assert file_of(steps.activate(case(file, now=last), "123456", PASSWORD, None, None)).stage is Stage.ACTIVATED
    refused = refusal(lambda: steps.activate(case(file, now=last + 1), "123456", PASSWORD, None, None))
    assert refused.reason is Reason.CODE_LATE
    again = file_of(steps.resend(case(file, now=last + 1), other(PREPARED, code="654321")))
    assert (
        refusal(lambda: steps.activate(case(again, now=last + 1), "123456", PASSWORD, None, None)).reason
        is Reason.CODE_WRONG
    )
    assert file_of(steps.activate(case(again, now=last + 1), "654321", PASSWORD, None, None)).stage is Stage.ACTIVATED


def test_wrong_codes_are_counted_until_another_must_be_sent() -> None:
    file = advanced("paid")
    for left in (4, 3, 2, 1, 0):
        change = steps.activate(case(file), "000000", PASSWORD, None, None)
        assert isinstance(change.refused, Refused)
        assert (change.refused.reason, change.refused.left) == (Reason.CODE_WRONG, left)
        file = file_of(other(change, refused=None))
    assert refusal(lambda: steps.activate(case(file), "123456", PASSWORD, None, None)).reason is Reason.CODE_TRIES_USED
    file = file_of(steps.resend(case(file), PREPARED))
    assert refusal(lambda: steps.activate(case(file), "123456", "1234567", None, None)).reason is Reason.PASSWORD_WEAK
    assert file_of(steps.activate(case(file), "123456", "12345678", None, None)).password == "12345678"


def test_ekyc_fails_by_paper_or_face_and_the_last_failure_refuses_the_file_until_it_is_updated() -> None:
    file = advanced("activated")
    for read, face, reason in (("079199000002", "match", Reason.EKYC_PAPER), (CITIZEN.id, "differs", Reason.EKYC_FACE)):
        change = steps.identify(case(file), read, face, PREPARED)  # type: ignore[arg-type]  # a literal of the table above
        assert refusal(lambda change=change: change).reason is reason  # type: ignore[misc]  # bound at once
        file = file_of(other(change, refused=None))
    last = steps.identify(case(file), CITIZEN.id, "differs", PREPARED)
    file = file_of(other(last, refused=None))
    assert (file.stage, bool(file.refusal)) == (Stage.REFUSED, True)
    assert [one.channel for one in last.records if isinstance(one, Message)] == ["sms", "mail"]
    file = file_of(steps.update(case(file), DETAILS))
    assert (file.stage, file.identity_wrong, file.refusal) == (Stage.ACTIVATED, 0, "")


def test_ekyc_looks_at_the_cards_term_again_and_counts_nothing_then() -> None:
    file, late = advanced("activated"), replace(CITIZEN, identity_expires="20260216")
    change_refused = refusal(lambda: steps.identify(case(file, citizen=late), CITIZEN.id, "match", PREPARED))
    assert change_refused.reason is Reason.CARD_EXPIRED


def test_a_refused_file_is_updated_signed_anew_and_not_paid_again() -> None:
    file = advanced("refused", {"channel": BINH_DUONG})
    assert (file.refusal, file.due) == ("Ảnh mờ", None)
    corrected = replace(DETAILS, address="Địa chỉ mới", package="", channel="")
    after = file_of(steps.update(case(file), corrected))
    assert (after.stage, after.contract_paper, after.refusal) == (Stage.ACTIVATED, None, "")
    assert (after.details.address, after.details.package, after.details.channel) == (
        "Địa chỉ mới",
        "unlimited-12",
        BINH_DUONG,
    )
    assert after.quote == file.quote
    assert (
        refusal(lambda: steps.update(case(file), replace(corrected, name="Nguyễn Thị Hoa"))).reason is Reason.NAME_MARKS
    )
    turned = replace(corrected, organisation=BUSINESS)
    assert refusal(lambda: steps.update(case(file), turned)).reason is Reason.KIND_NOT_SERVED


def test_an_appraisal_that_nobody_decides_is_an_approval_when_its_time_is_over() -> None:
    file = advanced("appraising")
    assert file.due == NOW + PROVIDER.appraisal
    assert appraisal.due(case(file, now=NOW + PROVIDER.appraisal - 1), PREPARED) == Change()
    change = appraisal.due(case(file, now=NOW + PROVIDER.appraisal), PREPARED)
    assert file_of(change).stage is Stage.APPROVED
    assert any("đã được duyệt" in one.text for one in change.records if isinstance(one, Message))
    assert appraisal.due(case(file_of(change), now=NOW + 9 * DAY), PREPARED) == Change()


@pytest.mark.parametrize(
    ("took", "late"), [(0, False), (PROVIDER.provision_limit, False), (PROVIDER.provision_limit + 1, True)]
)
def test_a_certificate_later_than_the_48_hours_of_its_ca_is_said_to_be_late(took: int, late: bool) -> None:
    told = steps.sign_minutes(case(advanced("approved"), now=NOW + took), PAPER, "5401").events[-1]
    assert (told.word, told.body) == ("enrolment_served", {"took": took, "late": late})


def test_the_48_hours_run_from_the_first_registration_not_from_its_correction() -> None:
    first = advanced("registered")
    corrected = file_of(register({"package": "unlimited-36"}, file=first, now=NOW + DAY))
    assert (first.begun, corrected.begun) == (NOW, NOW)


def test_orders_end_once_and_a_newer_one_takes_the_place_of_the_earlier() -> None:
    file = advanced("registered")
    opened = till.pay(case(file), "vnpt_money", "order-1")
    order, file = order_of(opened), file_of(opened)
    assert (order.amount, order.state) == (400_000, OrderState.WAITING)
    for ending in ("fail", "cancel"):
        change = till.settled(case(file), order, ending, None, PREPARED)  # type: ignore[arg-type]  # both are endings
        assert not [one for one in change.records if isinstance(one, Enrolment)]
        assert refusal(
            lambda change=change: till.settled(case(file), order_of(change), "pay", None, PREPARED)
        ).reason is (  # type: ignore[misc]  # bound at once
            Reason.ORDER_OVER
        )
    newer = till.pay(case(file), "credit", "order-2")
    assert refusal(lambda: till.settled(case(file_of(newer)), order, "pay", None, PREPARED)).reason is Reason.ORDER_OVER
    assert refusal(lambda: till.settled(case(file), None, "pay", None, PREPARED)).reason is Reason.ORDER_UNKNOWN
    strange = replace(order, enrolment="vnpt/another")
    assert refusal(lambda: till.settled(case(file), strange, "pay", None, PREPARED)).reason is Reason.ORDER_UNKNOWN
    last = order.expires - 1
    assert file_of(till.settled(case(file, now=last), order, "pay", None, PREPARED)).stage is Stage.PAID
    late = refusal(lambda: till.settled(case(file, now=last + 1), order, "pay", None, PREPARED))
    assert late.reason is Reason.ORDER_OVER
    assert refusal(lambda: till.pay(case(file), "tiền mặt", "order-3")).reason is Reason.MEANS_UNKNOWN


@pytest.mark.parametrize("means", ["vnpt_money", "credit", "atm"])
def test_all_three_means_pay(means: str) -> None:
    opened = till.pay(case(advanced("registered")), means, "order-1")
    change = till.settled(case(file_of(opened)), order_of(opened), "pay", None, PREPARED)
    assert file_of(change).stage is Stage.PAID
    assert change.events[0].body["means"] == means


def test_correcting_a_registration_ends_the_order_of_the_earlier_price() -> None:
    opened = till.pay(case(advanced("registered")), "atm", "order-1")
    dearer = file_of(register({"package": "unlimited-36"}, file=file_of(opened)))
    refused = refusal(lambda: till.settled(case(dearer), order_of(opened), "pay", None, PREPARED))
    assert refused.reason is Reason.ORDER_OVER


def test_what_waits_is_ended_by_the_control_side_once() -> None:
    paid, appraising = advanced("paid"), advanced("appraising")
    late = file_of(steps.ended(paid, NOW))
    assert refusal(lambda: steps.activate(case(late), "123456", PASSWORD, None, None)).reason is Reason.CODE_LATE
    assert file_of(appraisal.due(case(file_of(steps.ended(appraising, NOW))), PREPARED)).stage is Stage.APPROVED
    order = order_of(till.pay(case(advanced("registered")), "atm", "order-1"))
    over = order_of(till.ended(order, NOW))
    for again in (steps.ended(late, NOW), steps.ended(advanced("active"), NOW), till.ended(over, NOW)):
        assert again == Change()


def test_a_package_of_turns_begins_with_none_and_more_are_bought() -> None:
    approved = advanced("approved", {"package": "per-signature-12"})
    signed = steps.sign_minutes(case(approved), PAPER, "5401")
    assert turns_of(signed).left == 0
    opened = till.buy(case(file_of(signed)), "20", "atm", "order-2")
    assert order_of(opened).amount == PROVIDER.turn_packs["20"]
    for before, after in ((None, 20), (Turns(id="vnpt/x", left=3), 23)):
        paid = till.settled(case(file_of(opened)), order_of(opened), "pay", before, PREPARED)
        assert turns_of(paid) == Turns(id=f"vnpt/{CITIZEN.id}", left=after)
    assert refusal(lambda: till.buy(case(file_of(signed)), "7", "atm", "o")).reason is Reason.PACK_UNKNOWN
    unlimited = advanced("active")
    assert refusal(lambda: till.buy(case(unlimited), "20", "atm", "o")).reason is Reason.TURNS_NOT_COUNTED


def test_a_renewal_adds_a_certificate_and_only_the_first_is_cheaper() -> None:
    file = advanced("active")
    file = replace(file, quote=replace(file.quote, renewal_percent_off=10))
    for amount, count in ((360_000, 2), (400_000, 3)):
        opened = till.renew(case(file), "atm", f"order-{count}")
        assert order_of(opened).amount == amount
        file = file_of(till.settled(case(file_of(opened)), order_of(opened), "pay", None, PREPARED))
        assert (len(file.serials), file.serials[-1], file.renewals) == (count, "5401renewed", count - 1)


def test_a_ca_that_enrols_persons_alone_refuses_an_organisation() -> None:
    persons = other(PROVIDER, kinds=("person",))
    assert refusal(lambda: register({"organisation": BUSINESS}, spec=persons)).reason is Reason.KIND_NOT_SERVED
    assert file_of(register(spec=persons)).stage is Stage.REGISTERED


def test_every_reason_has_a_sentence_for_the_citizen() -> None:
    assert set(WORDS) == set(Reason)
    assert all(word.text.format(left=2).endswith(".") and word.status >= 400 for word in WORDS.values())
