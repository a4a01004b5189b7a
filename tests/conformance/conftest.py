"""Simulators and the right reference portal, once for all tests of the suite."""

from collections.abc import Iterator

import pytest

from conformance.launch import Running, launched


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with launched() as made:
        yield made
