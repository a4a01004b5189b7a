"""browser.py alone: the table that Chromium confirmed, and what only shows with a clock, a limit or a log."""

import pytest

from conformance.browser import REDIRECT_LIMIT, Browser, Lost
from conformance.cookies import LAX_POST_SECONDS
from conformance.forms import NotOnPage
from conformance.sites import resolve, site_of
from conformance.transport import HttpTransport, Reply, Request, Unreachable
from tests.browser.cases import CASES
from tests.browser.ours import by_ours
from tests.browser.steps import EVERY_KIND, OLD, A, B, Case, form, link
from tests.browser.world import Seen, World, answer, at, standing

PORTAL = "http://localhost:8001"
SIMS = "http://127.0.0.1:8001"


class Desk:
    """A browser over the pure server, with a clock in the test's hand."""

    def __init__(self) -> None:
        self.world = World({"PORTONE": 8001, "PORTTWO": 8002}, Seen())
        self.operations: list[str] = []
        self.time = 1_800_000_000.0
        self.browser = Browser(self.send, home=PORTAL, now=lambda: self.time)

    def send(self, operation: str, request: Request) -> Reply:
        self.operations.append(operation)
        self.world.seen.note(request)
        return answer(request)

    def open(self, url: str, operation: str = "open") -> Reply | None:
        self.browser.navigate(self.world.real(url), operation=operation)
        return None

    @property
    def cookie(self) -> str:
        return self.world.seen.hops[-1].get("cookie", "")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_table_holds_without_chromium(case: Case, desk: Desk) -> None:
    for step in case.steps:
        by_ours(desk.browser, step, desk.world)

    assert desk.cookie == case.cookie


@pytest.mark.parametrize(("age", "sent"), [(LAX_POST_SECONDS, "plain=1"), (LAX_POST_SECONDS + 1, "")])
def test_an_unspecified_cookie_goes_with_a_cross_site_post_for_two_minutes(desk: Desk, age: int, sent: str) -> None:
    desk.open(at(A, set="plain=1"))
    desk.time += age
    desk.open(at(B, body=form(at(A))))

    desk.browser.submit(desk.browser.page.form(), operation="press")

    assert desk.cookie == sent
    assert [turned.name for turned in desk.browser.hops[-1].withheld] == ([] if sent else ["plain"])


@pytest.mark.parametrize(("age", "sent"), [(59, "m=1"), (60, "")])
def test_max_age_ends_on_its_second(desk: Desk, age: int, sent: str) -> None:
    desk.open(at(A, set="m=1; Max-Age=60"))
    desk.time += age
    desk.open(at(A))

    assert desk.cookie == sent


@pytest.mark.parametrize(("size", "refused"), [(4095, 0), (4096, 1)])
def test_a_pair_of_4096_bytes_is_the_largest(desk: Desk, size: int, refused: int) -> None:
    desk.open(at(A, set=f"q={'x' * size}"))

    assert len(desk.browser.hops[-1].refused) == refused


def test_twenty_redirects_arrive_and_one_more_does_not(desk: Desk) -> None:
    countdown = Browser(count_down, home=PORTAL)

    assert countdown.navigate(f"{PORTAL}/{REDIRECT_LIMIT}", operation="open").status == 200
    with pytest.raises(Lost, match="redirects"):
        countdown.navigate(f"{PORTAL}/{REDIRECT_LIMIT + 1}", operation="open")


def count_down(operation: str, request: Request) -> Reply:
    left = int(request.url.rpartition("/")[2])
    return Reply(302 if left else 200, (("Location", str(left - 1)),) if left else (), b"", request.url)


def test_an_address_that_is_not_http_ends_the_trip(desk: Desk) -> None:
    with pytest.raises(Lost, match="javascript:"):
        desk.open(at(A, "/go", to="javascript:alert(1)"))


def test_hops_of_the_portal_carry_the_operation_and_others_their_last_step(desk: Desk) -> None:
    desk.open(at(A, "/go", to=at(B, "/oauth2/go", to=at(A, "/callback"))), "login")

    assert desk.operations == ["login", "sim:go", "login"]


