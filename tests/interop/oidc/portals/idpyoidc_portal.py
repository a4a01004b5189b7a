"""PyPI idpyoidc by its RPHandler, as its example portal does it: begin, then finalize, which reads userinfo too."""

from __future__ import annotations

from collections.abc import Mapping

from cryptojwt import KeyJar
from flask import Flask, Response, redirect, request
from idpyoidc.client.rp_handler import RPHandler

from tests.interop.oidc.portals.portal import serve

PKCE = {
    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
}


class Idpyoidc:
    def __init__(self, _app: Flask, _name: str, given: Mapping[str, str]) -> None:
        self._issuer = given["issuer"]
        config = {
            "client_type": "oidc",
            "issuer": given["issuer"],
            "client_id": given["client_id"],
            "client_secret": given["client_secret"],
            "redirect_uris": [given["redirect_uri"]],
            "response_types_supported": ["code"],
            "scope": ["openid"],
            "client_authn_methods": ["client_secret_basic"],
            "add_ons": {"pkce": PKCE},
        }
        base = given["redirect_uri"].rpartition("/")[0]
        self._handler = RPHandler(base_url=base, client_configs={self._issuer: config}, keyjar=KeyJar())

    def login(self) -> Response:
        url = self._handler.begin(self._issuer)
        return redirect(url)

    def callback(self) -> tuple[str, str]:
        done = self._handler.finalize(self._issuer, request.args.to_dict())
        if "error" in done:
            raise RuntimeError(done["error"])
        return done["userinfo"]["sub"], done["userinfo"]["SoDinhDanh"]


if __name__ == "__main__":
    serve(Idpyoidc)
