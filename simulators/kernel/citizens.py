"""The same person in login, CAs, bank and inbox: made from a seed, unique in the world, real to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from faker import Faker
from faker.providers import BaseProvider

from simulators.kernel.entropy import Entropy
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records
from simulators.kernel.store import Store

FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
)
MIDDLE = (("Văn", "Hữu", "Đức", "Quốc", "Minh", "Thành"), ("Thị", "Ngọc", "Thuỳ", "Mỹ", "Kim", "Diệu"))
GIVEN = (
    (
        "An",
        "Bảo",
        "Cường",
        "Dũng",
        "Đạt",
        "Hải",
        "Hiếu",
        "Khoa",
        "Kỳ",
        "Lâm",
        "Nghĩa",
        "Phúc",
        "Quý",
        "Sỹ",
        "Thắng",
        "Tuấn",
    ),
    (
        "Ánh",
        "Bích",
        "Chi",
        "Dung",
        "Điệp",
        "Giang",
        "Hằng",
        "Hương",
        "Lụa",
        "Mỵ",
        "Nguyệt",
        "Quỳnh",
        "Thảo",
        "Trúc",
        "Uyên",
        "Yến",
    ),
)
PROVINCES = {
    "001": "Hà Nội",
    "031": "Hải Phòng",
    "048": "Đà Nẵng",
    "070": "Bình Phước",
    "079": "TP. Hồ Chí Minh",
    "092": "Cần Thơ",
}
MOBILE = ("032", "033", "070", "076", "081", "083", "086", "090", "093", "096", "097", "098")
SPREAD = 7_368_787
"""A prime: n * SPREAD mod 10^7 gives each citizen another number, without order that a reader would trust."""


class Citizen(Record, frozen=True, kw_only=True):
    """`id` is the personal identification number (12 digits). `shared_key` marks people made in bulk for load."""

    KIND: ClassVar[str] = "citizen"

    name: str
    birth: str
    sex: int
    phone: str | None
    email: str | None
    address: str
    username: str
    password: str
    techid: str
    pin: str
    card: str
    card_holder: str
    card_date: str
    card_otp: str
    tax_code: str
    shared_keys: bool = False


class Count(Record, frozen=True, kw_only=True):
    """How many citizens this world has made."""

    KIND: ClassVar[str] = "citizens"

    id: str = "world"
    made: int = 0


class UnknownField(Exception):
    """An override names a field that a citizen does not have."""


class Vietnamese(BaseProvider):
    """Family, middle and given name without titles; numbers that agree with province, sex and birth year."""

    def person(self, number: int) -> dict[str, Any]:
        sex = number % 2
        year = self.random_int(1950, 2005)
        province = self.random_element(sorted(PROVINCES))
        tail = number * SPREAD % 10_000_000
        century = {19: 0, 20: 2}[year // 100] + sex
        return {
            "id": f"{province}{century}{year % 100:02d}{tail % 1_000_000:06d}",
            "name": " ".join(self.random_element(part) for part in (FAMILY, MIDDLE[sex], GIVEN[sex])),
            "birth": f"{year}{self.random_int(1, 12):02d}{self.random_int(1, 28):02d}",
            "sex": sex,
            "phone": f"{MOBILE[number // 10_000_000 % len(MOBILE)]}{tail:07d}",
            "address": f"Số {self.random_int(1, 300)}, khu phố {self.random_int(1, 9)}, {PROVINCES[province]}",
            "tax_code": tax_code(f"8{number % 100_000_000:08d}"),
        }


class Citizens:
    """Makes people; the same seed makes the same people in the same order."""

    def __init__(self, store: Store, entropy: Entropy) -> None:
        self._store = store
        self._entropy = entropy
        self._faker = Faker("vi_VN")
        self._faker.add_provider(Vietnamese)

    async def make(self, overrides: Mapping[str, Any] | None = None) -> Citizen:
        return await self.settle(await self.draw(overrides))

    async def draw(self, overrides: Mapping[str, Any] | None = None) -> Citizen:
        """A person who does not live here yet: whoever must know of them is told first, then they settle."""
        overrides = overrides or {}
        if unknown := sorted(set(overrides) - set(Citizen.__struct_fields__)):
            raise UnknownField(unknown[0])

        def one_more(records: Records, _now: Instant) -> Change:
            count = records[Key(Count, "world")] or Count()
            return Change(records=(Count(made=count.made + 1),), result=count.made + 1)

        number = (await self._store.change([Key(Count, "world")], one_more)).result
        return msgspec.convert(_completed(self._person(number), overrides), Citizen)

    async def settle(self, citizen: Citizen) -> Citizen:
        made = Event(
            source="control", word="citizen_made", subject=citizen.id, body={"shared_keys": citizen.shared_keys}
        )
        key = Key(Citizen, citizen.id)
        await self._store.change([key], lambda _records, _now: Change(records=(citizen,), events=(made,)))
        return citizen

    async def get(self, personal_id: str) -> Citizen | None:
        return await self._store.get(Key(Citizen, personal_id))

    def _person(self, number: int) -> dict[str, Any]:
        self._faker.seed_instance(f"{self._entropy.seed}/{number}")
        person: dict[str, Any] = self._faker.person(number)
        plain = person["id"]
        return person | {
            "email": f"cd{plain}@thu.example",
            "username": plain,
            "password": "Mp@" + self._faker.password(10, special_chars=False),
            "techid": str(self._faker.uuid4()),
            "pin": f"{self._faker.random_int(0, 999_999):06d}",
            "card": f"970419{number:013d}",
            "card_holder": person["name"],
            "card_date": "07/15",
            "card_otp": "123456",
        }


def _completed(person: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from an overridden field (username from id, card holder from name) follows it."""
    changed = person | dict(overrides)
    follows = {"username": changed["id"], "card_holder": changed["name"]}
    return changed | follows | dict(overrides)


def tax_code(nine: str) -> str:
    """Ten digits: nine and the check digit of Vietnamese tax codes (weights 31 29 23 19 17 13 7 5 3, modulo 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True))
    return nine + str((10 - total % 11) % 10)
