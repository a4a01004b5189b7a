"""PyPI authlib in Flask, as its guide shows it: register by discovery, redirect, authorize_access_token; then userinfo."""

from __future__ import annotations

from collections.abc import Mapping

from authlib.integrations.flask_client import OAuth
from flask import Flask, Response

from tests.interop.oidc.portals.portal import serve


class Authlib:
    def __init__(self, app: Flask, name: str, given: Mapping[str, str]) -> None:
        self._redirect_uri = given["redirect_uri"]
        self._client = OAuth(app).register(
            name,
            client_id=given["client_id"],
            client_secret=given["client_secret"],
            server_metadata_url=given["issuer"] + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_post",
            },
        )

    def login(self) -> Response:
        return self._client.authorize_redirect(self._redirect_uri)

    def callback(self) -> tuple[str, str]:
        token = self._client.authorize_access_token()
        info = self._client.userinfo(token=token)
        # As in the guide: without an ID token there is no such key, and no session.
        return token["userinfo"]["sub"], info["SoDinhDanh"]


if __name__ == "__main__":
    serve(Authlib)
