"""Prices at an instant: each promotion at its first and last instant and one past, and each of its conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from simulators.ca.enrolment import offers
from simulators.ca.enrolment.offers import Applicant, Package, Quote
from simulators.ca.providers.vnpt_enrolment import BINH_DUONG, NATIONAL, PROVIDER
from simulators.kernel.clock import VIETNAM, to_instant
from simulators.kernel.records import Instant

YEAR = Package("unlimited-12", "Gói", 12, 400_000)
TOLD = Applicant("person", "410 Ngô Gia Tự, Phường 4, Quận 10, TP. Hồ Chí Minh", NATIONAL)
ABROAD = Applicant("person", "Thủ Dầu Một, Bình Dương", BINH_DUONG)
WINDOWS = {
    "binhduong-2022-01": ("2022-01-01", "2022-01-31", ABROAD),
    "binhduong-2022-02": ("2022-02-01", "2022-12-31", ABROAD),
    "quan10-2024-06": ("2024-06-04", "2024-06-14", TOLD),
}


def at(day: str, time: str = "12:00:00.000") -> Instant:
    """In Vietnam."""
    return to_instant(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=VIETNAM))


def quoted(when: Instant, applicant: Applicant = TOLD, package: Package = YEAR) -> Quote:
    return offers.price(package, when, applicant, PROVIDER.promotions)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_promotion_begins_and_ends_with_its_days_in_vietnam(name: str) -> None:
    first, last, applicant = WINDOWS[name]
    begins, ends = at(first, "00:00:00.000"), at(last, "23:59:59.999")
    assert quoted(begins, applicant).promotions == quoted(ends, applicant).promotions == (name,)
    assert name not in quoted(Instant(begins - 1), applicant).promotions
    assert name not in quoted(Instant(ends + 1), applicant).promotions


def test_the_two_of_binh_duong_meet_without_a_gap() -> None:
    last = quoted(at("2022-01-31", "23:59:59.999"), ABROAD)
    first = quoted(at("2022-02-01", "00:00:00.000"), ABROAD)
    assert (last.amount, last.months, last.renewal_percent_off) == (0, 12, 10)
    assert (first.amount, first.months, first.renewal_percent_off) == (400_000, 15, 0)


@pytest.mark.parametrize(
    ("changed", "free"),
    [
        ({}, True),
        ({"address": "số 1,  quận 10 "}, True),  # case and blanks are no difference
        ({"address": "Quận 1, TP. Hồ Chí Minh"}, False),
        ({"address": "Đường Quận 10 cũ, Quận 3"}, False),
        ({"channel": BINH_DUONG}, False),
        ({"channel": ""}, False),
        ({"kind": "organisation"}, False),
    ],
)
def test_twelve_months_in_district_10_are_free_for_citizens_on_the_national_portal(
    changed: dict[str, Any], free: bool
) -> None:
    assert quoted(at("2024-06-10"), replace(TOLD, **changed)).amount == (0 if free else 400_000)


def test_the_promotion_of_twelve_months_is_none_of_another_term() -> None:
    assert quoted(at("2024-06-10"), package=replace(YEAR, months=36)).promotions == ()


def test_binh_duong_was_for_organisations_too_and_asked_where_they_sign() -> None:
    organisation = replace(ABROAD, kind="organisation")
    assert quoted(at("2022-01-05"), organisation).amount == 0
    assert quoted(at("2022-01-05"), replace(organisation, channel=NATIONAL)).amount == 400_000


def test_the_discount_of_the_first_renewal_is_for_the_first_alone() -> None:
    percent = quoted(at("2022-01-05"), ABROAD).renewal_percent_off
    assert offers.renewal(YEAR, percent, 0).amount == 360_000
    assert offers.renewal(YEAR, percent, 1).amount == 400_000
    assert offers.renewal(YEAR, 0, 0).amount == 400_000


def test_several_promotions_give_the_largest_discount_and_all_months_up_to_the_laws_three_years() -> None:
    both = (
        replace(PROVIDER.promotions[0], percent_off=30),
        replace(PROVIDER.promotions[1], first=PROVIDER.promotions[0].first),
    )
    quote = offers.price(YEAR, at("2022-01-05"), ABROAD, both)
    assert (quote.amount, quote.months, len(quote.promotions)) == (280_000, 15, 2)
    longest = offers.price(replace(YEAR, months=36), at("2022-01-05"), ABROAD, both)
    assert longest.months == offers.LONGEST_TERM


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        ("2026-02-17", 12, "2027-02-17"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2022-12-31", 15, "2024-03-31"),
        ("2026-01-15", 36, "2029-01-15"),
    ],
)
def test_a_term_is_in_calendar_months(begins: str, months: int, ends: str) -> None:
    start = datetime.fromisoformat(begins)
    assert start + timedelta(days=offers.term_days(at(begins), months)) == datetime.fromisoformat(ends)


def test_a_world_file_may_set_prices_of_packages_that_are_there() -> None:
    package = replace(PROVIDER, prices={"unlimited-12": 1}).package("unlimited-12")
    assert package is not None
    assert package.price == 1
    with pytest.raises(ValueError, match="prices cannot have 'x': there are the packages"):
        replace(PROVIDER, prices={"x": 1})
    with pytest.raises(ValueError, match="turn_packs cannot have"):
        replace(PROVIDER, turn_packs={"0": 1})
    with pytest.raises(ValueError, match="provision_limit"):
        replace(PROVIDER, appraisal=PROVIDER.provision_limit + 1)
