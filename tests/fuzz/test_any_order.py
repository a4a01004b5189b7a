"""However return, notices and query come, in any order and repeated: one payment makes one receipt, of the right amount."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reference_portal import papers
from reference_portal.fees import Receipt
from reference_portal.settings import RETURN_PATH
from tests.reference_portal.authority import Authority
from tests.reference_portal.stories import PAID, a_payment, submitted
from tests.reference_portal.world import Browser, Portal, notice, portal

STEADY = settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
PROOFS = ("notice", "query", "three notices at once")
NOISE = ("return", "return of a failure", "forged notice", "wrong amount", "unknown order")


@dataclass
class Counter:
    """One portal and one citizen for all examples: each costs a payment, not a portal."""

    runner: asyncio.Runner
    world: Portal
    browser: Browser
    paper: bytes

    def receipts(self, steps: Sequence[str]) -> list[int]:
        """What the receipts of a new payment differ by from its amount, after these steps."""
        return self.runner.run(self._played(steps))

    async def _played(self, steps: Sequence[str]) -> list[int]:
        dossier = await submitted(self.browser, self.paper, PAID)
        payment = await a_payment(self.browser, dossier)
        ref, amount = payment["ref"], payment["amount"]
        self.world.providers.settled[ref] = (amount, "00")
        for step in steps:
            await self.step(step, ref, amount)
        await self.world.settled()
        found = [one for one in self.world.office.books.every(Receipt) if one.payment == ref]
        return [one.amount - amount for one in found]

    async def step(self, step: str, ref: str, amount: int) -> None:
        told, failed = notice(ref, amount), notice(ref, amount, ResponseCode="24", TransactionStatus="02")
        match step:
            case "return" | "return of a failure":
                back = told if step == "return" else failed
                assert (await self.browser.get(f"{RETURN_PATH}?{back}")).status_code == 200
            case "notice" | "failed notice":
                assert (await self.world.notify(told if step == "notice" else failed))["RspCode"] in {"00", "02"}
            case "forged notice":
                assert (await self.world.notify(notice(ref, amount, SecureHash="0" * 128)))["RspCode"] == "97"
            case "wrong amount":
                assert (await self.world.notify(notice(ref, amount + 1)))["RspCode"] == "04"
            case "unknown order":
                assert (await self.world.notify(notice(f"{ref}X", amount)))["RspCode"] == "01"
            case "three notices at once":
                answers = await asyncio.gather(*(self.world.notify(told) for _ in range(3)))
                assert sum(answer["RspCode"] == "00" for answer in answers) <= 1
            case "query":
                assert (await self.world.officer("reconcile")).status_code == 200
            case _:
                raise AssertionError(step)


@pytest.fixture(scope="module")
def counter() -> Iterator[Counter]:
    form = {"requester_name": "Nguyễn Thị Mỹ Dưỡng", "child_name": "NGUYỄN THỊ MỸ DƯỠNG", "home_place": "Xã"}
    paper = papers.declaration(form, procedure="Đăng ký", agency="UBND Xã", applicant="Nguyễn Thị Mỹ Dưỡng")
    with asyncio.Runner() as runner:
        context = portal(Authority.make())
        world = runner.run(context.__aenter__())
        try:
            yield Counter(runner, world, runner.run(world.citizen()), paper)
        finally:
            runner.run(context.__aexit__(None, None, None))


@STEADY
@example(steps=["return", "notice"])
@example(steps=["notice", "query", "return"])
@example(steps=["query", "three notices at once", "query"])
@given(steps=st.lists(st.sampled_from(PROOFS + NOISE), min_size=1, max_size=7))
def test_any_order_and_repetition_makes_one_receipt_where_there_was_proof_and_none_without(
    counter: Counter, steps: list[str]
) -> None:
    proven = bool({*PROOFS} & {*steps})
    assert counter.receipts(steps) == ([0] if proven else [])


@STEADY
@given(
    before=st.lists(st.sampled_from(NOISE), max_size=3),
    after=st.lists(st.sampled_from((*PROOFS, *NOISE, "failed notice")), max_size=5),
)
def test_what_the_gateway_said_first_stands(counter: Counter, before: list[str], after: list[str]) -> None:
    """A failure that was believed is final, as a payment is: whatever comes after it changes nothing."""
    assert counter.receipts([*before, "failed notice", *after]) == []
    assert counter.receipts([*before, "notice", *after, "failed notice"]) == [0]
