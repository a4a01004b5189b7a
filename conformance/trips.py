"""One navigation or fetch as a chain of hops, pure: its headers, and what a redirect turns it into."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from conformance.cookies import Crossing
from conformance.sites import host_of, is_trustworthy, origin_of, resolve, site_of, without_fragment
from conformance.transport import Headers, Reply

DEFAULT_POLICY = "strict-origin-when-cross-origin"
_POLICIES = frozenset(
    {
        DEFAULT_POLICY,
        "no-referrer",
        "no-referrer-when-downgrade",
        "same-origin",
        "origin",
        "strict-origin",
        "origin-when-cross-origin",
        "unsafe-url",
    }
)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_NEARNESS = ("none", "same-origin", "same-site", "cross-site")
_ACCEPT_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclass(frozen=True)
class Trip:
    """Where it goes now, and what it remembers: `page` began it ("" = typed by hand); `origin` and `referer` are headers."""

    method: str
    url: str
    page: str
    policy: str
    headers: Headers = ()
    body: bytes = b""
    origin: str = ""
    referer: str = ""
    nearness: str = "none"
    by_script: bool = False

    @property
    def crossing(self) -> Crossing:
        """Of a chain, only who began it and where it goes now count: Chromium does not look at the hops between."""
        if not self.page or site_of(self.page) == site_of(self.url):
            return Crossing.SAME_SITE
        return Crossing.CROSS_SITE_SAFE if self.method in _SAFE_METHODS else Crossing.CROSS_SITE_UNSAFE


def begin(trip: Trip) -> Trip:
    """The first hop: Origin goes with everything but GET and HEAD."""
    origin = ""
    if trip.page and trip.method not in {"GET", "HEAD"}:
        hidden = trip.policy == "no-referrer" or (
            trip.policy == "same-origin" and origin_of(trip.page) != origin_of(trip.url)
        )
        origin = "null" if hidden and not trip.by_script else origin_of(trip.page)
    return replace(trip, origin=origin, referer=_referer(trip, trip.page), nearness=_nearness(trip))


def redirected(trip: Trip, reply: Reply) -> Trip | None:
    """The next hop, or None where the reply is where the trip ends."""
    location = reply.header("Location")
    if reply.status not in _REDIRECTS or location is None:
        return None
    target = resolve(trip.url, location.encode("latin-1").decode("utf-8", "replace"))
    if "#" not in target and "#" in trip.url:
        target += "#" + trip.url.partition("#")[2]
    becomes_get = (reply.status == 303 and trip.method != "HEAD") or (
        reply.status in {301, 302} and trip.method == "POST"
    )
    onward = replace(trip, url=target, policy=policy_of(reply) or trip.policy)
    if becomes_get:
        kept = tuple((n, v) for n, v in trip.headers if not n.lower().startswith("content-"))
        onward = replace(onward, method="GET", headers=kept, body=b"", origin="")
    elif trip.origin and origin_of(target) != origin_of(trip.url):
        onward = replace(onward, origin="null")
    return replace(onward, referer=_referer(onward, trip.referer), nearness=_nearness(onward))


def headers_of(trip: Trip, cookies: str, agent: str) -> Headers:
    site = (("Sec-Fetch-Site", trip.nearness),) if is_trustworthy(trip.url) else ()
    if trip.by_script:
        kind: Headers = (("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")) if site else ()
        usual: Headers = (("Accept", "*/*"),)
    else:
        kind = (
            (("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-User", "?1"), ("Sec-Fetch-Dest", "document")) if site else ()
        )
        usual = (("Upgrade-Insecure-Requests", "1"), ("Accept", _ACCEPT_PAGE))
    given = {name.lower() for name, _ in trip.headers}
    own = (
        ("User-Agent", agent),
        *usual,
        *(("Origin", value) for value in (trip.origin,) if value),
        *(("Referer", value) for value in (trip.referer,) if value),
        ("Accept-Language", "vi-VN,vi;q=0.9"),
        *site,
        *kind,
        *(("Cookie", value) for value in (cookies,) if value),
    )
    return (*(pair for pair in own if pair[0].lower() not in given), *trip.headers)


def _referer(trip: Trip, shown_before: str) -> str:
    """What the policy lets this server see of the page's address; a redirect never shows more than the hop before."""
    if not shown_before:
        return ""
    whole, origin = without_fragment(shown_before), origin_of(shown_before) + "/"
    same = origin_of(shown_before) == origin_of(trip.url)
    downgrade = shown_before.startswith("https:") and not trip.url.startswith("https:")
    shown = {
        "no-referrer": "",
        "unsafe-url": whole,
        "origin": origin,
        "no-referrer-when-downgrade": "" if downgrade else whole,
        "same-origin": whole if same else "",
        "strict-origin": "" if downgrade else origin,
        "origin-when-cross-origin": whole if same else origin,
        DEFAULT_POLICY: whole if same else "" if downgrade else origin,
    }
    return shown[trip.policy if trip.policy in _POLICIES else DEFAULT_POLICY]


def policy_of(reply: Reply) -> str:
    """The last policy that it names and a browser knows; "" for none."""
    named = [word.strip().lower() for line in reply.all("Referrer-Policy") for word in line.split(",")]
    return next((word for word in reversed(named) if word in _POLICIES), "")


def operation_of(url: str, home: str, operation: str) -> str:
    """The caller's name on the portal; on other origins the simulator's last step."""
    if origin_of(url) == home:
        return operation
    return f"sim:{urlsplit(url).path.rstrip('/').rpartition('/')[2] or host_of(url)}"


def _nearness(trip: Trip) -> str:
    """Sec-Fetch-Site, which a chain can only worsen."""
    if not trip.page:
        return "none"
    here = "cross-site"
    if origin_of(trip.page) == origin_of(trip.url):
        here = "same-origin"
    elif site_of(trip.page) == site_of(trip.url):
        here = "same-site"
    return max(trip.nearness, here, key=_NEARNESS.index)
