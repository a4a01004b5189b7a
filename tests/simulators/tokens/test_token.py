"""The token itself: five tries, a lock that the SO PIN opens, one signing at a time; each limit and one past it."""

from __future__ import annotations

from dataclasses import replace as changed_spec

import pytest
from msgspec.structs import replace

from simulators.kernel.records import Instant
from simulators.tokens import token as tokens
from simulators.tokens.providers.viettel_ca import PROVIDER as SPEC
from simulators.tokens.reasons import Reason, Refused
from simulators.tokens.token import MOST_TOKENS, Keyring, Token
from simulators.tokens.wires.words import CKR, NEVER, Ckr

TOKEN = Token(
    id="00112233445566aa",
    citizen="001099000001",
    provider="viettel-ca",
    label="VIETTEL-CA",
    pin="123456",
    so_pin="87654321",
    serial="5401",
)
NOON = Instant(1_000_000)


def after(*typed: str, token: Token = TOKEN) -> tuple[Token, list[Reason | None]]:
    met = []
    for pin in typed:
        token, reason = tokens.tried(token, pin, SPEC)
        met.append(reason)
    return token, met


def test_a_right_pin_signs_and_takes_the_count_back() -> None:
    token, met = after("000000", "000001", "123456")
    assert met == [Reason.WRONG_PIN, Reason.WRONG_PIN, None]
    assert token == TOKEN


def test_a_wrong_pin_changes_the_counter_alone() -> None:
    token, _ = after("000000")
    assert token == replace(TOKEN, wrong=1)


def test_the_fifth_wrong_pin_locks_and_the_right_one_is_too_late() -> None:
    token, met = after(*["000000"] * 5, "123456")
    assert met == [*[Reason.WRONG_PIN] * 4, Reason.PIN_LOCKED, Reason.PIN_LOCKED]
    assert token.wrong == SPEC.pin_tries


def test_four_wrong_pins_leave_one_try() -> None:
    assert after(*["000000"] * 4, "123456")[1][-1] is None


def test_the_locking_try_may_be_told_only_that_it_was_wrong() -> None:
    spec = changed_spec(SPEC, locking_try="incorrect")
    token, reason = tokens.tried(replace(TOKEN, wrong=4), "000000", spec)
    assert (token.wrong, reason) == (5, Reason.WRONG_PIN)


@pytest.mark.parametrize(
    ("length", "counted"), [(SPEC.pin_shortest - 1, 0), (SPEC.pin_shortest, 1), (SPEC.pin_longest, 1), (17, 0)]
)
def test_what_is_no_pin_by_its_length_is_not_counted(length: int, counted: int) -> None:
    token, (reason,) = after("9" * length)
    assert (token.wrong, reason) == (counted, Reason.WRONG_PIN if counted else Reason.PIN_LENGTH)


def test_the_so_pin_gives_a_new_pin_with_all_its_tries() -> None:
    locked, _ = after(*["000000"] * 5)
    token, reason = tokens.unlocked(locked, "87654321", "654321", SPEC)
    assert reason is None
    assert token == replace(TOKEN, pin="654321")


def test_a_wrong_so_pin_is_counted_and_the_last_one_locks_for_ever() -> None:
    token = TOKEN
    for _ in range(SPEC.so_tries):
        token, reason = tokens.unlocked(token, "00000000", "654321", SPEC)
        assert reason is Reason.WRONG_PIN
    assert token == replace(TOKEN, so_wrong=SPEC.so_tries)
    with pytest.raises(Refused) as met:
        tokens.unlocked(token, "87654321", "654321", SPEC)
    assert met.value.reason is Reason.PIN_LOCKED


def test_a_token_signs_one_thing_at_a_time() -> None:
    taken = replace(TOKEN, dialog="d", dialog_until=Instant(NOON + 1))
    with pytest.raises(Refused) as met:
        tokens.demand_free(taken, SPEC, NOON)
    assert met.value.reason is Reason.BUSY
    tokens.demand_free(taken, SPEC, Instant(NOON + 1))


def test_out_of_the_computer_it_neither_signs_nor_is_unlocked() -> None:
    out = tokens.removed(replace(TOKEN, dialog="d", dialog_until=Instant(NOON + 1)))
    assert out == replace(TOKEN, inserted=False)
    for refused in (lambda: tokens.demand_free(out, SPEC, NOON), lambda: tokens.unlocked(out, "8", "654321", SPEC)):
        with pytest.raises(Refused) as met:
            refused()
        assert met.value.reason is Reason.NOT_PRESENT


def test_a_citizen_has_sixteen_tokens_and_no_seventeenth() -> None:
    ring = Keyring(id=TOKEN.citizen)
    for number in range(MOST_TOKENS):
        ring = tokens.added(ring, replace(TOKEN, id=f"{number:016x}"))
    assert len(set(ring.tokens)) == MOST_TOKENS
    with pytest.raises(Refused):
        tokens.added(ring, TOKEN)


def test_every_reason_has_a_ckr_name_with_its_own_number() -> None:
    assert set(CKR) == set(Reason)
    by_name = {word.name: word.number for word in CKR.values() if isinstance(word, Ckr)}
    assert all(word.why for word in CKR.values() if isinstance(word, NEVER))
    assert by_name["CKR_PIN_INCORRECT"] == 0xA0
    assert by_name["CKR_PIN_LOCKED"] == 0xA4
    assert len(set(by_name.values())) == len(by_name)
