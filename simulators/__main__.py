"""python -m simulators serve|settings|docs: start one world, ask a running one for a portal's settings, print the manual."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from simulators import VERSION

ABOUT = """\
MÔ PHỎNG: the providers around a Vietnamese public-service portal (login, CAs, payment, messages) in one process.

  python -m simulators serve                    one JSON line {url, key, smtp, nonce, pid}, then it serves
  python -m simulators settings --url URL ...   makes a contract there and prints the portal's settings
  python -m simulators docs                     what is simulated and what is not, provider by provider (docs/providers.md)

The run key opens the control side, the phones and the inbox. A portal never gets it.
"""
AFTER_SERVE = """\
examples:
  python -m simulators serve                                 free port, everything forgotten at the end
  python -m simulators serve --port 8400 --data sandbox      a sandbox that survives: same URLs, same key, same inbox
  python -m simulators serve --tls --data sandbox            the same over https; its root is sandbox/root.pem
  python -m simulators serve --world tet.toml --only ca      other limits than the providers', CAs alone

a world file (TOML):
  seed = "tet"                 the same people and the same chance again
  [provider.vnpt]              any field of the provider's spec; an unknown name refuses to start
  request_ttl = 60000
"""
AFTER_SETTINGS = """\
example:
  python -m simulators settings --url http://127.0.0.1:8400 --key KEY --name "Cổng thử" \\
      --redirect-uri http://localhost:8080/login/callback --ipn-url http://localhost:8080/vnpay/ipn \\
      --webhook-url http://localhost:8080/ca/webhook --format env > .env
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m simulators", description=ABOUT, formatter_class=_AsWritten)
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="serve|settings|docs")
    _add_serve(commands)
    _add_settings(commands)
    docs = commands.add_parser(
        "docs", help="what is simulated, provider by provider", description="Print docs/providers.md."
    )
    docs.set_defaults(run=_docs)
    given = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    return run(given)


class _AsWritten(argparse.RawDescriptionHelpFormatter):
    """Descriptions stand as they are written."""


def _add_serve(commands: Any) -> None:
    serve = commands.add_parser(
        "serve",
        help="start one world",
        description="Start one world. Ends at SIGTERM or Ctrl-C.",
        epilog=AFTER_SERVE,
        formatter_class=_AsWritten,
    )
    serve.set_defaults(run=_serve)
    serve.add_argument(
        "--host", default="", help="address to bind (default: that of --data, or loopback: this machine alone)"
    )
    serve.add_argument("--port", type=int, help="port to bind; 0 takes a free one (default: that of --data, or free)")
    serve.add_argument("--fd", type=int, metavar="N", help="an inherited, bound socket instead of host and port")
    serve.add_argument("--data", type=Path, metavar="DIR", help="keep the world here; without it all is forgotten")
    serve.add_argument("--world", type=Path, metavar="FILE", help="TOML: seed, and fields of providers' specs")
    serve.add_argument("--only", default="", metavar="a,b", help="families: portal, ca, trust, payment, messages")
    serve.add_argument("--public-url", metavar="URL", help="how portals reach this server (behind a proxy)")
    serve.add_argument("--seed", help="the same seed makes the same people and the same chance")
    serve.add_argument("--smtp-port", type=int, metavar="N", help="port of the mail server (default: as --port)")
    serve.add_argument("--key", help="the run key (default: drawn by the operating system)")
    serve.add_argument("--tls", action="store_true", help="speak https, with certificates of the world's own root")
    serve.add_argument("--with-parent", action="store_true", help="end when standard input, a pipe, is closed")


def _add_settings(commands: Any) -> None:
    settings = commands.add_parser(
        "settings",
        help="a portal's settings from a running world",
        description="Make a contract on a running server and print what the portal must be configured with.",
        epilog=AFTER_SETTINGS,
        formatter_class=_AsWritten,
    )
    settings.set_defaults(run=_settings)
    settings.add_argument("--url", required=True, help="of the running server, as serve printed it")
    settings.add_argument("--key", required=True, help="the run key, as serve printed it")
    settings.add_argument("--root", type=Path, metavar="FILE", help="root of a server that speaks https (root.pem)")
    settings.add_argument("--name", default="portal", help="of the portal, for people")
    settings.add_argument("--redirect-uri", action="append", default=[], metavar="URL", help="of the login; repeatable")
    settings.add_argument("--post-logout-redirect-uri", action="append", default=[], metavar="URL", help="repeatable")
    settings.add_argument("--ipn-url", default="", metavar="URL", help="where VNPAY's notices go")
    settings.add_argument("--return-url", default="", metavar="URL", help="prefix of the return URLs that VNPAY takes")
    settings.add_argument("--webhook-url", default="", metavar="URL", help="where the CAs' outcomes go")
    settings.add_argument("--profile", default="vnconnect-2022", help="of the login: vnconnect-2022 or vneid-2026")
    settings.add_argument("--format", choices=("json", "env"), default="json", help="how it is printed")


def _serve(given: argparse.Namespace) -> int:
    gc.disable()  # until the server listens: a start makes little garbage, and looking for it is a quarter of its time
    # Imported here, so that --help and settings answer at once.
    from simulators.sandbox import Options  # noqa: PLC0415
    from simulators.serve import serve  # noqa: PLC0415

    only = tuple(filter(None, given.only.split(",")))
    fields = {name: getattr(given, name) for name in Options.__dataclass_fields__ if name != "only"}
    return serve(Options(**fields, only=only))


def _docs(_given: argparse.Namespace) -> int:
    from simulators.manual import printed  # noqa: PLC0415  # as above

    sys.stdout.write(printed())
    return 0


def _settings(given: argparse.Namespace) -> int:
    from simulators.settings import NotGiven, settings  # noqa: PLC0415  # as above

    request = {
        "name": given.name,
        "redirect_uris": given.redirect_uri,
        "post_logout_redirect_uris": given.post_logout_redirect_uri,
        "ipn_url": given.ipn_url,
        "return_url": given.return_url,
        "webhook_url": given.webhook_url,
        "login_profile": given.profile,
    }
    try:
        sys.stdout.write(settings(given.url, given.key, request, as_env=given.format == "env", root=given.root))
    except NotGiven as error:
        sys.stderr.write(f"simulators: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