def test_the_log_says_why_a_cookie_was_withheld_or_refused(desk: Desk) -> None:
    desk.open(at(A, set=EVERY_KIND))
    desk.open(at(B, body=link(at(A, set="bad=1; SameSite=None"))))

    desk.browser.click(desk.browser.page.link("l"), operation="click")

    hop = desk.browser.hops[-1]
    assert hop.page.startswith(SIMS)
    assert [(turned.name, turned.why) for turned in hop.withheld] == [
        ("strict", "SameSite=Strict, and another site's page began this hop")
    ]
    assert [(turned.name, turned.why) for turned in hop.refused] == [("bad", "SameSite=None without Secure")]


def test_get_goes_on_from_the_open_page_and_navigate_does_not(desk: Desk) -> None:
    desk.open(at(A, set=EVERY_KIND))
    desk.open(at(B))

    desk.browser.get(desk.world.real(at(A)), operation="get")
    assert desk.cookie == "lax=1; open=1; plain=1"
    desk.browser.navigate(desk.world.real(at(A)), operation="navigate")
    assert desk.cookie == OLD


def test_fetch_is_of_its_own_origin_whatever_page_is_open(desk: Desk) -> None:
    desk.open(at(A, set=EVERY_KIND))
    desk.open(at(B))

    page = desk.browser.fetch("post", f"{PORTAL}/pti/x", operation="draft")

    hop = desk.world.seen.hops[-1]
    assert (hop["cookie"], hop["origin"], hop["referer"], hop["sec-fetch-site"]) == (
        OLD,
        PORTAL,
        f"{PORTAL}/",
        "same-origin",
    )
    assert page.status == 200
    assert desk.browser.page.url.startswith(SIMS)


def test_fetch_stops_before_another_origin(desk: Desk) -> None:
    page = desk.browser.fetch("GET", desk.world.real(at(A, "/go", to=at(B))), operation="read")

    assert (page.status, page.header("location")) == (302, f"{SIMS}/page")
    assert len(desk.world.seen.hops) == 1


def test_a_header_of_the_callers_own_wins(desk: Desk) -> None:
    desk.browser.fetch("POST", f"{PORTAL}/x", (("accept", "application/pdf"),), operation="file")

    accepted = [value for name, value in desk.browser.hops[-1].request.headers if name.lower() == "accept"]
    assert accepted == ["application/pdf"]


def test_a_copy_keeps_the_cookies_of_then(desk: Desk) -> None:
    desk.open(at(A, set="s=1"))
    thief = desk.browser.copy()
    desk.open(at(A, set="s=; Max-Age=0"))

    thief.navigate(desk.world.real(at(A)), operation="steal")
    assert desk.cookie == "s=1"
    assert desk.browser.cookies_for(PORTAL) == ()


@pytest.mark.parametrize("headers", [(("Content-Disposition", 'attachment; filename="x.pdf"'),), ()])
def test_a_download_or_an_empty_answer_leaves_the_page(headers: tuple[tuple[str, str], ...]) -> None:
    browser = Browser(lambda _, request: Reply(200 if headers else 204, headers, b"", request.url), home=PORTAL)

    browser.navigate(f"{PORTAL}/file", operation="file")

    assert browser.page is None


FORM = (
    '<form id=f name=login action="/pti/login" method=post><input name=who><select name=s><option value=1>một</select>'
    "<button name=go value=1>Đăng nhập</button><button name=go value=2>Hủy</button></form>"
)


def test_a_form_is_found_by_id_name_and_action(desk: Desk) -> None:
    desk.open(at(A, body=FORM + '<form id=g action="/other"></form>'))
    page = desk.browser.page

    assert {page.form(key).id for key in ("f", "login", "/pti/login")} == {"f"}
    with pytest.raises(NotOnPage, match="2 forms"):
        page.form()
    with pytest.raises(NotOnPage, match="0 forms nowhere"):
        page.form("nowhere")


