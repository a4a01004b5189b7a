"""A browser that loads whatever the portal's pages link to, as prefetchers, scanners and curious people do."""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from conformance.browser import Browser, Lost, Page
from conformance.failures import NotThere
from conformance.sites import origin_of
from conformance.transport import Unreachable

MOST_PAGES = 40


def wander(browser: Browser, about: Sequence[str], most: int = MOST_PAGES) -> tuple[Page, ...]:
    """The pages of the portal's own that links lead to from its home page on, each once; first those that name `about`."""
    home = f"{browser.home}/"
    waiting, seen = deque([home]), {home}
    pages: list[Page] = []
    while waiting and len(pages) < most:
        with suppress(Lost, Unreachable):
            page = browser.get(waiting.popleft(), operation="page")
            pages.append(page)
            for address in _own_links(page, browser.home):
                if address not in seen:
                    seen.add(address)
                    (waiting.appendleft if any(word in address for word in about) else waiting.append)(address)
    return tuple(pages)


def demand_shown(pages: Sequence[Page], words: str) -> None:
    """Where no page shows them the portal's pages are made by scripts, and links say nothing about it."""
    if not any(words in page.html.words for page in pages if _is_html(page)):
        raise NotThere(f"of {len(pages)} pages that links lead to none shows {words}")


def _own_links(page: Page, home: str) -> list[str]:
    if origin_of(page.url) != home or not _is_html(page):
        return []
    addresses = [link.href.partition("#")[0] for link in page.html.links]
    return [
        address for address in addresses if address.startswith(("http://", "https://")) and origin_of(address) == home
    ]


def _is_html(page: Page) -> bool:
    return "html" in (page.header("Content-Type") or "").lower()
