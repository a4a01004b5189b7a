"""A whole life at every CA of the world, each through its own wire: a CA without a row here fails."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from simulators import catalog
from simulators.ca import asking
from simulators.ca.spec import CaSpec
from simulators.kernel.citizens import Citizen
from tests.places import Place, Running
from tests.simulators.ca import speakers
from tests.simulators.ca.callers import digest
from tests.simulators.ca.speakers import SIGNED, Opening, Speaker, Told
from tests.simulators.ca.test_webhook import receiver, told


@dataclass(frozen=True)
class Life:
    """A CA's row: who speaks its wire, and its own words; `webhook`: it tells the portal by itself."""

    ca: str
    speaker: Opening
    waiting: str
    refused: str
    expired: str
    revoked: str
    spent: str
    revoked_at_once: str = ""
    """What a new request with a revoked certificate is answered, where it is another word."""
    webhook: bool = False
    spent_at_once: bool = True
    """Whether a request without turns is turned away, or ends when the citizen approves."""


GENERIC = {
    "waiting": "200 sig_wait_for_user_confirm",
    "refused": "400 Rejected by the user",
    "expired": "400 Transaction expired",
    "revoked": "403 Certificate revoked",
    "spent": "403 No signing turns are left",
}
NUMBERS = {"waiting": "4000", "refused": "4002", "expired": "4001", "revoked": "13004", "spent": "4005"}
LIVES = (
    Life(
        "vnpt",
        speakers.vnpt,
        waiting="200 sig_wait_for_user_confirm",
        refused="400 REJECTED",
        expired="400 EXPIRED",
        revoked="403 CREDENTIAL_STATUS_INVALID",
        spent="403 CREDENTIAL_STATUS_INVALID: hết lượt ký",
        webhook=True,
    ),
    Life(
        "ca2",
        speakers.ca2,
        waiting="1001 Đang chờ người dùng xác nhận",
        refused="400 Người dùng từ chối ký",
        expired="400 Giao dịch đã hết hạn",
        revoked="403 Chứng thư số không hợp lệ: đã thu hồi",
        spent="403 Gói dịch vụ đã hết lượt ký",
        webhook=True,
    ),
    Life(
        "misa",
        speakers.misa,
        waiting="PENDING",
        refused="CANCELLED UserRejected",
        expired="FAILED TransactionExpired",
        revoked="FAILED CertificateInactive",
        revoked_at_once="CertificateInactive",
        spent="OutOfTurns",
        webhook=True,
    ),
    *(Life(ca, speakers.generic(ca), webhook=True, **GENERIC) for ca in ("fpt", "bkav", "mobifone")),
    *(Life("mysign", way, spent_at_once=False, **NUMBERS) for way in (speakers.MYSIGN, speakers.OLD_MYSIGN)),
)


WITHOUT_PHONE = {"fpt_esign"}
"""The citizen's yes is a code that the portal hands back: tests/simulators/ca/test_esign.py has the whole life."""


def test_every_ca_of_the_world_has_a_row() -> None:
    assert {life.ca for life in LIVES} | WITHOUT_PHONE == set(catalog.load("simulators.ca.providers", CaSpec))


def verified(leaf: x509.Certificate, values: tuple[bytes, ...], *texts: str) -> None:
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert len(values) == len(texts)
    for value, text in zip(values, texts, strict=True):
        key.verify(value, bytes.fromhex(digest(text)), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


async def ended(place: Place, speaker: Speaker, citizen: Citizen, name: str, how: str) -> Told:
    """How it stands after the phone's no, or after its time; a yes that comes too late changes nothing."""
    asked = await speaker.ask(name, [digest(name)])
    assert asked.ref, asked.no
    (prompt,) = await place.prompts(citizen)
    if how == "refuse":
        assert await place.answer(prompt, "refuse") == ""
    else:
        assert (await place.control("POST", "expire", {"ref": asked.ref})).status_code == 200
    first = await speaker.told(asked.ref)
    assert await place.answer(prompt, "approve", citizen.pin) == asking.OVER
    assert await speaker.told(asked.ref) == first, "late"
    assert place.rows(ref=asked.ref, word="signing_approved") == []
    return first


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.ca)
def test_list_sign_approve_status_refuse_expire_late(lab: Running, life: Life) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        speaker = await life.speaker(place, citizen, "")
        leaf = await speaker.leaf()
        assert f"CCCD:{citizen.id}" in leaf.subject.rfc4514_string()
        name = f"life-{citizen.id}"
        asked = await speaker.ask(name, [digest("one"), digest("two")])
        assert asked.ref, asked.no
        assert await speaker.told(asked.ref) == Told(life.waiting)
        assert await place.approve(citizen) == ""
        done = await speaker.told(asked.ref)
        assert done.word == SIGNED
        verified(leaf, done.values, "one", "two")
        assert await speaker.told(asked.ref) == done, "as often as it is asked"
        assert await ended(place, speaker, citizen, f"{name}-no", "refuse") == Told(life.refused)
        assert await ended(place, speaker, citizen, f"{name}-late", "expire") == Told(life.expired)

    lab.run(story())


@pytest.mark.parametrize("life", [life for life in LIVES if life.webhook], ids=lambda life: life.ca)
def test_an_approval_is_pushed_to_the_portal_once(lab: Running, life: Life) -> None:
    async def story() -> None:
        async with receiver() as portal:
            citizen = await lab.place.citizen()
            speaker = await life.speaker(lab.place, citizen, portal.url)
            asked = await speaker.ask(f"push-{citizen.id}", [digest("one"), digest("two")])
            await lab.place.approve(citizen)
            await told(lab.place, asked.ref, 1)
            (body,) = portal.told
            ref, values = speaker.pushed(body)
            assert ref == asked.ref
            verified(await speaker.leaf(), values, "one", "two")

    lab.run(story())


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.ca)
def test_a_revoked_certificate_signs_nothing(lab: Running, life: Life) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        speaker = await life.speaker(place, citizen, "")
        leaf = await speaker.leaf()
        waits = await speaker.ask(f"revoked-{citizen.id}", [digest("x")])
        (prompt,) = await place.prompts(citizen)
        assert (await place.control("POST", f"certificates/{leaf.serial_number:032x}/revoke")).status_code == 200
        assert await place.answer(prompt, "approve", citizen.pin) == asking.UNUSABLE
        assert await speaker.told(waits.ref) == Told(life.revoked)
        assert (await speaker.ask(f"revoked-{citizen.id}-2", [digest("x")])).no == (
            life.revoked_at_once or life.revoked
        )

    lab.run(story())


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.ca)
def test_when_the_turns_are_used_up_nothing_is_signed(lab: Running, life: Life) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        speaker = await life.speaker(place, citizen, "")
        await place.control("POST", "turns", {"ca": life.ca, "citizen": citizen.id, "left": 2})
        first = await speaker.ask(f"turns-{citizen.id}", [digest("one"), digest("two")])
        await place.approve(citizen)
        assert (await speaker.told(first.ref)).word == SIGNED
        second = await speaker.ask(f"turns-{citizen.id}-2", [digest("x")])
        assert second.no == (life.spent if life.spent_at_once else "")
        if not life.spent_at_once:
            assert await place.approve(citizen) == asking.SPENT
            assert await speaker.told(second.ref) == Told(life.spent)
        assert await place.prompts(citizen) == []

    lab.run(story())
