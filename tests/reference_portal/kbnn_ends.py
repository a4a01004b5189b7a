"""What each flaw of the State Treasury's part does and the right portal does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.reference_portal.kbnn_stories import (
    ACCOUNTANT,
    DECLARER,
    OWNER,
    STAFF,
    UNIT_MAIL,
    Unit,
    signature,
    token,
)
from tests.reference_portal.world import Portal

OWN = "mat khau cua toi 2026"


def told(story: Callable[[Unit], Awaitable[Any]]) -> Callable[[Portal, bytes], Awaitable[Any]]:
    async def whole(world: Portal, _paper: bytes) -> Any:
        return await story(await Unit.met(world))

    return whole


async def sent_by_the_accountant(unit: Unit) -> Any:
    await unit.confirmed()
    return (await unit.sent(ACCOUNTANT)).status_code


async def sent_unconfirmed(unit: Unit) -> Any:
    await unit.confirmed(STAFF)
    return (await unit.sent()).status_code


async def sent_with_the_owners_other_token(unit: Unit) -> Any:
    await unit.confirmed()
    return (await unit.sent(OWNER, token(unit.world, OWNER))).status_code


async def sent_with_the_accountants_token(unit: Unit) -> Any:
    await unit.confirmed()
    return (await unit.sent(OWNER, unit.tokens[ACCOUNTANT])).status_code


async def confirmed_by_another(unit: Unit) -> Any:
    await unit.declared()
    return await unit.confirm(STAFF, by=OWNER)


async def confirmed_with_another_token(unit: Unit) -> Any:
    await unit.declared()
    return await unit.confirm(STAFF, token=token(unit.world, STAFF))


async def has_a_code(unit: Unit) -> Any:
    return bool((await unit.read())["code"])


async def after_sending(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.sent()
    return (await unit.read())["state_text"], len(unit.mails(UNIT_MAIL))


async def after_a_refusal(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.sent()
    await unit.officer("refuse", reason="Sai")
    line = await unit.listed()
    return line["state_text"], line["refusal"], len(unit.mails(UNIT_MAIL)), len(unit.mails(DECLARER.email))


async def carried_into_a_copy(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.sent()
    await unit.officer("refuse", reason="Sai")
    copy = await unit.begun(copy_of=unit.id)
    return copy["components"][3]["state"], [member["confirmed"] for member in copy["members"]]


async def mails_of_an_approval(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.completed()
    return ["tiếp nhận." in text or "phê duyệt." in text for text in unit.mails(UNIT_MAIL)]


async def accounts_of_a_removed_member(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.put("members", unit.members(STAFF))
    await unit.completed()
    return len([text for text in unit.mails(STAFF.email) if "Mật khẩu" in text])


async def roles_of_the_accountant(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.completed()
    return len((await unit.log_in(unit.account(ACCOUNTANT), OWN)).json()["roles"])


async def first_password(unit: Unit) -> Any:
    """Unchanged, changed, and again."""
    await unit.confirmed()
    await unit.completed()
    account = unit.account(STAFF)
    return [(await unit.log_in(account, new)).status_code for new in ("", OWN, OWN + "!")]


async def late_first_password(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.completed()
    await unit.officer("age", seconds=100 * 24 * 3600)
    return (await unit.log_in(unit.account(STAFF), OWN)).status_code


async def state_after_a_wrong_pin(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.answer((await unit.begin_to_sign()).json(), {"error": "CKR_PIN_INCORRECT"})
    return (await unit.read())["state"]


async def state_after_a_signature_of_something_else(unit: Unit) -> Any:
    await unit.confirmed()
    other = signature(unit.tokens[OWNER], {"digest": "00" * 32})
    await unit.answer((await unit.begin_to_sign()).json(), other)
    return (await unit.read())["state"]


async def stored_file_is_signed(unit: Unit) -> Any:
    await unit.confirmed()
    await unit.sent()
    file = (await unit.read())["components"][3]["file"]
    return b"/ByteRange" in (await unit.browsers[OWNER].get(f"{unit.path}/files/{file}")).content


WAITING, REFUSED = "Chờ cán bộ KBNN tiếp nhận hồ sơ", "KBNN từ chối tiếp nhận"
ENDS: tuple[tuple[str, Any, Any, Any], ...] = (
    ("any_member_sends", told(sent_by_the_accountant), 403, 200),
    ("members_not_awaited", told(sent_unconfirmed), 409, 200),
    ("serial_not_compared", told(sent_with_the_owners_other_token), 422, 200),
    ("serial_not_compared", told(sent_with_the_accountants_token), 422, 422),
    ("any_listed_certificate_sends", told(sent_with_the_accountants_token), 422, 200),
    ("member_link_serves_anybody", told(confirmed_by_another), 404, 200),
    ("member_confirms_with_any_certificate", told(confirmed_with_another_token), 409, 200),
    ("code_only_when_sent", told(has_a_code), True, False),
    ("sent_worded_otherwise", told(after_sending), (WAITING, 1), ("Đã gửi", 1)),
    ("sending_not_told", told(after_sending), (WAITING, 1), (WAITING, 0)),
    ("treasury_refusal_worded_otherwise", told(after_a_refusal), (REFUSED, "Sai", 2, 0), ("Từ chối", "Sai", 2, 0)),
    ("treasury_refusal_told_to_declarer", told(after_a_refusal), (REFUSED, "Sai", 2, 0), (REFUSED, "Sai", 1, 1)),
    ("treasury_reason_not_listed", told(after_a_refusal), (REFUSED, "Sai", 2, 0), (REFUSED, None, 2, 0)),
    ("treasury_copy_keeps_signature", told(carried_into_a_copy), ("empty", [False] * 3), ("signed", [True] * 3)),
    ("treasury_acceptance_not_told", told(mails_of_an_approval), [False, True, True], [False, True]),
    ("approval_not_told", told(mails_of_an_approval), [False, True, True], [False, True]),
    ("account_for_a_removed_member", told(accounts_of_a_removed_member), 0, 1),
    ("account_with_every_role", told(roles_of_the_accountant), 1, 5),
    ("first_password_works_twice", told(first_password), [403, 200, 401], [403, 200, 200]),
    ("first_password_need_not_change", told(first_password), [403, 200, 401], [200, 200, 401]),
    ("first_password_never_lapses", told(late_first_password), 403, 200),
    ("token_error_counts_as_sent", told(state_after_a_wrong_pin), 0, 1),
    ("unsigned_file_stored", told(stored_file_is_signed), True, False),
    ("token_answer_not_verified", told(state_after_a_signature_of_something_else), 0, 1),
)
