"""Whom the script of the Treasury's pages may ask, and that its pages do without it."""

from __future__ import annotations

from tests.reference_portal.authority import Authority
from tests.reference_portal.stories import play
from tests.reference_portal.world import Portal


def test_only_these_pages_run_a_script_and_it_asks_this_computer_alone(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        policies = [(await browser.get(path)).headers["content-security-policy"] for path in ("/kbnn/tra-cuu", "/")]
        assert ["script-src 'self'" in policy for policy in policies] == [True, False]
        (asked,) = (part for part in policies[0].split(";") if "connect-src" in part)
        assert {place.split(":")[1] for place in asked.split()[1:]} == {"//127.0.0.1", "//localhost"}
        script = await browser.get("/kbnn/token.js")
        assert (script.status_code, script.headers["content-type"].split(";")[0]) == (200, "text/javascript")

    play(authority, story)


def test_a_link_can_be_confirmed_by_pasting(authority: Authority) -> None:
    """What the script fills in is a field that everybody can fill in."""

    async def story(world: Portal) -> None:
        page = await (await world.citizen()).get("/kbnn/xac-nhan/kbnn-x/token")
        assert '<textarea name="certificate" required' in page.text
        assert "data-usb hidden" in page.text

    play(authority, story)
