"""Asks a running server for a portal's settings: one contract, printed as JSON or as .env lines."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PATIENCE = 30.0


class NotGiven(Exception):
    """The server did not give settings; the text says why and what to do."""


def settings(url: str, key: str, request: Mapping[str, Any], *, as_env: bool, root: Path | None = None) -> str:
    """The settings sheet as text; `root` is the file of the server's own root, where it speaks https."""
    if not url.startswith(("http://", "https://")):
        raise NotGiven(f"--url: {url!r} is not a URL; write it as serve printed it.")
    try:
        trust = ssl.create_default_context(cafile=root) if root else None
    except OSError as error:
        raise NotGiven(
            f"--root: {root} cannot be used ({error}); serve --tls writes root.pem into its --data."
        ) from error
    ask = partial(_ask, trust)
    contracts = f"{url.rstrip('/')}/control/contracts"
    sheet = json.loads(ask(contracts, key, json.dumps(request).encode()))
    if as_env:
        return ask(f"{contracts}/{sheet['contract']}/env", key, None)
    return json.dumps(sheet, ensure_ascii=False, indent=2) + "\n"


def _ask(trust: ssl.SSLContext | None, url: str, key: str, body: bytes | None) -> str:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(url, body, headers), timeout=PATIENCE, context=trust) as reply:  # noqa: S310  # the scheme was looked at
            text: str = reply.read().decode()
            return text
    except HTTPError as error:
        if error.code == HTTPStatus.UNAUTHORIZED:
            raise NotGiven(
                "--key: this is not the run key; serve printed it, and sandbox.json in its --data has it."
            ) from error
        try:
            why = json.load(error)["error"]
        except (ValueError, KeyError, TypeError):
            why = f"{url} answered {error.code}; is this the simulators' URL?"
        raise NotGiven(why) from error
    except (URLError, TimeoutError, ValueError, UnicodeError) as error:
        raise NotGiven(
            f"--url: nobody answers at {url} ({getattr(error, 'reason', error)}); start python -m simulators serve."
        ) from error
