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


class Kept(msgspec.Struct, frozen=True):
    """What a restart must find again: certificates and contracts name the URL, clients hold the key."""

    url: str
    port: int
    smtp_port: int
    key: str
    seed: str
    host: str = LOOPBACK


@dataclass(frozen=True)
class Sandbox:
    """Both sockets are bound; the world's listens only when the world is ready."""

    folder: Path
    kept: Kept
    web: socket.socket
    smtp: socket.socket

    @property
    def mail_server(self) -> tuple[str, int]:
        """Host and port as portals are told."""
        host, port = self.smtp.getsockname()[:2]
        return (urlsplit(self.kept.url).hostname or host) if host in EVERYWHERE else host, port


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
        with web, smtp:
            kept = _kept(options, seed, earlier, (web, smtp))
            if kept != earlier:
                _write(folder / KEPT, kept)
            yield Sandbox(folder, kept, web, smtp)
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


def _kept(options: Options, seed: str, earlier: Kept | None, sockets: tuple[socket.socket, socket.socket]) -> Kept:
    """What stands from now on; an option that contradicts what was kept is refused, for URLs are inside certificates."""
    ports = (sockets[0].getsockname()[1], sockets[1].getsockname()[1])
    url = (_absolute(options.public_url or "") or (earlier.url if earlier else "") or _url_of(sockets[0])).rstrip("/")
    said = options.seed or seed
    if earlier is None:
        # The run key is never drawn from the seed: who knows the seed would know the key.
        key = options.key or fresh_seed() + fresh_seed()
        return Kept(url, *ports, key, said or fresh_seed(), options.host)
    now = Kept(url, *ports, options.key or earlier.key, said or earlier.seed, options.host)
    for name in ("port", "smtp_port", "url", "seed"):
        if getattr(now, name) != getattr(earlier, name):
            raise BadWorld(
                f"--data: this world was made with {name} {getattr(earlier, name)!r}, and certificates and contracts rest "
                f"on it; leave {name} out or take a new folder."
            )
    return now


def _url_of(web: socket.socket) -> str:
    host, port = web.getsockname()[:2]
    if host in EVERYWHERE:
        raise BadWorld(
            f"--host: {host} is every address and no URL; say with --public-url how portals reach this server."
        )
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
