"""Origins, sites and addresses as a browser reads them (WHATWG URL, schemeful same-site)."""

import ipaddress
import re
from urllib.parse import quote, urljoin, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}

# Under these names anybody may register, so that two neighbours are two sites: the part of the public suffix list
# that a Vietnamese portal meets. A name under another suffix is taken to have a suffix of one label.
PUBLIC_SUFFIXES = frozenset(
    f"{label}.vn"
    for label in "ac ai biz com edu gov health id info int io name net org pro".split()  # noqa: SIM905 -- one line of labels reads better than a list of quotes
)

_STRIPPED = "".join(map(chr, range(0x21)))
_SAFE_IN_PATH = "!$%&'()*+,-./:;=@_~[]|"
_SAFE_IN_QUERY = "!$%&()*+,-./:;=?@_~[]|\\^`{}"


def resolve(base: str, reference: str) -> str:
    """The address that a browser opens for `reference` on a page at `base`; it reads a backslash as a slash."""
    text = re.sub(r"[\t\r\n]", "", reference.strip(_STRIPPED))
    if (scheme := re.match(r"(?i)([a-z][a-z0-9+.-]*):", text)) and scheme[1].lower() not in _DEFAULT_PORTS:
        return text
    end = min((at for at in (text.find("?"), text.find("#")) if at >= 0), default=len(text))
    head = text[:end].replace("\\", "/")
    if web := re.match(r"(?i)(https?):(/*)(.*)", head):
        relative = web[1].lower() == urlsplit(base).scheme and len(web[2]) < 2
        head = web[2] + web[3] if relative else f"{web[1].lower()}://{web[3]}"
    elif head.startswith("//"):
        head = "//" + head.lstrip("/")
    return _normal(urljoin(without_fragment(base), head + text[end:]))


def _normal(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    path = quote(parts.path or "/", safe=_SAFE_IN_PATH)
    query = "?" + quote(parts.query, safe=_SAFE_IN_QUERY) if parts.query else ""
    fragment = "#" + parts.fragment if parts.fragment else ""
    return f"{parts.scheme}://{host}{port}{path}{query}{fragment}"


def without_fragment(url: str) -> str:
    return url.partition("#")[0]


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def site_of(url: str) -> str:
    """Scheme and registrable domain; an address or a single label is its own domain. Ports do not count."""
    host = host_of(url)
    return f"{urlsplit(url).scheme}://{registrable_domain(host) or host}"


def registrable_domain(host: str) -> str | None:
    labels = host.split(".")
    if is_address(host) or len(labels) < 2:
        return None
    suffix_labels = 2 if ".".join(labels[-2:]) in PUBLIC_SUFFIXES else 1
    return ".".join(labels[-suffix_labels - 1 :]) if len(labels) > suffix_labels else None


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(url: str) -> bool:
    host = host_of(url)
    if is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def is_trustworthy(url: str) -> bool:
    return urlsplit(url).scheme == "https" or _is_loopback(url)
