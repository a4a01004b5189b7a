"""Simulators and the right reference portal, once for all tests of the suite."""

from collections.abc import Iterator

import pytest

from conformance.launch import Running, launched
from conformance.stashes import MARKERS


def pytest_configure(config: pytest.Config) -> None:
    """The catalogue's tests import the checks, which carry these."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with launched() as made:
        yield made
