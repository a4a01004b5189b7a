"""Chance, faults, people and certificates: what a seed repeats, what never repeats, and what must agree."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils

from simulators.kernel import faults, people
from simulators.kernel.citizens import Citizen, Citizens, Count, UnknownField
from simulators.kernel.entropy import Entropy
from simulators.kernel.pki import Authorities, Pki
from simulators.kernel.profiles import Leaf
from simulators.kernel.records import Change, Key
from simulators.kernel.store import Store


def in_world(story: Callable[[Store, Entropy], Awaitable[None]], seed: str = "s") -> None:
    async def run() -> None:
        with closing(Store(None)) as store:
            await story(store, await Entropy.begin(store, seed))

    asyncio.run(run())


def test_two_processes_on_one_store_never_draw_the_same_token() -> None:
    async def story(store: Store, first: Entropy) -> None:
        second = await Entropy.begin(store, "s")
        drawn = [source.token("transaction") for source in (first, second) for _ in range(200)]
        assert len(set(drawn)) == 400

    in_world(story)


def test_a_seed_repeats_its_choices_and_another_seed_differs() -> None:
    one, same, other = Entropy("a", 1), Entropy("a", 9), Entropy("b", 1)
    things = [str(n) for n in range(64)]
    assert [one.choose("crlf", t) for t in things] == [same.choose("crlf", t) for t in things]
    assert [one.choose("crlf", t) for t in things] != [other.choose("crlf", t) for t in things]
    assert {one.choose("crlf", t) for t in things} == {0, 1}


def test_who_cannot_be_made_is_not_counted() -> None:
    async def story(store: Store, entropy: Entropy) -> None:
        citizens = Citizens(store, entropy)
        with pytest.raises(msgspec.ValidationError):
            await citizens.make({"name": 1})
        assert store.count(Count) == 0
        await citizens.make({"name": "Đặng Thị Ưởng"})
        assert (await store.get(Key(Count, "world"))).made == 1

    in_world(story)


def test_a_fault_is_used_as_often_as_planned_and_says_so() -> None:
    async def story(store: Store, _entropy: Entropy) -> None:
        fault = faults.Fault(
            id=faults.place("vnpay.notice", "T1"), site="vnpay.notice", effect="duplicate", about="T1", args={"n": 2}
        )
        await store.change([], lambda _r, _n: Change(records=(fault,)))
        effects = []
        for _ in range(2):
            keys = faults.keys("vnpay.notice", ("T1", "", "c1"), "")

            def use(records, _now):
                taken = faults.take(records, "vnpay.notice", ("T1", "c1"), ref="T1")
                return Change(records=taken.records, events=taken.events, result=taken.effect)

            effects.append((await store.change(keys, use)).result)
        assert effects == ["duplicate", ""]

    in_world(story)


def test_a_fault_of_one_contract_does_not_befall_anothers_same_reference() -> None:
    async def story(store: Store, _entropy: Entropy) -> None:
        usual = {"site": "vnpay.notice", "about": "T1"}
        narrow, wide = (
            faults.Fault(id=faults.place(*usual.values(), contract), effect=effect, contract=contract, **usual)
            for contract, effect in (("c1", "lost"), ("", "duplicate"))
        )
        await store.change([], lambda _r, _n: Change(records=(narrow, wide)))

        async def used(contract: str) -> str:
            def use(records, _now):
                taken = faults.take(records, "vnpay.notice", ("T1",), contract=contract)
                return Change(records=taken.records, events=taken.events, result=taken.effect)

            return (await store.change(faults.keys("vnpay.notice", ("T1",), contract), use)).result

        assert [await used("c2"), await used("c2"), await used("c1")] == ["duplicate", "", "lost"]

    in_world(story)


def test_people_are_unique_and_their_numbers_agree() -> None:
    async def story(store: Store, entropy: Entropy) -> None:
        people = [await (citizens := Citizens(store, entropy)).make()]
        people += [await citizens.make() for _ in range(1500)]
        assert len({person.id for person in people}) == len({person.phone for person in people}) == 1501
        assert len({person.techid for person in people}) == 1501
        for person in people:
            assert len(person.id) == 12
            assert int(person.id[3]) % 2 == person.sex
            assert int(person.id[3]) // 2 == int(person.birth[:2]) - 19
            assert person.id[4:6] == person.birth[2:4]
            assert person.phone is not None
            assert len(person.phone) == 10
            assert not {"Ông", "Bà", "Anh", "Chị", "Quý"} & {person.name.split()[0]}

    in_world(story)


@pytest.mark.parametrize(
    ("birth", "ends"),
    [
        ("20110101", "20360101"),
        ("20100101", "20500101"),
        ("19960229", "20360229"),
        ("19760101", "20360101"),
        ("19750101", ""),
        ("19500101", ""),
    ],
)
def test_an_identity_card_ends_on_a_birthday_of_the_law_that_is_well_ahead(birth: str, ends: str) -> None:
    assert people.card_term(birth) == ends
    assert people.person("s", 1)["identity_expires"] == people.card_term(people.person("s", 1)["birth"])


def test_the_same_seed_makes_the_same_people() -> None:
    made: list[Citizen] = []

    async def story(store: Store, entropy: Entropy) -> None:
        made.append(await Citizens(store, entropy).make())

    in_world(story, "x")
    in_world(story, "x")
    assert made[0] == made[1]


def test_an_unknown_field_of_a_citizen_is_refused_by_name() -> None:
    async def story(store: Store, entropy: Entropy) -> None:
        with pytest.raises(UnknownField, match="phon"):
            await Citizens(store, entropy).make({"phon": "090"})

    in_world(story)


def test_a_certificate_carries_the_personal_id_and_signs_the_digest_it_is_given() -> None:
    async def story(store: Store, entropy: Entropy) -> None:
        pki = Pki(store, entropy, "http://127.0.0.1:1")
        await pki.authority("vnpt", {"C": "VN", "O": "VNPT", "CN": "VNPT SmartCA RS"})
        made = await pki.issue("vnpt", "001099000001", Leaf({"C": "VN", "CN": "Lê A"}, ("CCCD:001099000001",)))
        leaf = x509.load_der_x509_certificate(made.der_bytes)
        assert made.id.startswith("5401")
        assert f"{leaf.serial_number:032x}" == made.id
        assert [a.value for a in leaf.subject.get_attributes_for_oid(x509.NameOID.USER_ID)] == ["CCCD:001099000001"]
        value = pki.sign_digest(made.keypair, digest := bytes(range(32)))
        leaf.public_key().verify(value, digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        assert await pki.issued("vnpt", "001099000001") == [made]
        pki.close()

    in_world(story)


def test_a_ca_is_listed_in_the_very_change_that_makes_it() -> None:
    async def story(store: Store, entropy: Entropy) -> None:
        pki = Pki(store, entropy, "http://127.0.0.1:1")
        seen: list[tuple[int, int]] = []

        def look(step: str) -> None:
            if step == "committed":
                made = [one for (one,) in store.rows("SELECT about FROM records WHERE kind = 'certificate'")]
                listed = store.peek(Key(Authorities, "world")) or Authorities()
                seen.append((len([one for one in made if one != "root"]), len(listed.names)))

        store._passing = look
        for ca in ("vnpt", "ca2"):
            await pki.authority(ca, {"C": "VN", "CN": ca})
        await pki.issue("ca2", "001099000001", Leaf({"C": "VN", "CN": "Lê A"}, ("CCCD:001099000001",)))
        pki.close()
        assert list(dict.fromkeys(seen)) == [(0, 0), (1, 1), (2, 2), (3, 2)]

    in_world(story)


def test_a_revoked_certificate_stays_revoked() -> None:
    async def story(store: Store, entropy: Entropy) -> None:
        pki = Pki(store, entropy, "http://127.0.0.1:1")
        root = await pki.authority("root")
        for status in ("suspended", "good", "revoked", "good"):
            last = await pki.set_status(root.id, status)
        assert last.status == "revoked"
        assert (await pki.by_serial(root.id.upper())) == last
        assert await store.get(Key(type(root), root.id)) == last
        pki.close()

    in_world(story)
