"""Following links: each page of the portal's own once, nothing of anybody else's, within bounds."""

from collections.abc import Mapping

import pytest

from conformance.browser import Browser
from conformance.failures import NotThere
from conformance.transport import Reply, Request
from conformance.wandering import demand_shown, wander

HOME = "http://localhost:1"


def browser_of(pages: Mapping[str, str], asked: list[str]) -> Browser:
    def send(_operation: str, request: Request) -> Reply:
        asked.append(request.url)
        path = request.url.removeprefix(HOME)
        kind = "application/pdf" if path.endswith(".pdf") else "text/html; charset=utf-8"
        return Reply(200, (("Content-Type", kind),), pages.get(path, "").encode(), request.url)

    return Browser(send, home=HOME)


def test_each_own_page_is_loaded_once_and_no_other_sites() -> None:
    asked: list[str] = []
    pages = {
        "/": '<a href="/a#x">a</a> <a href="/">home</a> <a href="http://127.0.0.1:1/b">b</a> <a href="mailto:x@y">m</a>',
        "/a": '<a href="/">home</a> <a href="/file.pdf">file</a>',
        "/file.pdf": '<a href="/hidden">no page</a>',
    }
    found = wander(browser_of(pages, asked), ())
    assert asked == [f"{HOME}/", f"{HOME}/a", f"{HOME}/file.pdf"]
    assert len(found) == 3


def test_what_names_the_dossier_comes_first_and_the_number_of_pages_is_bounded() -> None:
    asked: list[str] = []
    many = "".join(f'<a href="/p{number}">p</a>' for number in range(100))
    wander(browser_of({"/": f'{many}<a href="/ho-so/h1">h</a>'}, asked), ("h1",), most=5)
    assert asked[:2] == [f"{HOME}/", f"{HOME}/ho-so/h1"]
    assert len(asked) == 5


def test_pages_that_show_nothing_of_it_judge_nothing() -> None:
    pages = wander(browser_of({"/": "<p>Hồ sơ C-1</p>"}, []), ())
    demand_shown(pages, "C-1")
    with pytest.raises(NotThere, match="none shows C-2"):
        demand_shown(pages, "C-2")
