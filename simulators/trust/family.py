"""The status services, mounted at /pki: a door of their own, because they speak for every CA of the world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators import catalog
from simulators.kernel.contracts import Contract, ContractRequest, Settings, settings_id
from simulators.kernel.wire import Handle, Reads, Route, from_base64
from simulators.trust.desk import Desk, as_pem
from simulators.trust.spec import TrustSpec
from simulators.world import Family, World

CERTIFICATE = "application/pkix-cert"
NO_CA = {404: "there is no such CA in this world"}


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]] = {}) -> Family:  # never changed
    specs = catalog.load("simulators.trust.providers", TrustSpec, overrides)
    (spec,) = specs.values()
    desk = Desk(world, spec)

    async def on_contract(contract: Contract, _request: ContractRequest) -> list[Settings]:
        values = {
            "root_pem": as_pem(await desk.root()),
            "tsa_url": f"{world.pki.base_url}/pki/tsa",
            "authorities_pem": [as_pem(one) for one in await desk.authorities()],
        }
        identity = settings_id("pki", contract.id)
        return [Settings(id=identity, about=contract.id, contract=contract.id, section="pki", values=values)]

    return Family(
        name="trust",
        routes=Doors(desk).routes(),
        specs=specs,
        on_contract=on_contract,
    )


class Doors:
    """What is served at /pki, to anybody."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> tuple[Route, ...]:
        def row(
            method: str, path: str, text: str, handle: Handle, errors: Mapping[int, str] = {}
        ) -> Route:  # never changed
            reads: Reads = "raw" if method == "POST" else "nothing"
            return Route(method, f"/pki{path}", text, handle, _too_long, reads, errors=errors)

        return (
            row("GET", "/root.crt", "The root's certificate, DER", self.root_der),
            row("GET", "/root.pem", "The root's certificate, PEM", self.root_pem),
            row("GET", "/ca/{ca}.crt", "A CA's certificate, DER", self.ca_der, NO_CA),
            row("GET", "/crl/{ca}.crl", "What a CA revoked or suspended", self.crl, NO_CA),
            row("POST", "/ocsp/{ca}", "OCSP (RFC 6960)", self.ocsp, NO_CA),
            row("GET", "/ocsp/{ca}/{request:path}", "OCSP, the request in base64 in the path", self.ocsp_get, NO_CA),
            row("POST", "/tsa", "A timestamp (RFC 3161)", self.stamp),
        )

    async def root_der(self, _request: Request, _given: None) -> Response:
        return Response((await self._desk.root()).der_bytes, media_type=CERTIFICATE)

    async def root_pem(self, _request: Request, _given: None) -> Response:
        return Response(as_pem(await self._desk.root()), media_type="application/x-pem-file")

    async def ca_der(self, request: Request, _given: None) -> Response:
        found = await self._desk.authority(request.path_params["ca"])
        return Response(found.der_bytes, media_type=CERTIFICATE) if found else _no_ca()

    async def crl(self, request: Request, _given: None) -> Response:
        made = await self._desk.crl(request.path_params["ca"])
        return Response(made, media_type="application/pkix-crl") if made else _no_ca()

    async def ocsp(self, request: Request, given: bytes) -> Response:
        made = await self._desk.ocsp(request.path_params["ca"], given)
        return Response(made, media_type="application/ocsp-response") if made else _no_ca()

    async def ocsp_get(self, request: Request, _given: None) -> Response:
        return await self.ocsp(request, from_base64(request.path_params["request"]) or b"")

    async def stamp(self, _request: Request, given: bytes) -> Response:
        return Response(await self._desk.stamp(given), media_type="application/timestamp-reply")


async def _too_long(_request: Request, why: str) -> Response:
    return Response(why, 413, media_type="text/plain")


def _no_ca() -> Response:
    return Response("There is no such CA in this world.\n", 404, media_type="text/plain")
