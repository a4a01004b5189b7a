"""browser.py and Debian's Chromium do the same things to the same servers and are seen alike, case by case."""

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from conformance.browser import Browser
from conformance.transport import HttpTransport, Reply, Request, Send
from tests.browser.cases import CASES
from tests.browser.ours import by_ours
from tests.browser.steps import Case, Click, Fetch, Open, Press, Script, Step
from tests.browser.world import NAMES, Seen, World, standing
from tests.needs import needs, path_of

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"),
    *("--disable-component-update", "--disable-quic"),
)

pytestmark = needs("chromium")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with standing() as world:
        yield world


@pytest.fixture(scope="module")
def window() -> Iterator[Page]:
    rules = ",".join(f"MAP {name} 127.0.0.1" for name in NAMES)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path_of("chromium"), args=[*FLAGS, f"--host-resolver-rules={rules}"]
        )
        yield chromium.new_context(locale="vi-VN").new_page()
        chromium.close()


@pytest.fixture
def page(window: Page) -> Page:
    """The same window as fresh: an empty page, no cookies."""
    window.goto("about:blank")
    window.context.clear_cookies()
    return window


@pytest.fixture(scope="module")
def to_loopback() -> Iterator[Send]:
    """The names of the table stand on this machine; the Host header still says the name."""
    with HttpTransport() as send:

        def hop(operation: str, request: Request) -> Reply:
            parts = urlsplit(request.url)
            there = urlunsplit(parts._replace(netloc=f"127.0.0.1:{parts.port}"))
            headers = (("Host", parts.netloc), *request.headers)
            return send(operation, Request(request.method, there, headers, request.body))

        yield hop


def by_chromium(page: Page, step: Step, world: World) -> str:
    match step:
        case Open(url):
            page.goto(world.real(url), wait_until="domcontentloaded")
        case Click():
            with page.expect_navigation(wait_until="domcontentloaded"):
                page.click("#l")
        case Press(values, button):
            for name, value in values:
                fill(page, name, value)
            with page.expect_navigation(wait_until="domcontentloaded"):
                page.click(f"#{button}")
        case Fetch(method, path, body):
            page.evaluate(
                "([method, path, body]) => fetch(path, {method, body: body || undefined}).then(r => r.text())",
                [method, path, body],
            )
        case Script():
            return str(page.evaluate("document.cookie"))
    return page.url


def fill(page: Page, name: str, value: str | bool) -> None:
    box = page.locator(f"[name={name}]")
    kind = str(box.first.evaluate("e => e.type"))
    if isinstance(value, bool):
        box.set_checked(value)
    elif kind == "radio":
        page.check(f"[name={name}][value='{value}']")
    elif kind == "select-one":
        box.select_option(value)
    else:
        box.fill(value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_browser_and_chromium_are_seen_alike(case: Case, world: World, page: Page, to_loopback: Send) -> None:
    world.seen = Seen()
    shown = [by_chromium(page, step, world) for step in case.steps]
    theirs = world.seen

    world.seen = Seen()
    browser = Browser(to_loopback, home=world.real("http://localhost:PORTONE"))
    ours_shown = [by_ours(browser, step, world) for step in case.steps]

    assert world.seen.hops == theirs.hops
    assert ours_shown == shown
    assert theirs.hops[-1].get("cookie", "") == case.cookie
