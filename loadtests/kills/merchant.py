"""A merchant and service provider that never dies: it counts the notices that it answered, and can hold its answers back."""

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote_plus, urlencode

from aiohttp import web

VIETNAM = timezone(timedelta(hours=7))
AMOUNT = 150_000
HELD = 12.0
"""Seconds: less than a provider's patience, so that what is held is in flight and not failed."""
TOLD = {"RspCode": "00", "Message": "Confirm Success"}


class Endpoint:
    """Where notices of payments and of signings arrive; `answered` counts by reference those whose sender lived to hear."""

    def __init__(self) -> None:
        self.answered: Counter[str] = Counter()
        self.unheard = 0
        self.gate = asyncio.Event()
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/ipn", self._notice)
        app.router.add_post("/webhook", self._webhook)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        self.gate.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _notice(self, request: web.Request) -> web.Response:
        return await self._answer(request, request.query.get("vnp_TxnRef", ""), TOLD)

    async def _webhook(self, request: web.Request) -> web.Response:
        ref = str((await request.json()).get("transaction_id", ""))
        return await self._answer(request, ref, {"status_code": 200, "message": "Success"})

    async def _answer(self, request: web.Request, ref: str, told: Mapping[str, Any]) -> web.Response:
        """A sender that dies meanwhile never gets this answer: it must tell again."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HELD):
                await self.gate.wait()
        if request.transport is None or request.transport.is_closing():
            self.unheard += 1
        else:
            self.answered[ref] += 1
        return web.json_response(dict(told))


def pay_url(vnpay: Mapping[str, str], ref: str, now: datetime) -> str:
    fields = {
        "vnp_Version": "2.1.0",
        "vnp_Command": "pay",
        "vnp_TmnCode": vnpay["tmn_code"],
        "vnp_Amount": str(AMOUNT * 100),
        "vnp_CreateDate": _instant(now),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": "127.0.0.1",
        "vnp_Locale": "vn",
        "vnp_OrderInfo": f"Don hang {ref}",
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": "http://localhost:9/ve",
        "vnp_TxnRef": ref,
        "vnp_ExpireDate": _instant(now + timedelta(minutes=15)),
    }
    query = urlencode(sorted(fields.items()), quote_via=quote_plus)
    return f"{vnpay['pay_url']}?{query}&vnp_SecureHash={_mac(vnpay['hash_secret'], query)}"


def query_of(vnpay: Mapping[str, str], ref: str, request: str, created: datetime) -> bytes:
    """querydr: what became of a payment; `created` is the pay URL's instant."""
    now = _instant(datetime.now(VIETNAM))
    told = (request, "2.1.0", "querydr", vnpay["tmn_code"], ref, _instant(created), now, "127.0.0.1", f"Hoi {ref}")
    names = ("RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate", "IpAddr")
    fields = {f"vnp_{name}": value for name, value in zip((*names, "OrderInfo"), told, strict=True)}
    return json.dumps(fields | {"vnp_SecureHash": _mac(vnpay["hash_secret"], "|".join(told))}).encode()


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%Y%m%d%H%M%S}"


def _mac(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()
