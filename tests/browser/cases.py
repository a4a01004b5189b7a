"""The cases in which browser.py and Chromium are compared: what the citizen does, and the Cookie header of the last hop."""

from dataclasses import dataclass

from tests.browser.world import ONE, TWO, at

A, A2 = f"http://localhost:{ONE}", f"http://localhost:{TWO}"
B, B2 = f"http://127.0.0.1:{ONE}", f"http://127.0.0.1:{TWO}"
PORTAL, SIMS = f"http://portal.hopchuan.example:{ONE}", f"http://sims.hopchuan.example:{ONE}"
ELSEWHERE = f"http://elsewhere.example:{ONE}"
XA, TINH = f"http://xa.gov.vn:{ONE}", f"http://tinh.gov.vn:{ONE}"


@dataclass(frozen=True)
class Open:
    """Type the address."""

    url: str


@dataclass(frozen=True)
class Click:
    """Follow the link whose id is "l"."""


@dataclass(frozen=True)
class Press:
    """Fill the form whose id is "f" and press its button."""

    values: tuple[tuple[str, str | bool], ...] = ()
    button: str = "b"


@dataclass(frozen=True)
class Fetch:
    method: str
    path: str
    body: str = ""


@dataclass(frozen=True)
class Script:
    """Read document.cookie."""


Step = Open | Click | Press | Fetch | Script


@dataclass(frozen=True)
class Case:
    """`cookie` is what the last hop carries, "" for none."""

    name: str
    steps: tuple[Step, ...]
    cookie: str = ""


EVERY_KIND = [
    "strict=1; SameSite=Strict",
    "lax=1; SameSite=Lax",
    "open=1; SameSite=None; Secure",
    "plain=1",
]
SET_A = Open(at(A, set=EVERY_KIND))
OLD = "strict=1; lax=1; open=1; plain=1"


def link(href: str, more: str = "") -> str:
    return f'<a id=l {more} href="{href}">on</a>'


def form(action: str, fields: str = "", method: str = "post", more: str = "") -> str:
    return (
        f'<form id=f method={method} action="{action}" {more}>{fields}<button id=b name=go value=1>on</button></form>'
    )


def kept(name: str, *lines: str, origin: str = A, path: str = "/page", cookie: str = "") -> Case:
    """Set, then come back by hand to the same origin's /page."""
    return Case(name, (Open(at(origin, path, set=list(lines))), Open(at(origin, "/page"))), cookie)


def from_page(name: str, page: str, *, then: Step, cookie: str, first: Step = SET_A) -> Case:
    return Case(name, (first, Open(page), then), cookie)


