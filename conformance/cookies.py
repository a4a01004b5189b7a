"""A browser's cookie jar, pure: what a Set-Cookie line stores and what a hop sends, each refusal with its reason."""

import calendar
import re
from dataclasses import dataclass, replace
from email.utils import parsedate_tz
from enum import Enum
from urllib.parse import urlsplit

from conformance.sites import host_of, is_address, is_trustworthy, registrable_domain

LAX_POST_SECONDS = 120
LIFE_LIMIT_SECONDS = 400 * 86400
PAIR_LIMIT = 4096
ATTRIBUTE_LIMIT = 1024

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Crossing(Enum):
    """How a hop stands to the page that began it, for SameSite."""

    SAME_SITE = "same-site"
    CROSS_SITE_SAFE = "cross-site navigation with a safe method"
    CROSS_SITE_UNSAFE = "cross-site navigation with an unsafe method"


@dataclass(frozen=True)
class Cookie:
    """`same_site` is "" where the server named none; `expires` None ends with the browser."""

    name: str
    value: str
    domain: str
    path: str
    host_only: bool
    secure: bool
    http_only: bool
    same_site: str
    expires: float | None
    created: float

    @property
    def key(self) -> tuple[str, str, bool, str]:
        return self.name, self.domain, self.host_only, self.path

    @property
    def pair(self) -> str:
        return f"{self.name}={self.value}" if self.name else self.value


@dataclass(frozen=True)
class Turned:
    """A cookie that was not stored or not sent, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Jar:
    """Frozen: storing gives another jar, so a copy of a browser is a copy of a reference."""

    cookies: tuple[Cookie, ...] = ()

    def store(self, line: str, url: str, now: float) -> "tuple[Jar, Turned | None]":
        parsed = parse(line, url, now)
        if isinstance(parsed, Turned):
            return self, parsed
        old = next((cookie for cookie in self.cookies if cookie.key == parsed.key), None)
        others = tuple(cookie for cookie in self.cookies if cookie is not old)
        if parsed.expires is not None and parsed.expires <= now:
            return Jar(others), None
        if old and old.value == parsed.value:  # Chromium: the same value does not make a cookie younger
            young = replace(parsed, created=old.created)
            return Jar(tuple(young if cookie is old else cookie for cookie in self.cookies)), None
        return Jar((*others, parsed)), None

    def for_hop(self, url: str, crossing: Crossing, now: float) -> tuple[tuple[Cookie, ...], tuple[Turned, ...]]:
        """What is sent, longest path first and then oldest, and what belongs to this host and path but is withheld."""
        live = [c for c in self.cookies if (c.expires is None or c.expires > now) and _belongs(c, url)]
        withheld = {cookie.key: _why_withheld(cookie, url, crossing, now) for cookie in live}
        sent = sorted((c for c in live if not withheld[c.key]), key=lambda c: (-len(c.path), c.created))
        return tuple(sent), tuple(Turned(c.name, why) for c in live if (why := withheld[c.key]))

    def for_script(self, url: str, now: float) -> str:
        """What `document.cookie` reads on a page at `url`."""
        sent, _ = self.for_hop(url, Crossing.SAME_SITE, now)
        return "; ".join(cookie.pair for cookie in sent if not cookie.http_only)


def parse(line: str, url: str, now: float) -> Cookie | Turned:
    pair, *rest = line.split(";")
    name, equals, value = (part.strip(" \t") for part in pair.partition("="))
    if not equals:
        name, value = "", name
    attributes = dict(_attributes(rest))
    same_site = attributes.get("samesite", "").lower()
    domain = attributes.get("domain", "").lower().removeprefix(".")
    path = attributes.get("path", "")
    cookie = Cookie(
        name=name,
        value=value,
        domain=domain or host_of(url),
        path=path if path.startswith("/") else _default_path(url),
        host_only=not domain or (domain == host_of(url) and registrable_domain(domain) is None),
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        same_site=same_site if same_site in {"strict", "lax", "none"} else "",
        expires=_expiry(attributes, now),
        created=now,
    )
    why = "a control character" if _CONTROL.search(line) else _why_refused(cookie, url, host_only=not domain)
    return Turned(name, why) if why else cookie


def _attributes(parts: list[str]) -> list[tuple[str, str]]:
    pairs = [part.partition("=") for part in parts]
    return [(n.strip(" \t").lower(), v.strip(" \t")) for n, _, v in pairs if len(v) <= ATTRIBUTE_LIMIT]


def _why_refused(cookie: Cookie, url: str, *, host_only: bool) -> str:
    host = host_of(url)
    prefix = cookie.name.lower()
    reasons = (
        ("neither name nor value", not cookie.name and not cookie.value),
        ("longer than 4096 bytes", len(cookie.name) + len(cookie.value) > PAIR_LIMIT),
        ("Domain of another host", not _domain_matches(host, cookie.domain)),
        ("Domain is a public suffix", host != cookie.domain and registrable_domain(cookie.domain) is None),
        ("Secure from an address that is not trustworthy", cookie.secure and not is_trustworthy(url)),
        ("SameSite=None without Secure", cookie.same_site == "none" and not cookie.secure),
        ("__Secure- without Secure", prefix.startswith("__secure-") and not cookie.secure),
        (
            "__Host- wants Secure, Path=/ and no Domain",
            prefix.startswith("__host-") and not (cookie.secure and cookie.path == "/" and host_only),
        ),
    )
    return next((why for why, holds in reasons if holds), "")


def _why_withheld(cookie: Cookie, url: str, crossing: Crossing, now: float) -> str:
    if cookie.secure and not is_trustworthy(url):
        return "Secure, and the address is not trustworthy"
    if crossing is Crossing.SAME_SITE or cookie.same_site == "none":
        return ""
    if cookie.same_site == "strict":
        return "SameSite=Strict, and another site's page began this hop"
    if crossing is Crossing.CROSS_SITE_SAFE:
        return ""
    if cookie.same_site == "lax":
        return "SameSite=Lax, and another site's page began this POST"
    young = now - cookie.created <= LAX_POST_SECONDS
    return "" if young else "SameSite unspecified and older than two minutes, and another site's page began this POST"


def of_host(cookie: Cookie, host: str) -> bool:
    """Whether this host gets it, at some path: its own, or one for all hosts of a domain above it."""
    return host == cookie.domain if cookie.host_only else _domain_matches(host, cookie.domain)


def _belongs(cookie: Cookie, url: str) -> bool:
    if not of_host(cookie, host_of(url)):
        return False
    path = urlsplit(url).path or "/"
    return path == cookie.path or path.startswith(cookie.path.removesuffix("/") + "/")


def _domain_matches(host: str, domain: str) -> bool:
    return host == domain or (host.endswith(f".{domain}") and not is_address(host))


def _default_path(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[0] or "/"


def _expiry(attributes: dict[str, str], now: float) -> float | None:
    if re.fullmatch(r"-?\d+", age := attributes.get("max-age", "")):
        return now + min(int(age), LIFE_LIMIT_SECONDS) if int(age) > 0 else 0.0
    if date := parsedate_tz(attributes.get("expires", "")):
        return min(float(calendar.timegm((*date[:6], 0, 1, 0))), now + LIFE_LIMIT_SECONDS)
    return None
