"""python -m reference_portal --settings sheet.json --port 8080, or --fleet with one JSON line on standard input."""

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from reference_portal.flaws import FLAWS
from reference_portal.flaws.listing import listed
from reference_portal.fleet import Berth, serve
from reference_portal.parts import RIGHT, Parts
from reference_portal.settings import SheetRefused, read


def main() -> int:
    options = _options()
    if options.flaws:
        print(listed())
        return 0
    try:
        berths = _fleet(sys.stdin.readline()) if options.fleet else [_alone(options)]
    except (SheetRefused, OSError, ValueError, KeyError) as error:
        print(f"reference_portal: {error}", file=sys.stderr)
        return 4
    with suppress(KeyboardInterrupt):
        _run(_serve(berths, fleet=options.fleet))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m reference_portal", description=__doc__)
    parser.add_argument("--settings", type=Path, help="the settings sheet (JSON) of a contract")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--data", type=Path, help="folder of the portal's books; without it they are in memory")
    parser.add_argument(
        "--portal-key",
        default="",
        help="key of officers and audit; without it that of --data, or a new one, is printed",
    )
    parser.add_argument("--flaw", help="serve a portal with this defect: " + ", ".join(flaw.name for flaw in FLAWS))
    parser.add_argument("--fleet", action="store_true", help="serve the portals that standard input names")
    parser.add_argument("--flaws", action="store_true", help="print the table of flaws as JSON and end")
    options = parser.parse_args()
    if not (options.fleet or options.flaws) and options.settings is None:
        parser.error("--settings is needed: post a contract to the simulators and save its answer")
    return options


def _alone(options: argparse.Namespace) -> Berth:
    sheet, parts = json.loads(options.settings.read_text("utf-8")), _parts(options.flaw)
    if options.data is not None:
        options.data.mkdir(parents=True, exist_ok=True)
    key = options.portal_key or _kept_key(options.data)
    listener = socket.create_server(("127.0.0.1", options.port))
    origin = f"http://localhost:{listener.getsockname()[1]}"
    if not options.portal_key:
        print(f"portal key: {key}")
    print(f"portal: {origin}/", flush=True)
    return Berth(listener, read(sheet, origin=origin, portal_key=key, data=options.data), parts)


def _kept_key(data: Path | None) -> str:
    """Officers and audit hold the key, so a restart on the same books has the same one."""
    if data is None:
        return secrets.token_hex(16)  # no dash may begin what stands on a command line
    path = data / "portal.key"
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(16), "utf-8")
        fresh.replace(path)
    return path.read_text("utf-8")


def _fleet(line: str) -> list[Berth]:
    return [
        Berth(
            listener=socket.socket(fileno=told["fd"]),
            settings=read(told["settings"], origin=told["origin"], portal_key=told["portal_key"]),
            parts=_parts(told.get("flaw")),
        )
        for told in json.loads(line)["portals"]
    ]


def _parts(name: str | None) -> Parts:
    if name is None:
        return RIGHT
    for flaw in FLAWS:
        if flaw.name == name:
            return flaw.parts(RIGHT)
    raise ValueError(f"there is no flaw {name!r}")


async def _serve(berths: Sequence[Berth], *, fleet: bool) -> None:
    ready, end = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, end.set)
    serving = asyncio.create_task(serve(berths, ready=ready, end=end))
    if fleet:
        announced = asyncio.create_task(_announce(ready))
        loop.add_reader(sys.stdin.fileno(), _on_end_of_input(end))
        await serving
        announced.cancel()
    else:
        await serving


async def _announce(ready: asyncio.Event) -> None:
    await ready.wait()
    print(json.dumps({"ready": True}), flush=True)


def _on_end_of_input(end: asyncio.Event) -> Callable[[], None]:
    def read_on() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            end.set()

    return read_on


def _run(work: Any) -> None:
    try:
        import uvloop  # noqa: PLC0415  # not on every platform
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


if __name__ == "__main__":
    raise SystemExit(main())
