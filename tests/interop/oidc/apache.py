"""Apache with mod_auth_openidc as a portal: an Apache of our own, as a normal user, one virtual host a registration."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.needs import path_of

MODULES = Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "headers", "auth_openidc")
NOBODY = "nobody"
VERSION = re.compile(rb"mod_auth_openidc-([0-9][0-9.a-z]*)")
PATIENCE = 20
PORTS = range(20_000, 32_000)
MAIN = """\
ServerRoot {folder}
ServerName localhost
PidFile {folder}/pid
ErrorLog {folder}/errors
LogLevel warn auth_openidc:warn
Mutex file:{folder}
DocumentRoot {folder}/pages
DirectorySlash Off
StartServers 1
ServerLimit 1
ThreadsPerChild 25
MaxRequestWorkers 25
MinSpareThreads 1
MaxSpareThreads 25
{modules}
"""
HOST = """\
Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
  OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
  OIDCClientID {client_id}
  OIDCClientSecret {client_secret}
  OIDCProviderTokenEndpointAuth client_secret_post
  OIDCRedirectURI {redirect_uri}
  OIDCCryptoPassphrase {client_secret}
  OIDCScope openid
  OIDCPKCEMethod S256
  OIDCRemoteUserClaim sub
  <Location /login>
    AuthType openid-connect
    Require valid-user
  </Location>
  <Location /callback>
    AuthType openid-connect
    Require valid-user
  </Location>
  <Location /who>
    AuthType openid-connect
    OIDCUnAuthAction pass
    Require valid-user
    Header always set X-Subject expr=%{{REMOTE_USER}}
    Header always set X-Person expr=%{{HTTP:OIDC_CLAIM_SoDinhDanh}}
  </Location>
</VirtualHost>
"""


def version() -> str:
    """The module's own word: Debian decides which one there is."""
    found = VERSION.search((MODULES / "mod_auth_openidc.so").read_bytes())
    assert found, "mod_auth_openidc.so does not say its version"
    return found[1].decode()


def free_ports(count: int) -> list[int]:
    """Below those that the system hands out by itself, so that nobody is given one before Apache takes it."""
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        if len(found) == count:
            break
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
    return found


@contextlib.contextmanager
def serving(registrations: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """`registrations` name their ports."""
    with tempfile.TemporaryDirectory(prefix="hopchuan-apache-") as made:
        folder = Path(made)
        (folder / "pages").mkdir()
        for page in ("login", "who"):
            (folder / "pages" / page).write_text("", encoding="utf-8")
        modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)
        hosts = "".join(HOST.format(**registration) for registration in registrations.values())
        (folder / "conf").write_text(MAIN.format(folder=folder, modules=modules) + hosts, encoding="utf-8")
        ports = [registration["port"] for registration in registrations.values()]
        with _started(folder) as process:
            _await(process, ports, folder)
            yield


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [path_of("apache2") or "apache2", "-D", "FOREGROUND", "-f", str(folder / "conf")]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=folder, **_as_a_normal_user(folder))
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _as_a_normal_user(folder: Path) -> dict[str, Any]:
    """Apache does not serve as root; what it writes is its user's."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(NOBODY)
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _await(process: subprocess.Popen[bytes], ports: list[int], folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    with httpx.Client(trust_env=False) as http:
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                assert [http.get(f"http://127.0.0.1:{port}/who").status_code for port in ports] == [200] * len(ports)
                return
            time.sleep(0.05)
    told = [path.read_text("utf-8", "replace") for path in (folder / "said", folder / "errors") if path.exists()]
    raise AssertionError(f"Apache did not start: {' '.join(told)[-2000:]}")
