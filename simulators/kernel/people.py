"""A person from a seed and a number: names and numbers as people in Vietnam have them, real to nobody."""

from __future__ import annotations

from functools import cache
from typing import Any

from faker import Faker
from faker.providers import BaseProvider

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
CARD_AGES = (25, 40, 60)
CARDS_RUN_PAST = 2035
"""Nobody is made whose identity card ends before; a test that needs such a one says so (identity_expires)."""
SPREAD = 7_368_787
"""A prime: n * SPREAD mod 10^7 gives each citizen another number, without order that a reader would trust."""


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


def card_term(birth: str) -> str:
    """The last day of an identity card: a birthday of CARD_AGES (Luật Căn cước 2023, art. 21); "" where none is left."""
    years = (int(birth[:4]) + age for age in CARD_AGES)
    return next((f"{year}{birth[4:]}" for year in years if year > CARDS_RUN_PAST), "")


def person(seed: str, number: int) -> dict[str, Any]:
    """All fields of a citizen; the same seed and number make the same one."""
    faker = _faker()
    faker.seed_instance(f"{seed}/{number}")
    made: dict[str, Any] = faker.person(number)
    plain = made["id"]
    return made | {
        "email": f"cd{plain}@thu.example",
        "username": plain,
        "password": "Mp@" + faker.password(10, special_chars=False),
        "techid": str(faker.uuid4()),
        "pin": f"{faker.random_int(0, 999_999):06d}",
        "identity_expires": card_term(made["birth"]),
        "card": f"970419{number:013d}",
        "card_holder": made["name"],
        "card_date": "07/15",
        "card_otp": "123456",
    }


@cache
def _faker() -> Faker:
    faker = Faker("vi_VN")
    faker.add_provider(Vietnamese)
    return faker


def tax_code(nine: str) -> str:
    """Ten digits: nine and the check digit of Vietnamese tax codes (weights 31 29 23 19 17 13 7 5 3, modulo 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True))
    return nine + str((10 - total % 11) % 10)
