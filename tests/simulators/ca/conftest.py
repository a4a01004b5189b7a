"""One world of CAs for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.places import Running, running


@pytest.fixture(scope="session")
def lab() -> Iterator[Running]:
    with running("ca") as made:
        yield made
