"""All cases in which browser.py and Chromium are compared; here redirects, headers and forms."""

from tests.browser.cookie_cases import CROSSING, STORING
from tests.browser.steps import A2, OLD, PORTAL, SET_A, A, B, Case, Click, Fetch, Open, Press, form, from_page, link
from tests.browser.world import ONE, at

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
