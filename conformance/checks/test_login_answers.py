"""Section A: what a browser may bring back from the login, and what it may not; many who log in at once."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

from conformance.applications import Stolen, given_to_another, stolen_from_portal
from conformance.attempts import good_login
from conformance.failures import came
from conformance.lab import Lab, Visitor
from conformance.requirement import MUST, good_twin, requirement
from conformance.sites import origin_of
from conformance.sources import ASVS, CWE, OIDC, RFC9700

JSON = (("Content-Type", "application/json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


@requirement(
    "A14",
    MUST,
    "Trình duyệt đem userinfo, access token hay ID token của người khác tới địa chỉ quay về thì không được vào phiên của người ấy.",
    "A browser that brings somebody's userinfo, access token or ID token to the callback gets no session of theirs.",
    basis=(
        OIDC.at("3.1.2.5; 3.1.3", "the code flow's answer is a code, and the server fetches the tokens"),
        RFC9700.at("2.1.2; 4.3.2", "access tokens in the front channel leak and are replayed"),
        CWE.at("CWE-290; CWE-598", "real portals took userinfo or a token from the address as proof"),
    ),
)
def test_what_a_browser_brings_is_no_proof(lab: Lab, visitor: Visitor) -> None:
    victim = lab.visitor()
    own = lab.callback_of(visitor)
    stolen = stolen_from_portal(lab, victim, own.partition("?")[0])

    visitor.browser.keep_own_cookies()
    told = {"sub": victim.citizen.techid, "TechID": victim.citizen.techid, "LoaiTaiKhoan": "1"}
    told |= {"HoVaTen": victim.citizen.name, "SoDinhDanh": victim.citizen.id}
    visitor.browser.fetch("POST", own, JSON, json.dumps(told).encode(), operation="callback")
    _bring(visitor, own, stolen)

    _is_not(visitor, victim)
    good_login(lab, visitor, fault_used=False)


@requirement(
    "A15",
    MUST,
    "Access token cấp cho ứng dụng khác không tạo phiên ở cổng.",
    "An access token that another application was given makes no session.",
    basis=(
        RFC9700.at("2.3; 4.10.2", "access tokens are meant for one audience"),
        ASVS.at("10.3.1", "only tokens that are meant for this service"),
        CWE.at("CWE-287", "any application's owner could enter as its users"),
    ),
)
def test_another_applications_token_is_no_proof(lab: Lab, visitor: Visitor) -> None:
    victim = lab.visitor()
    stolen = given_to_another(lab, victim)
    own = lab.callback_of(visitor)

    _bring(visitor, own, stolen)

    _is_not(visitor, victim)
    good_login(lab, visitor, fault_used=False)


@requirement(
    "A35",
    MUST,
    "Hai người đăng nhập cùng lúc: mỗi người vào đúng phiên và đúng trang của mình.",
    "Two people who log in at once each get their own session and their own page.",
    basis=(
        CWE.at("CWE-488", "data of one session shown in another"),
        ASVS.at("15.4.1", "what is shared between requests is kept apart"),
    ),
)
def test_two_logins_at_once_are_kept_apart(lab: Lab, visitor: Visitor) -> None:
    both = (visitor, lab.visitor())
    targets = [f"/?nguoi={who.citizen.id}" for who in both]

    callbacks = [lab.callback_of(who, target=target) for who, target in zip(both, targets, strict=True)]
    pages = [who.browser.get(back, operation="callback") for who, back in zip(both, callbacks, strict=True)]

    numbers = [who.login.session().personal_id for who in both]
    crossed = [page.url for page, other in zip(pages, reversed(both), strict=True) if other.citizen.id in page.url]
    assert numbers == [who.citizen.id for who in both], came(f"phiên là của {numbers}", f"the sessions are {numbers}'s")
    assert not crossed, came(f"được đưa tới trang của người kia: {crossed}", f"led to the other's page: {crossed}")
    with good_twin():
        assert all(origin_of(page.url) == visitor.browser.home for page in pages)


def _bring(visitor: Visitor, callback: str, stolen: Stolen) -> None:
    """The tokens under the names that real portals read, with this browser's own state; as a form, then in the address."""
    address, _, query = callback.partition("?")
    state = [pair for pair in query.split("&") if pair.startswith("state=")]
    names: dict[str, Callable[[Stolen], str]] = {
        "accessToken": lambda one: one.access_token,
        "access_token": lambda one: one.access_token,
        "token": lambda one: one.access_token,
        "id_token": lambda one: one.id_token,
    }
    visitor.browser.keep_own_cookies()  # a portal that rightly begins anew is not let in by single sign-on
    told = urlencode({name: of(stolen) for name, of in names.items()})
    brought = "&".join([told, *state])
    visitor.browser.fetch("POST", address, FORM, brought.encode(), operation="callback")
    visitor.browser.get(f"{address}?{brought}", operation="callback")


def _is_not(visitor: Visitor, victim: Visitor) -> None:
    who = visitor.login.session()
    assert not who.signed_in, came(
        f"trình duyệt được đăng nhập là {who.name} ({who.personal_id})",
        f"the browser is signed in as {who.name} ({who.personal_id}); the victim is {victim.citizen.id}",
    )
