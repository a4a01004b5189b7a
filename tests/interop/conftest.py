"""One live server for the foreign judges."""

from collections.abc import Iterator

import pytest

from tests.interop.live import Live, live


@pytest.fixture(scope="session")
def ca() -> Iterator[Live]:
    with live("ca") as served:
        yield served
