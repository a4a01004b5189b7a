"""A step of the table done by browser.py."""

from urllib.parse import urlsplit

from conformance.browser import Browser, Page
from tests.browser.steps import Click, Fetch, Open, Press, Script, Step
from tests.browser.world import World


def by_ours(browser: Browser, step: Step, world: World) -> str:
    match step:
        case Open(url):
            browser.navigate(world.real(url), operation="open")
        case Click():
            browser.click(opened(browser).link("l"), operation="click")
        case Press(values, button):
            browser.submit(opened(browser).form("f"), dict(values), button, operation="press")
        case Fetch(method, path, body):
            headers = (("Content-Type", "text/plain;charset=UTF-8"),) if body else ()
            parts = urlsplit(opened(browser).url)
            url = f"{parts.scheme}://{parts.netloc}{path}"
            browser.fetch(method, url, headers, body.encode(), operation="fetch")
        case Script():
            return browser.script_cookies(opened(browser).url)
    return opened(browser).url


def opened(browser: Browser) -> Page:
    assert browser.page is not None
    return browser.page
