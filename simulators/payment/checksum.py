"""Checksums of PAY 2.1.0, and what a wrong one was made of: the expected base string and the merchant's likely mistake."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from urllib.parse import quote_plus

from simulators.kernel.forms import form_encoded
from simulators.payment.constructions import DEVIATIONS, PAY, UNSIGNED, Deviation, Pairs, Recipe, barred

ENCODERS: Mapping[str, Callable[[str], str]] = {
    "python": form_encoded,
    "php": lambda text: quote_plus(text).replace("~", "%7E"),
    "java": lambda text: quote_plus(text, safe="*").replace("~", "%7E"),
    "dotnet": lambda text: quote_plus(text, safe="!*()").replace("~", "%7E"),
}
"""Form encoders agree on letters, digits, blanks and accents, and on nothing else (specs: 1.3); "java" is also
URLSearchParams of browsers and Node."""

MANY_FIELDS = 40
"""A pay request has 14: beyond this nobody is helped by a long search, and everybody waits for it."""

LIKE_PAY = Deviation(
    "like_pay_url",
    "",
    None,
    "chuỗi băm kiểu URL thanh toán (tên=giá trị nối bằng &, sắp xếp), không phải các giá trị nối bằng |",
    "hashed like a pay URL (name=value joined by &, sorted) instead of values joined by |",
)


def _written_by(encode: Callable[[str], str]) -> Recipe:
    return replace(PAY, write=lambda key, value: f"{encode(key)}={encode(value)}")


_RECIPES = {name: _written_by(encode) for name, encode in ENCODERS.items()}


def base_string(fields: Mapping[str, str], encoder: str = "python") -> str:
    """What is hashed for a pay URL, a return and a notice: non-empty, sorted, form-encoded."""
    return _RECIPES[encoder].base(list(fields.items()))


def barred_string(fields: Mapping[str, str], names: Sequence[str]) -> str:
    """What is hashed for querydr and refund and their answers: these values joined by |."""
    return barred(names).base(list(fields.items()))


def checksum(secret: str, text: str) -> str:
    """HMAC-SHA512 in lower-case hexadecimal."""
    return hmac.digest(secret.encode(), text.encode(), "sha512").hex()


def same(expected: str, given: str, *, any_case: bool) -> bool:
    wanted = given.lower() if any_case else given
    return hmac.compare_digest(expected.encode(), wanted.encode())


def accepted(secret: str, fields: Mapping[str, str], *, encoders: Sequence[str], any_case: bool) -> str:
    """The first of these encoders with which vnp_SecureHash is right for the fields; "" when it is with none."""
    given = fields.get("vnp_SecureHash", "")
    right = (name for name in encoders if same(checksum(secret, base_string(fields, name)), given, any_case=any_case))
    return next(right, "")


@dataclass(frozen=True)
class Explanation:
    """`constructions` are the deviations that together give the merchant's checksum (none: not recognised); `field` is
    the first whose piece of the base string differs, where that can be known. The secret is in none of the texts."""

    constructions: tuple[str, ...]
    vi: str
    en: str
    expected: str
    theirs: str = ""
    field: str = ""
    expected_piece: str = ""
    their_piece: str = ""


def explain(
    secret: str,
    fields: Mapping[str, str],
    given: str,
    *,
    names: Sequence[str] = (),
    others: Mapping[str, str] | None = None,
) -> Explanation:
    """Why `given` is wrong. `names`: the fields of a |-joined string; `others`: other terminals' secrets, by their code."""
    right = barred(names) if names else PAY
    pairs = list(fields.items())
    expected = right.base(pairs)
    if not given.strip():
        return Explanation(
            ("missing",), "thiếu vnp_SecureHash hoặc để trống", "vnp_SecureHash is missing or empty", expected
        )
    if given.strip().lower() == checksum(secret, expected):
        return _only_its_form(given, expected)
    matches = _matcher(secret, pairs, given.strip().lower())
    for deviations, recipe in _candidates(right, pairs, others or {}):
        if matches(recipe):
            return _found(deviations, right.pieces(pairs), recipe.pieces(pairs), (expected, recipe.base(pairs)))
    return _not_recognised(pairs, expected)


