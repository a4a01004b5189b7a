"""What all tests of our own share: tests that need a tool (needs.py)."""

import pytest

from tests.needs import Missing


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Missing(), "needs")
