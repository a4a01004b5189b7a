"""What a planned fault may make of a payment's notice, of the way back and of a query, and the args that it takes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from simulators.kernel.faults import Args, Effects, plain

IN_PARALLEL = 10
MOST_IN_PARALLEL = 64
MOST_DONG = 10**10 - 1


class Parallel(Args, frozen=True, kw_only=True):
    """So many notices at once; left out: 10."""

    count: Annotated[int, Meta(ge=1, le=MOST_IN_PARALLEL)] = IN_PARALLEL


class Bad(Args, frozen=True, kw_only=True):
    """A bad notice, which the right one follows unless it is `alone`."""

    alone: bool = False


class MissingChecksum(Bad, frozen=True, kw_only=True):
    """The field is there and `empty`, or not there."""

    empty: bool = False


class WrongAmount(Bad, frozen=True, kw_only=True):
    """In đồng; left out: 1000 more than is due."""

    amount: Annotated[int, Meta(ge=1, le=MOST_DONG)] = 0


class AnotherOrder(Bad, frozen=True, kw_only=True):
    """The reference that is told instead; left out: one that nobody has."""

    ref: Annotated[str, Meta(min_length=1, max_length=100)] = ""


class HalfSuccess(Bad, frozen=True, kw_only=True):
    """Response 00 with transaction 02, or the `other` half: 07 with 00."""

    other: bool = False


NOTICE: Effects = {
    **plain("lost", "duplicate"),
    "parallel": Parallel,
    "wrong_checksum": Bad,
    "missing_checksum": MissingChecksum,
    "wrong_amount": WrongAmount,
    "another_order": AnotherOrder,
    "half_success": HalfSuccess,
    **plain("failure_after_success", "before_return", "extra_field", "late"),
}
RETURN = plain("lost")
QUERY = plain("server_error")
