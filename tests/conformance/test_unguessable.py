"""What length, letters and likeness tell of values drawn one after the other."""

import base64
import secrets
import uuid

import pytest

from conformance.unguessable import weakness


@pytest.mark.parametrize(
    "draw",
    [
        lambda: secrets.token_urlsafe(16),
        lambda: secrets.token_hex(16),
        lambda: str(uuid.uuid4()),
        lambda: base64.urlsafe_b64encode(b"/ho-so/1#" + secrets.token_bytes(16)).decode(),
        lambda: "eyJhbGciOiJIUzI1NiJ9." + secrets.token_urlsafe(24),
    ],
    ids=["urlsafe", "hex", "uuid4", "behind_a_path", "behind_a_header"],
)
def test_what_was_drawn_at_random_is_not_weak(draw) -> None:
    assert not any(weakness([draw() for _ in range(3)]) for _ in range(200))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["1", "2", "3"], "at most 3 bits"),
        (["a" * 40, "a" * 40, "b" * 40], "the same twice"),
        (["", "x" * 40, "y" * 40], "empty"),
        (["12345678901", "98765432109", "55555555555"], "at most 37 bits"),
        (
            [f"/trang-chu?phien=cong-dan&luc=20261121223{n}" for n in range(3)],
            "only 6 bits differ from one to the next",
        ),
    ],
)
def test_what_can_be_guessed_is_weak(values: list[str], why: str) -> None:
    assert weakness(values) == why
