"""Real host names in front of the mounted providers: a request is led inward, and its answer reads as if from that host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from simulators import catalog
from simulators.mounting import FAMILIES

LAB = "http://hopchuan.test"
"""Control side, phones, inbox, SMS gateway, OCSP, CRL and TSA: their real hosts are UNKNOWN or many, so the name is ours."""
DROPPED = frozenset({"content-length", "transfer-encoding"})


@dataclass(frozen=True)
class Host:
    """`name` is answered over https as the provider mounted at `mount`."""

    name: str
    mount: str

    @property
    def url(self) -> str:
        return f"https://{self.name}"


def hosts(profile: str) -> tuple[Host, ...]:
    """Of every provider; both login profiles had the same host in their day, so `profile` says which answers."""
    return tuple(
        Host(name, f"/{family}/{identity}")
        for family, identity, spec in _specs()
        if family != "portal" or identity == profile
        for name in _names(family, identity, spec)
    )


def addresses(answered: tuple[Host, ...]) -> tuple[tuple[str, str], ...]:
    """What portals are told: each provider's first host."""
    told: dict[str, str] = {}
    for host in answered:
        told.setdefault(host.mount, host.url)
    return tuple(told.items())


def inward(request: httpx.Request, mount: str) -> httpx.Request:
    """The same request to the provider's own paths in the one application."""
    url = request.url.copy_with(raw_path=mount.encode() + request.url.raw_path)
    return httpx.Request(request.method, url, headers=request.headers, content=request.content)


def outward(status: int, headers: Mapping[str, Any], body: bytes, mount: str) -> httpx.Response:
    """The answer without the mount: in redirects, cookies' paths and pages."""
    kept = [(name, _moved(name, value, mount)) for name, value in httpx.Headers(headers).multi_items()]
    kind = dict(kept).get("content-type", "")
    if mount and kind.startswith("text/html"):
        body = re.sub(rb"=([\"'])" + re.escape(mount.encode()) + rb"(?=/)", rb"=\1", body)
    return httpx.Response(status, headers=[pair for pair in kept if pair[0] not in DROPPED], content=body)


def _moved(name: str, value: str, mount: str) -> str:
    if mount and name == "location" and value.startswith(f"{mount}/"):
        return value.removeprefix(mount)
    if mount and name == "set-cookie":
        return re.sub(rf"(?i)(;\s*path=){re.escape(mount)}(?=/|;|$)", lambda found: f"{found[1]}/", value)
    return value


def _specs() -> Iterator[tuple[str, str, Any]]:
    for family in FAMILIES:
        if family not in {
            "messages",
            "tokens",
        }:  # the portal's own contract, a citizen's own computer: no host of the field
            for identity, spec in catalog.load(f"simulators.{family}.providers", object).items():
                if hasattr(spec, "hosts") or family == "trust":  # an enrolment stands at its CA's own host
                    yield family, identity, spec


def _names(family: str, identity: str, spec: Any) -> tuple[str, ...]:
    """Trust services keep the lab's name; whose host is UNKNOWN gets one that no name service ever answers."""
    if family == "trust":
        return ()
    return spec.hosts or (f"{identity.replace('_', '-')}.hopchuan.test",)
