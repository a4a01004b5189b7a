"""The foreign clients as running portals: each a process of its own, with a registration for each door of the login."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.interop.node import workshop
from tests.interop.oidc import apache
from tests.source_tree import ROOT

HERE = Path(__file__).parent
PORTALS = HERE / "portals"
PATIENCE = 20
NPM, PYPI, DEBIAN = "npm", "PyPI", "Debian"
Register = Callable[[str, str], dict[str, Any]]
"""From the name of a door and the portal's redirect URI to its registration there."""


@dataclass(frozen=True)
class Client:
    """`about` says what of the library is asked for, `script` starts it (none: Apache)."""

    name: str
    home: str
    about: str
    script: str = ""

    @property
    def version(self) -> str:
        if self.home == NPM:
            told: str = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"][self.name]
            return told
        return metadata.version(self.name) if self.home == PYPI else apache.version()


CLIENTS = (
    Client("openid-client", NPM, "authorizationCodeGrant, fetchUserInfo", "openid_client.mjs"),
    Client("oauth4webapi", NPM, "with validateApplicationLevelSignature, processUserInfoResponse", "oauth4webapi.mjs"),
    Client("authlib", PYPI, "Flask client: authorize_access_token, userinfo", "authlib_portal"),
    Client("idpyoidc", PYPI, "RPHandler: begin, finalize", "idpyoidc_portal"),
    Client("mod_auth_openidc", DEBIAN, "Apache; OIDCRemoteUserClaim sub, OIDCPKCEMethod S256"),
)


@dataclass(frozen=True)
class Portal:
    """A client that runs; `homes` are its addresses, one for each door."""

    client: Client
    homes: Mapping[str, str]


@contextlib.contextmanager
def running(client: Client, doors: tuple[str, ...], register: Register, folder: Path) -> Iterator[Portal]:
    opened = _as_script if client.script else _as_apache
    with opened(client, doors, register, folder) as homes:
        yield Portal(client, homes)


@contextlib.contextmanager
def _as_apache(_client: Client, doors: tuple[str, ...], register: Register, _folder: Path) -> Iterator[dict[str, str]]:
    homes = {door: f"http://localhost:{port}" for door, port in zip(doors, apache.free_ports(len(doors)), strict=True)}
    registrations = {
        door: {**register(door, f"{home}/callback"), "port": int(home.rpartition(":")[2])}
        for door, home in homes.items()
    }
    with apache.serving(registrations):
        yield homes


@contextlib.contextmanager
def _as_script(client: Client, doors: tuple[str, ...], register: Register, folder: Path) -> Iterator[dict[str, str]]:
    local = "localhost,127.0.0.1"
    with (folder / f"{client.name}.log").open("wb") as log:
        process = subprocess.Popen(
            _command(client, folder),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "NO_PROXY": local, "no_proxy": local},
        )
    assert process.stdin and process.stdout
    with process:
        try:
            port = _said(process, folder / f"{client.name}.log")["port"]
            homes = {door: f"http://localhost:{port}/{door}" for door in doors}
            given = {door: register(door, f"{home}/callback") for door, home in homes.items()}
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
            assert _said(process, folder / f"{client.name}.log")["ready"]
            yield homes
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _command(client: Client, folder: Path) -> list[str]:
    if not client.script.endswith(".mjs"):
        return [sys.executable, "-m", f"tests.interop.oidc.portals.{client.script}"]
    place = folder / client.name
    place.mkdir()
    workshop(place, HERE / "package.json", PORTALS / "portal.mjs", PORTALS / client.script)
    return ["node", str(place / client.script)]


def _said(process: subprocess.Popen[str], log: Path) -> dict[str, Any]:
    assert process.stdout
    line = process.stdout.readline()
    assert line, log.read_text("utf-8", "replace")[-2000:]
    told: dict[str, Any] = json.loads(line)
    return told