def test_a_citizen_cannot_fill_what_the_page_does_not_offer(desk: Desk) -> None:
    desk.open(at(A, body=FORM))
    shown = desk.browser.page.form("f")

    with pytest.raises(NotOnPage, match="no field what"):
        desk.browser.submit(shown, {"what": "1"}, operation="press")
    with pytest.raises(NotOnPage, match="no such choice for s"):
        desk.browser.submit(shown, {"s": "2"}, operation="press")
    with pytest.raises(NotOnPage, match="no button 'Xóa'"):
        desk.browser.submit(shown, button="Xóa", operation="press")


def test_the_button_pressed_is_the_one_that_is_sent(desk: Desk) -> None:
    desk.open(at(A, body=FORM))

    desk.browser.submit(desk.browser.page.form("f"), {"who": "Lê"}, "Hủy", operation="press")

    assert desk.world.seen.hops[-1]["body"] == "who=L%C3%AA&s=1&go=2"


def test_six_boxes_of_one_name_take_a_list_in_order(desk: Desk) -> None:
    desk.open(at(A, body=form(at(A), "<input name=otp>" * 6)))

    desk.browser.submit(desk.browser.page.form("f"), {"otp": list("123456")}, operation="otp")

    assert desk.world.seen.hops[-1]["body"] == "otp=1&otp=2&otp=3&otp=4&otp=5&otp=6&go=1"


def test_words_and_marks_are_read_as_shown(desk: Desk) -> None:
    desk.open(at(A, body="<h1 id=h>Hồ sơ <b>bị từ chối</b></h1><script>hidden()</script><p>Lý do: thiếu &amp; sai"))
    shown = desk.browser.page.html

    assert (shown.title, shown.words) == ("page", "Hồ sơ bị từ chối Lý do: thiếu & sai")
    assert shown.text_of["h"] == "Hồ sơ bị từ chối"


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("", "http://localhost/a/b?q"),
        ("c", "http://localhost/a/c"),
        ("?x=1", "http://localhost/a/b?x=1"),
        ("#f", "http://localhost/a/b?q#f"),
        ("\\\\evil.example\\x", "http://evil.example/x"),
        ("/\t/evil.example", "http://evil.example/"),
        ("HTTPS:evil.example", "https://evil.example/"),
        ("http:c", "http://localhost/a/c"),
        ("http://LOCALHOST:80/%7e ü", "http://localhost/%7e%20%C3%BC"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_references_resolve_as_in_a_browser(reference: str, address: str) -> None:
    assert resolve("http://localhost/a/b?q", reference) == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://localhost:1", "http://localhost:2", True),
        ("http://localhost", "http://127.0.0.1", False),
        ("http://localhost", "https://localhost", False),
        ("https://a.tinh.gov.vn", "https://b.tinh.gov.vn", True),
        ("https://tinh.gov.vn", "https://xa.gov.vn", False),
        ("http://10.0.0.1", "http://11.0.0.1", False),
    ],
)
def test_sites(one: str, other: str, same: bool) -> None:
    assert (site_of(one) == site_of(other)) is same


def test_the_httpx_transport_makes_one_hop_and_keeps_every_set_cookie() -> None:
    with standing() as world, HttpTransport() as send:
        url = world.real(at(A, "/go", to=at(B), set=["a=1", "b=2"]))
        reply = send("open", Request("GET", url, (("X-Name", "Lê"),)))
        again = send("open", Request("POST", url, body=b"x"))

    assert (reply.status, again.status, len(world.seen.hops)) == (302, 302, 2)
    assert reply.all("set-cookie") == ("a=1", "b=2")
    assert "cookie" not in world.seen.hops[1]


def test_no_reply_is_unreachable() -> None:
    with standing() as world:
        url = world.real(at(A))
    with HttpTransport(patience=2) as send, pytest.raises(Unreachable, match="GET http://localhost"):
        send("open", Request("GET", url))