def _only_its_form(given: str, expected: str) -> Explanation:
    if given != given.strip():
        return Explanation(
            ("blank_around",), "mã kiểm tra dính khoảng trắng", "the checksum has blanks around it", expected, expected
        )
    return Explanation(
        ("upper_hex",),
        "mã kiểm tra viết bằng hexa chữ HOA, cổng này đòi chữ thường",
        "the checksum is in upper-case hexadecimal, lower case is demanded",
        expected,
        expected,
    )


def _matcher(secret: str, pairs: Pairs, given: str) -> Callable[[Recipe], bool]:
    """Tries recipes; a base string that several of them share is written once."""
    bases: dict[tuple[object, ...], bytes] = {}

    def matches(recipe: Recipe) -> bool:
        key = (recipe.alter, recipe.pick, recipe.order, recipe.write, recipe.joint)
        if key not in bases:
            bases[key] = recipe.base(pairs).encode()
        return recipe.digest(recipe.secret(secret), bases[key]).lower() == given

    return matches


def _candidates(
    right: Recipe, pairs: Pairs, others: Mapping[str, str]
) -> Iterator[tuple[tuple[Deviation, ...], Recipe]]:
    """One deviation first, then two of different parts; of a request with very many fields, one alone."""
    for deviation in (
        *DEVIATIONS,
        *(_left_out(right, pairs) if len(pairs) <= MANY_FIELDS else ()),
        *_of_others(others),
    ):
        yield (deviation,), deviation.on(right)
    if right is not PAY:
        yield (LIKE_PAY,), PAY
        for deviation in DEVIATIONS:
            yield (LIKE_PAY, deviation), deviation.on(PAY)
    if len(pairs) > MANY_FIELDS:
        return
    for one, other in combinations(DEVIATIONS, 2):
        if one.part != other.part:
            yield (one, other), other.on(one.on(right))


def _left_out(right: Recipe, pairs: Pairs) -> Iterator[Deviation]:
    for name, _ in right.pick(pairs):

        def without(given: Pairs, left_out: str = name) -> Pairs:
            return [(key, value) for key, value in right.pick(given) if key != left_out]

        yield Deviation(
            f"without_{name}", "pick", without, f"chuỗi băm thiếu {name}", f"hashed without {name} (added afterwards?)"
        )


def _of_others(others: Mapping[str, str]) -> Iterator[Deviation]:
    for code, secret in others.items():

        def taken(_own: str, other: str = secret) -> bytes:
            return other.encode()

        yield Deviation(
            "secret_of_another",
            "secret",
            taken,
            f"khoá bí mật của đơn vị khác ({code})",
            f"hashed with the secret of another terminal ({code})",
        )


def _found(deviations: tuple[Deviation, ...], right: Pairs, wrong: Pairs, bases: tuple[str, str]) -> Explanation:
    field, ours, theirs = _first_difference(right, wrong)
    return Explanation(
        tuple(deviation.id for deviation in deviations),
        "; ".join(deviation.vi for deviation in deviations),
        "; ".join(deviation.en for deviation in deviations),
        *bases,
        field,
        ours,
        theirs,
    )


def _first_difference(right: Pairs, wrong: Pairs) -> tuple[str, str, str]:
    for (key, ours), (other, theirs) in zip(right, wrong, strict=False):
        if (key, ours) != (other, theirs):
            return key, ours, theirs
    if len(right) != len(wrong):
        longer = right if len(right) > len(wrong) else wrong
        key, piece = longer[min(len(right), len(wrong))]
        return (key, piece, "") if longer is right else (key, "", piece)
    return "", "", ""


def _not_recognised(pairs: Pairs, expected: str) -> Explanation:
    odd = [key for key, value in pairs if key not in UNSIGNED and not value.replace(" ", "").isalnum()]
    look_vi = f" Xem trước các tham số có ký tự đặc biệt: {', '.join(odd)}." if odd else ""
    look_en = f" Look first at the fields with special characters: {', '.join(odd)}." if odd else ""
    return Explanation(
        (),
        "không khớp cách dựng sai nào đã biết: so chuỗi băm của bạn với chuỗi đúng và kiểm tra khoá bí mật." + look_vi,
        "no known wrong construction: compare your base string with the right one and check the secret." + look_en,
        expected,
    )
