"""Where a world lives: its folder, its ports and its run key, kept under --data so that a restart has the same URLs."""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from simulators.kernel.entropy import fresh_seed
from simulators.mounting import BadWorld

KEPT = "sandbox.json"
LOOPBACK = "127.0.0.1"
BACKLOG = 2048
SIDES = {"back": "https", "status": "http"}
"""The further listeners of a world with TLS, and what they speak."""
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  # refused without a public URL


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line said; None, or no host, is: not said."""

    host: str = ""
    port: int | None = None
    fd: int | None = None
    data: Path | None = None
    world: Path | None = None
    only: tuple[str, ...] = ()
    public_url: str | None = None
    seed: str | None = None
    smtp_port: int | None = None
    key: str | None = None
    with_parent: bool = False
    tls: bool = False


class Kept(msgspec.Struct, frozen=True):
    """What a restart must find again: certificates and contracts name the URL, clients hold the key."""

    url: str
    port: int
    smtp_port: int
    key: str
    seed: str
    tls: bool = False
    back_port: int = 0
    """With TLS: of the login's back channel."""
    status_port: int = 0
    """With TLS: of certificate status, which is plain http."""
    host: str = LOOPBACK


@dataclass(frozen=True)
class Sandbox:
    """All sockets are bound; the world's listen only when the world is ready. `sides` are those that TLS needs."""

    folder: Path
    kept: Kept
    web: socket.socket
    smtp: socket.socket
    sides: dict[str, socket.socket]

    @property
    def mail_server(self) -> tuple[str, int]:
        """Host and port as portals are told."""
        host, port = self.smtp.getsockname()[:2]
        return (urlsplit(self.kept.url).hostname or host) if host in EVERYWHERE else host, port

    def beside(self, name: str) -> str:
        """The address of a side listener; the world's own where there is none."""
        if name not in self.sides:
            return self.kept.url
        host = urlsplit(self.kept.url).netloc.rpartition(":")[0] or urlsplit(self.kept.url).netloc
        return f"{SIDES[name]}://{host}:{self.sides[name].getsockname()[1]}"


@contextlib.contextmanager
def opened(options: Options, seed: str) -> Iterator[Sandbox]:
    """The sandbox; one without --data is removed at the end. `seed` is the world file's."""
    folder = options.data or Path(tempfile.mkdtemp(prefix="hopchuan-"))
    try:
        _made(folder)
        earlier = _earlier(folder / KEPT)
        options = replace(options, host=options.host or (earlier.host if earlier else LOOPBACK))
        web = _web_socket(options, earlier)
        smtp = _bound(options.host, _first(options.smtp_port, earlier.smtp_port if earlier else None), "--smtp-port")
        with contextlib.ExitStack() as open_ones:
            for opened_before in (web, smtp):
                open_ones.enter_context(opened_before)
            tls = options.tls or bool(earlier and earlier.tls)
            sides = {
                name: open_ones.enter_context(_bound(options.host, _kept_port(earlier, name), f"--tls ({name})"))
                for name in (SIDES if tls else ())
            }
            kept = _kept(options, seed, earlier, (web, smtp), sides)
            if kept != earlier:
                _write(folder / KEPT, kept)
            yield Sandbox(folder, kept, web, smtp, sides)
    finally:
        if options.data is None:
            shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadWorld(f"--data: {folder} cannot be made a folder ({error.strerror}); take another.") from error


def _absolute(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise BadWorld(f"--public-url: {url!r} is not absolute; write http://host[:port] or https://….")
    return url


def _earlier(path: Path) -> Kept | None:
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except msgspec.DecodeError as error:
        raise BadWorld(f"--data: {path} is damaged ({error}); take another folder.") from error


def _kept_port(earlier: Kept | None, name: str) -> int:
    return {"back": earlier.back_port, "status": earlier.status_port}[name] if earlier else 0


def _kept(
    options: Options,
    seed: str,
    earlier: Kept | None,
    sockets: tuple[socket.socket, socket.socket],
    sides: dict[str, socket.socket],
) -> Kept:
    """What stands from now on; an option that contradicts what was kept is refused, for URLs are inside certificates."""
    ports = (sockets[0].getsockname()[1], sockets[1].getsockname()[1])
    back, status = (sides[name].getsockname()[1] if name in sides else 0 for name in SIDES)
    told = _absolute(options.public_url or "") or (earlier.url if earlier else "")
    url = (told or _url_of(sockets[0], tls=bool(sides))).rstrip("/")
    said = options.seed or seed
    # The run key is never drawn from the seed: who knows the seed would know the key.
    now = Kept(
        url,
        *ports,
        options.key or (earlier.key if earlier else fresh_seed() + fresh_seed()),
        said or (earlier.seed if earlier else fresh_seed()),
        host=options.host,
        tls=bool(sides),
        back_port=back,
        status_port=status,
    )
    if earlier is None:
        return now
    for name in ("port", "smtp_port", "tls", "url", "seed"):
        if getattr(now, name) != getattr(earlier, name):
            raise BadWorld(
                f"--data: this world was made with {name} {getattr(earlier, name)!r}, and certificates and contracts rest "
                f"on it; leave {name} out or take a new folder."
            )
    return now


def _url_of(web: socket.socket, *, tls: bool) -> str:
    host, port = web.getsockname()[:2]
    if host in EVERYWHERE:
        raise BadWorld(
            f"--host: {host} is every address and no URL; say with --public-url how portals reach this server."
        )
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _write(path: Path, kept: Kept) -> None:
    """Beside the old one and then in its place: a process that is killed here leaves one of them whole."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")
    fresh.replace(path)


def _web_socket(options: Options, earlier: Kept | None) -> socket.socket:
    if options.fd is None:
        return _bound(options.host, _first(options.port, earlier.port if earlier else None), "--port")
    try:
        inherited = socket.socket(fileno=options.fd)
    except OSError as error:
        raise BadWorld(
            f"--fd: {options.fd} is not an inherited socket ({error.strerror}); pass it to the process."
        ) from error
    if inherited.family not in {socket.AF_INET, socket.AF_INET6} or inherited.type != socket.SOCK_STREAM:
        inherited.close()
        raise BadWorld(f"--fd: {options.fd} is not a TCP socket; bind one and pass it to the process.")
    return inherited


def _first(*ports: int | None) -> int:
    return next((port for port in ports if port is not None), 0)


def _bound(host: str, port: int, option: str) -> socket.socket:
    """A socket that is bound and does not listen yet."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except (OSError, OverflowError) as error:
        made.close()
        reason: Any = getattr(error, "strerror", None) or error
        raise BadWorld(
            f"{option}: {host}:{port} cannot be bound ({reason}); end what listens there or give 0."
        ) from error
    return made