STORING = (
    kept("Secure over http on localhost", "s=1; Secure", cookie="s=1"),
    kept("Secure over http on 127.0.0.1", "s=1; Secure", origin=B, cookie="s=1"),
    kept("Secure over http on another name is refused", "s=1; Secure", "t=1", origin=PORTAL, cookie="t=1"),
    kept("SameSite=None without Secure is refused", "n=1; SameSite=None", "t=1", cookie="t=1"),
    kept("SameSite=None with Secure", "n=1; SameSite=None; Secure", cookie="n=1"),
    kept("unknown SameSite is as none named", "n=1; SameSite=Sometimes", cookie="n=1"),
    kept("__Host- on localhost", "__Host-s=1; Secure; Path=/", cookie="__Host-s=1"),
    kept("__Host- without Path is refused", "__Host-s=1; Secure", path="/deep/page"),
    kept("__Host- with Domain is refused", "__Host-s=1; Secure; Path=/; Domain=localhost"),
    kept("__Secure- without Secure is refused", "__Secure-s=1"),
    kept("__Secure- on localhost", "__Secure-s=1; Secure", cookie="__Secure-s=1"),
    kept("HttpOnly is sent", "h=1; HttpOnly", cookie="h=1"),
    kept("Domain=localhost", "d=1; Domain=localhost", cookie="d=1"),
    kept("Domain=.localhost", "d=1; Domain=.localhost", cookie="d=1"),
    kept("Domain of an address", "d=1; Domain=127.0.0.1", origin=B, cookie="d=1"),
    kept("Domain of another host is refused", "d=1; Domain=elsewhere.example", "t=1", origin=PORTAL, cookie="t=1"),
    kept("Domain of a public suffix is refused", "d=1; Domain=gov.vn", "t=1", origin=XA, cookie="t=1"),
    kept("Domain of one's own name", "d=1; Domain=xa.gov.vn", origin=XA, cookie="d=1"),
    kept("Max-Age=0 at once", "m=1; Max-Age=0", "t=1", cookie="t=1"),
    kept("Max-Age wins over Expires", "m=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", cookie="m=1"),
    kept("Expires in the past", "m=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "t=1", cookie="t=1"),
    kept("Expires with dashes", "m=1; Expires=Thu, 01-Jan-2037 00:00:00 GMT", cookie="m=1"),
    kept("Expires unreadable", "m=1; Expires=tomorrow", cookie="m=1"),
    kept("Max-Age unreadable", "m=1; Max-Age=1.5", cookie="m=1"),
    kept("no name", "alone", cookie="alone"),
    kept("quotes stay", 'q="a b"', cookie='q="a b"'),
    kept("spaces go", "  q =  a  ; Path = / ", path="/deep/page", cookie="q=a"),
    kept("last of two Paths wins", "q=1; Path=/x; Path=/", path="/deep/page", cookie="q=1"),
    kept("an empty SameSite", "q=1; SameSite=", cookie="q=1"),
    kept("a value longer than 4096", f"q={'x' * 4096}", "t=1", cookie="t=1"),
    Case(
        "Max-Age=0 deletes what was",
        (Open(at(A, set=["m=1", "t=1"])), Open(at(A, set="m=; Max-Age=0")), Open(at(A))),
        "t=1",
    ),
    Case(
        "another Path is another cookie",
        (Open(at(A, set=["m=1; Path=/", "m=2; Path=/deep"])), Open(at(A, "/deep/page"))),
        "m=2; m=1",
    ),
    Case(
        "a changed value makes the cookie younger",
        (Open(at(A, set=["a=1", "b=1"])), Open(at(A, set="a=2")), Open(at(A))),
        "b=1; a=2",
    ),
    Case(
        "the same value does not",
        (Open(at(A, set=["a=1", "b=1"])), Open(at(A, set="a=1")), Open(at(A))),
        "a=1; b=1",
    ),
    Case("default Path is the folder", (Open(at(A, "/deep/page", set="p=1")), Open(at(A, "/deep/other"))), "p=1"),
    Case("default Path keeps out others", (Open(at(A, "/deep/page", set="p=1")), Open(at(A, "/deeper")))),
    Case("Path ends at a slash", (Open(at(A, set="p=1; Path=/pti")), Open(at(A, "/ptix")))),
    Case("Path and what is below", (Open(at(A, set="p=1; Path=/pti")), Open(at(A, "/pti/x"))), "p=1"),
    Case("HttpOnly is hidden from scripts", (Open(at(A, set=["h=1; HttpOnly", "v=1"])), Script()), ""),
    Case("cookies ignore ports", (SET_A, Open(at(A2))), OLD),
    Case("localhost and 127.0.0.1 share nothing", (SET_A, Open(at(B)))),
    Case(
        "Domain reaches the neighbour",
        (Open(at(PORTAL, set=["d=1; Domain=hopchuan.example", "own=1"])), Open(at(SIMS))),
        "d=1",
    ),
    Case("host-only does not", (Open(at(PORTAL, set="own=1")), Open(at(SIMS)))),
)

CROSSING = (
    from_page("typed by hand", at(B), then=Open(at(A)), cookie=OLD),
    from_page("link from another site", at(B, body=link(at(A))), then=Click(), cookie="lax=1; open=1; plain=1"),
    from_page("link from another port", at(A2, body=link(at(A))), then=Click(), cookie=OLD),
    from_page(
        "GET form from another site",
        at(B, body=form(at(A), method="get")),
        then=Press(),
        cookie="lax=1; open=1; plain=1",
    ),
    from_page("POST form from another site", at(B, body=form(at(A))), then=Press(), cookie="open=1; plain=1"),
    from_page("POST form from another port", at(A2, body=form(at(A))), then=Press(), cookie=OLD),
    from_page("POST form of one's own", at(A, body=form(at(A))), then=Press(), cookie=OLD),
    from_page(
        "a young unspecified cookie goes with a cross-site POST",
        at(B, body=form(at(A))),
        then=Press(),
        first=Open(at(A, set="plain=1; Max-Age=3600")),
        cookie="plain=1",
    ),
    from_page(
        "a Lax cookie never",
        at(B, body=form(at(A))),
        then=Press(),
        first=Open(at(A, set="lax=1; SameSite=Lax; Max-Age=3600")),
        cookie="",
    ),
    Case(
        "Strict set by the hop that came from another site comes back on the next own hop",
        (Open(at(B, body=link(at(A, set=EVERY_KIND, body=link(at(A)))))), Click(), Click()),
        OLD,
    ),
    Case(
        "Strict set by a POST from another site comes back on the next own hop",
        (Open(at(B, body=form(at(A, set=EVERY_KIND, body=link(at(A)))))), Press(), Click()),
        OLD,
    ),
    from_page(
        "neighbours under one registrable name are one site",
        at(SIMS, body=form(at(PORTAL))),
        then=Press(),
        first=Open(at(PORTAL, set=["strict=1; SameSite=Strict", "plain=1"])),
        cookie="strict=1; plain=1",
    ),
    from_page(
        "neighbours under gov.vn are two",
        at(TINH, body=link(at(XA))),
        then=Click(),
        first=Open(at(XA, set=["strict=1; SameSite=Strict", "lax=1; SameSite=Lax"])),
        cookie="lax=1",
    ),
)

CHAINS = (
    Case("typed, over another site, back", (SET_A, Open(at(A, "/go", to=at(B, "/go", to=at(A))))), OLD),
    Case("typed at another site, sent here", (SET_A, Open(at(B, "/go", to=at(A)))), OLD),
    from_page("own link, over another site, back", at(A, body=link(at(B, "/go", to=at(A)))), then=Click(), cookie=OLD),
    from_page(
        "own link, own redirect, other site, back",
        at(A, body=link(at(A, "/go", to=at(B, "/go", to=at(A))))),
        then=Click(),
        cookie=OLD,
    ),
    from_page(
        "own POST, over another site by 307, back",
        at(A, body=form(at(B, "/go", to=at(A), status="307"))),
        then=Press(),
        cookie=OLD,
    ),
    from_page(
        "other site's link to itself, sent here",
        at(B, body=link(at(B, "/go", to=at(A)))),
        then=Click(),
        cookie="lax=1; open=1; plain=1",
    ),
    from_page(
        "the login's last step: form on the other site to itself, 302 here",
        at(B, body=form(at(B, "/go", to=at(A)))),
        then=Press(),
        cookie="lax=1; open=1; plain=1",
    ),
    from_page(
        "other site's POST here, own 303",
        at(B, body=form(at(A, "/go", to=at(A), status="303"))),
        then=Press(),
        cookie="lax=1; open=1; plain=1",
    ),
    from_page(
        "other site's link here, own 302",
        at(B, body=link(at(A, "/go", to=at(A)))),
        then=Click(),
        cookie="lax=1; open=1; plain=1",
    ),
    from_page(
        "other site's POST to itself, 307 here",
        at(B, body=form(at(B, "/go", to=at(A), status="307"))),
        then=Press(),
        cookie="open=1; plain=1",
    ),
    from_page(
        "other site's POST to itself, 308 here",
        at(B, body=form(at(B, "/go", to=at(A), status="308"))),
        then=Press(),
        cookie="open=1; plain=1",
    ),
    *(
        from_page(
            f"own POST, own {status}", at(A, body=form(at(A, "/go", to=at(A), status=status))), then=Press(), cookie=OLD
        )
        for status in ("301", "302", "303", "307", "308")
    ),
    from_page(
        "own POST, own 307 to another port",
        at(A, body=form(at(A, "/go", to=at(A2), status="307"))),
        then=Press(),
        cookie=OLD,
    ),
    from_page(
        "own POST, 307 to another site, 307 back",
        at(A, body=form(at(A, "/go", to=at(B, "/go", to=at(A), status="307"), status="307"))),
        then=Press(),
        cookie=OLD,
    ),
    Case("cookies set on a redirect", (Open(at(A, "/go", set="r=1; Path=/", to=at(A))),), "r=1"),
    Case("300 is no redirect", (Open(at(A, "/go", to=at(B), status="300")),)),
    Case("relative Location", (SET_A, Open(at(A, "/deep/go", to="../other?x=1"))), OLD),
    Case("Location with backslashes leaves", (SET_A, Open(at(A, "/go", to=f"/\\127.0.0.1:{ONE}/left")))),
    Case("Location with two slashes leaves", (SET_A, Open(at(A, "/go", to=f"//127.0.0.1:{ONE}/left")))),
    Case("Location with three slashes leaves", (SET_A, Open(at(A, "/go", to=f"///127.0.0.1:{ONE}/left")))),
    Case("Location with one slash after the scheme stays", (SET_A, Open(at(A, "/go", to="http:/here"))), OLD),
    Case("Location in Vietnamese", (SET_A, Open(at(A, "/go", to="/hồ sơ?tên=Hợp Chuẩn"))), OLD),
    Case("Location keeps the fragment of before", (Open(at(A, "/go", to=at(A)) + "#muc-2"),)),
)

POLICIES = ("no-referrer", "same-origin", "origin", "strict-origin", "unsafe-url", "no-referrer-when-downgrade")

HEADERS = (
    *(
        Case(f"link under policy {policy}", (Open(at(A, "/deep/page", policy=policy, body=link(at(B)))), Click()))
        for policy in POLICIES
    ),
    *(
        Case(f"POST to another port under policy {policy}", (Open(at(A, policy=policy, body=form(at(A2)))), Press()))
        for policy in POLICIES
    ),
    *(
        Case(f"own POST under policy {policy}", (Open(at(A, policy=policy, body=form(at(A)))), Press()))
        for policy in POLICIES
    ),
    Case(
        "policy in a meta element",
        (Open(at(A, body="<meta name=referrer content=no-referrer>" + link(at(A)))), Click()),
    ),
    Case("policy named by the redirect", (Open(at(A, body=link(at(A, "/go", to=at(A), policy="origin")))), Click())),
    Case("the last policy that is known", (Open(at(A, policy="origin, nonsense", body=link(at(A)))), Click())),
    Case("link with noreferrer", (Open(at(A, body=link(at(A), "rel=noreferrer"))), Click())),
    Case("Referer has no fragment", (Open(at(A, body=link(at(A))) + "#x"), Click())),
    Case("from a trustworthy page to one that is not", (Open(at(A, body=link(at(PORTAL)))), Click())),
    Case("POST from a trustworthy page to one that is not", (Open(at(A, body=form(at(PORTAL)))), Press())),
    Case("cross-site POST", (Open(at(B, body=form(at(A)))), Press())),
    from_page("fetch GET", at(A), then=Fetch("GET", "/data"), cookie=OLD),
    from_page("fetch POST", at(A), then=Fetch("POST", "/data", '{"a": 1}'), cookie=OLD),
    from_page("fetch PUT", at(A), then=Fetch("PUT", "/data", "x"), cookie=OLD),
    from_page("fetch DELETE", at(A), then=Fetch("DELETE", "/data"), cookie=OLD),
    Case(
        "a page reached from another site fetches with Strict",
        (SET_A, Open(at(B, body=link(at(A)))), Click(), Fetch("POST", "/data")),
        OLD,
    ),
    from_page("fetch POST, own 307", at(A), then=Fetch("POST", "/go?to=/data&status=307", "x"), cookie=OLD),
    from_page("fetch POST, own 303", at(A), then=Fetch("POST", "/go?to=/data&status=303", "x"), cookie=OLD),
    Case("fetch under no-referrer", (Open(at(A, policy="no-referrer")), Fetch("POST", "/data"))),
)

FIELDS = """
<input name=text value="một & hai~*"><input type=hidden name=hid value="a+b c"><input name=none disabled value=x>
<input type=checkbox name=box checked><input type=checkbox name=box2 value=v><input type=checkbox name=many value=1>
<input type=checkbox name=many value=2 checked><input type=radio name=r value=1 checked><input type=radio name=r value=2>
<select name=s><option value=1>a<option value=2 selected>b</select><select name=first><option>x y<option>z</select>
<select name=multi multiple><option selected>1<option>2<option selected>3</select><select name=empty></select>
<textarea name=area>
dòng một
dòng hai</textarea><input type=submit name=unpressed value=1><input value=nameless><input type=button name=no value=1>
"""

FORMS = (
    Case("form as it stands", (Open(at(A, body=form(at(A), FIELDS))), Press())),
    Case(
        "GET form replaces the query", (Open(at(A, body=form(at(A, "/other", was="1") + "#f", FIELDS, "get"))), Press())
    ),
    Case(
        "form filled",
        (
            Open(at(A, body=form(at(A), FIELDS))),
            Press(
                (("text", "Lê Tiến Thành"), ("box", False), ("box2", True), ("r", "2"), ("s", "1"), ("area", "1\n2\n"))
            ),
        ),
    ),
    Case(
        "button elsewhere with its own action",
        (Open(at(A, body=form(at(A), FIELDS) + f'<button form=f id=x formaction="{at(A2)}">')), Press(button="x")),
    ),
    Case(
        "field outside that names the form",
        (Open(at(A, body="<input form=f name=out value=1>" + form(at(A), "<input name=in>"))), Press()),
    ),
    Case("base element", (Open(at(A, body=f'<base href="{A2}/deep/">' + form("page", "<input name=in>"))), Press())),
    Case(
        "form without action",
        (Open(at(A, "/deep/page", body="<form id=f method=post><button id=b>x</button></form>")), Press()),
    ),
)

CASES = (*STORING, *CROSSING, *CHAINS, *HEADERS, *FORMS)
