"""One world for the walks in Chromium: the right portal, and one that believes any notice about money."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from conformance.control import Control
from conformance.launch import Running, launched
from tests.browser.person import PATIENCE_MS
from tests.browser.test_chromium_agrees import FLAGS
from tests.needs import path_of


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with launched((None, "checksum_ignored")) as running:
        yield running


@pytest.fixture(scope="session")
def lab(running: Running) -> Iterator[Control]:
    with Control(running.url, running.key, running.portals[0].contract) as control:
        yield control


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path_of("chromium"), args=list(FLAGS))
        yield chromium
        chromium.close()
