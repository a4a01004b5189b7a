"""Simulators and reference portals as processes of their own, on free ports; started in order, ended whatever happens."""

import json
import os
import secrets
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from conformance.control import Control
from conformance.failures import NotExercised, Ours

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
END_SECONDS = 10.0
BACKLOG = 512
LOG_TAIL = 1500

# The reference portal's own (its settings.py); another portal names its paths in capabilities.
PATHS = {
    "redirect_uris": "/sso/callback",
    "post_logout_redirect_uris": "/",
    "ipn_url": "/vnpay/ipn",
    "return_url": "/vnpay/return",
    "webhook_url": "/smartca/webhook",
}


@dataclass(frozen=True)
class LaunchedPortal:
    origin: str
    contract: str
    key: str = field(repr=False)
    flaw: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Running:
    """What runs: the simulators (`nonce` is this start's, `root` their own where they speak TLS), the portals by `flaws`."""

    url: str
    key: str = field(repr=False)
    nonce: str
    portals: tuple[LaunchedPortal, ...]
    root: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))


@contextmanager
def launched(
    flaws: Sequence[str | None] = (None,),
    *,
    login_profile: str = "vnconnect-2022",
    logs: Path | None = None,
    tls: bool = False,
    world: str = "",
) -> Iterator[Running]:
    """A world (`world` is the text of its file) and a portal for each flaw (None: the right one), all in one process."""
    with ExitStack() as stack:
        folder = logs or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hopchuan-")))
        berths = [stack.enter_context(_bound()) for _ in flaws]
        (folder / "world.toml").write_text(world, encoding="utf-8")
        said = ["--world", str(folder / "world.toml"), *(["--tls"] if tls else [])]
        simulators = _Process("simulators", ["serve", "--port", "0", "--with-parent", *said], folder)
        stack.enter_context(simulators)
        told = simulators.line()
        portals, orders = [], []
        with Control(told["url"], told["key"], root=told.get("root", "")) as control:
            for berth, flaw in zip(berths, flaws, strict=True):
                portal, order = _contracted(control, berth, flaw, login_profile)
                portals.append(portal)
                orders.append(order)
        fleet = _Process("reference_portal", ["--fleet"], folder, tuple(berth.fileno() for berth in berths))
        stack.enter_context(fleet)
        fleet.say({"portals": orders})
        fleet.line()
        yield Running(told["url"], told["key"], told["nonce"], tuple(portals), told.get("root", ""))


def _bound() -> socket.socket:
    """A listening socket on a free port, of which the portal will inherit the descriptor."""
    made = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    made.set_inheritable(True)
    return made


def _contracted(
    control: Control, berth: socket.socket, flaw: str | None, login_profile: str
) -> tuple[LaunchedPortal, dict[str, Any]]:
    origin, key = f"http://localhost:{berth.getsockname()[1]}", secrets.token_hex(16)
    urls = {name: origin + path for name, path in PATHS.items()}
    many = {name: [urls.pop(name)] for name in ("redirect_uris", "post_logout_redirect_uris")}
    name = "Cổng tham chiếu" + (f" (lỗi cố ý: {flaw})" if flaw else "")
    try:
        sheet = control.post("/control/contracts", {"name": name, "login_profile": login_profile, **urls, **many})
    except NotExercised as error:
        raise Ours(str(error)) from error
    portal = LaunchedPortal(origin, sheet["contract"], key, flaw, tuple(secrets_of(sheet)))
    order = {"fd": berth.fileno(), "origin": origin, "settings": sheet, "flaw": flaw, "portal_key": key}
    return portal, order


def secrets_of(sheet: Mapping[str, Any]) -> Iterator[str]:
    """Every value of a settings sheet that a provider would call a secret."""
    for section in sheet.values():
        if isinstance(section, Mapping):
            for name, value in section.items():
                if isinstance(value, str) and any(word in name for word in ("secret", "password")):
                    yield value


class _Process:
    """`python -m module`, ended by closing its input, then by signal; its own complaints are kept for the sentence."""

    def __init__(self, module: str, arguments: Sequence[str], folder: Path, descriptors: tuple[int, ...] = ()) -> None:
        self._module = module
        self._log = (folder / f"{module}.log").open("w+b")
        local = "localhost,127.0.0.1"
        self._process = subprocess.Popen(  # noqa: S603 -- our own modules with this very interpreter
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            pass_fds=descriptors,
            env=os.environ | {"NO_PROXY": local, "no_proxy": local, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
        )

    def say(self, told: Mapping[str, Any]) -> None:
        pipe = self._pipe(self._process.stdin)
        pipe.write(json.dumps(told).encode() + b"\n")
        pipe.flush()

    def line(self) -> dict[str, Any]:
        """The line of JSON with which it says that it is ready."""
        pipe = self._pipe(self._process.stdout)
        end, text = time.monotonic() + START_SECONDS, b""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not text.endswith(b"\n"):
                ready = selector.select(max(0.0, end - time.monotonic()))
                piece = os.read(pipe.fileno(), 65536) if ready else b""
                if not piece:
                    raise Ours(self._complaint("did not start" if ready else f"was not ready in {START_SECONDS:.0f} s"))
                text += piece
        try:
            told = json.loads(text)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Ours(self._complaint(f"said {text[:200]!r} where a line of JSON was due"))
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            with suppress(OSError):
                self._pipe(pipe).close()

    def _complaint(self, what: str) -> str:
        self._log.seek(0)
        tail = self._log.read()[-LOG_TAIL:].decode("utf-8", "replace").strip()
        return f"python -m {self._module} {what}: {tail or 'it said nothing'}"

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None, "all pipes are ours"
        return pipe
