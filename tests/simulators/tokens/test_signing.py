"""What a token's key makes: nothing before the right PIN; of many values one at a time, with others let in between."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from simulators import catalog
from simulators.kernel.citizens import Citizen
from simulators.tokens import dialogs
from simulators.tokens.desk.giving import Giving, Wanted
from simulators.tokens.desk.signing import Computer
from simulators.tokens.dialogs import Dialog, State
from simulators.tokens.spec import TokenSpec
from simulators.tokens.token import Token
from tests.places import Place, Running, running

DIGESTS = tuple(hashlib.sha256(bytes([number])).digest() for number in range(5))


@pytest.fixture(scope="module")
def lab() -> Iterator[Running]:
    with running("tokens") as made:
        yield made


@dataclass
class Sitting:
    """A citizen at the computer. `made`: what others of the loop had done by each value that the key made."""

    place: Place
    computer: Computer
    citizen: Citizen
    token: Token
    others: int = 0
    made: list[int] = field(default_factory=list)

    @classmethod
    async def down(cls, place: Place, patch: pytest.MonkeyPatch) -> Sitting:
        giving = Giving(place.world, catalog.load("simulators.tokens.providers", TokenSpec, {}))
        citizen = await place.citizen()
        token = await giving.give(citizen, Wanted("viettel-ca"))
        sitting, real = cls(place, Computer(place.world, giving), citizen, token), place.world.pki.sign_digest

        def sign(keypair: str, digest: bytes) -> bytes:
            sitting.made.append(sitting.others)
            return real(keypair, digest)

        patch.setattr(place.world.pki, "sign_digest", sign)
        return sitting

    async def asked(self) -> asyncio.Task[Dialog]:
        """The dialog is on the screen."""
        signing = asyncio.create_task(self.computer.sign(self.citizen.id, self.token.serial, DIGESTS, ""))
        await self.place.world.store.bell.until(lambda: self.place.prompts(self.citizen), bool, 10)
        return signing

    async def typed(self, choice: str, pin: str | None) -> str:
        (prompt,) = await self.place.prompts(self.citizen)
        return await self.place.answer(prompt, choice, pin)

    async def busy(self) -> None:
        while True:
            self.others += 1
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("choice", "pin"),
    [("refuse", None), ("refuse", "right"), ("approve", "000000"), ("approve", "1"), ("approve", None)],
)
def test_a_refusal_or_a_wrong_pin_makes_no_value(
    lab: Running, monkeypatch: pytest.MonkeyPatch, choice: str, pin: str | None
) -> None:
    async def told() -> None:
        sitting = await Sitting.down(lab.place, monkeypatch)
        signing = await sitting.asked()
        await sitting.typed(choice, sitting.token.pin if pin == "right" else pin)
        assert ((await signing).state, sitting.made) == (State.REFUSED, [])

    lab.run(told())


def test_between_the_values_others_are_let_in(lab: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told() -> None:
        sitting = await Sitting.down(lab.place, monkeypatch)
        signing = await sitting.asked()
        others = asyncio.create_task(sitting.busy())
        assert await sitting.typed("approve", sitting.token.pin) == ""
        others.cancel()
        assert len((await signing).signatures) == len(sitting.made) == len(DIGESTS)
        assert sorted(set(sitting.made)) == sitting.made, "somebody came between any two"

    lab.run(told())


def test_a_pin_that_became_right_meanwhile_is_asked_for_again(lab: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told() -> None:
        sitting = await Sitting.down(lab.place, monkeypatch)
        signing = await sitting.asked()

        async def before_it_was_unlocked(*_about: object) -> bool:
            return False

        with monkeypatch.context() as patch:
            patch.setattr(Computer, "_is_taken", before_it_was_unlocked)
            assert await sitting.typed("approve", sitting.token.pin) == dialogs.AGAIN
        assert await sitting.typed("approve", sitting.token.pin) == ""
        assert len((await signing).signatures) == len(DIGESTS)

    lab.run(told())
