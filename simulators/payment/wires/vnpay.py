"""VNPAY's front door: the signed pay URL is let in or turned away with an error page that says why; and the diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.kernel.clock import in_vietnam
from simulators.kernel.contracts import Settings
from simulators.kernel.gate import Gate
from simulators.kernel.wire import Route
from simulators.payment.checksum import accepted, explain
from simulators.payment.desk import Desk
from simulators.payment.pages import page
from simulators.payment.spec import Reason, Refused, Word
from simulators.payment.wires.vnpay_checkout import Checkout
from simulators.payment.wires.vnpay_fields import read_ask

UNLISTED = Word("", "Lỗi không có trong bảng mã của cổng.", "UNKNOWN")
LAST = 50
COOKIE = "hopchuan_vnpay_why"
COOKIE_SECONDS = 600


class Entry:
    """GET vpcpay.html and what it leads to when the request is turned away.

    Order of checks (the real order is not published; this one never tells a stranger more than it must): can be read,
    terminal is known, checksum, format of each field, return URL approved, bank, expiry, reference not used.
    """

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate
        self._spec = desk.spec
        self._path = f"/payment/{desk.spec.id}"
        self._checkout = Checkout(desk)

    def routes(self) -> tuple[Route, ...]:
        v2, texts = f"{self._path}/paymentv2", "A page; it never answers an error status."
        return (
            Route(
                "GET",
                f"{v2}/vpcpay.html",
                "The signed pay URL: 302 to the checkout, or to the error page with the code.",
                self.enter,
                self.unreadable,
                "query",
                errors={302: "checkout, or Payment/Error.html?code=NN"},
            ),
            Route("GET", f"{v2}/Payment/Error.html", texts, self.error, self.unreadable, "query"),
            Route(
                "GET",
                f"{self._path}/diagnostics",
                "The last wrong checksums, explained; ?key=<run key>.",
                self.diagnostics,
                self.unreadable,
                errors={401: "the run key is missing or wrong"},
            ),
            *self._checkout.routes(),
        )

    async def enter(self, request: Request, fields: Mapping[str, str]) -> Response:
        ref, contract = fields.get("vnp_TxnRef", "")[:100], ""
        try:
            merchant = await self._merchant(request, fields)
            contract = merchant.contract
            encoder = self._encoder(fields, merchant)
            if not encoder:
                return await self._wrong_checksum(fields, merchant, ref)
            payment = await self._desk.begin(replace(read_ask(fields, self._spec), encoder=encoder), merchant)
        except Refused as refused:
            return await self._turned_away(refused, ref=ref, contract=contract)
        return RedirectResponse(self._checkout.first_page(payment), 302)

    async def unreadable(self, request: Request, why: str) -> Response:
        """Repeated parameters, bytes that are no UTF-8, what is not form-encoded: a wrong format, whoever sends it."""
        raw = request.scope["query_string"][: self._spec.largest_query]
        loose = parse_qs(raw.decode("latin-1"), max_num_fields=None)
        ref, code = (loose.get(name, [""])[0] for name in ("vnp_TxnRef", "vnp_TmnCode"))
        try:
            contract = (await self._desk.merchant(code)).contract
        except Refused:
            contract = ""
        return await self._turned_away(Refused(Reason.UNREADABLE, why), ref=ref[:100], contract=contract)

    async def error(self, request: Request, fields: Mapping[str, str]) -> Response:
        code = fields.get("code", "")
        words = [word for word in self._spec.page_words.values() if word.code == code]
        why = None
        if code == self._spec.page_words[Reason.WRONG_CHECKSUM].code:
            why = await self._desk.diagnosed(request.cookies.get(COOKIE, ""))
        return page("error", code=code[:8], word=words[0] if words else UNLISTED, why=why and why.why)

    async def diagnostics(self, request: Request, _given: None) -> Response:
        if not self._gate.knows(request):
            return page("locked", 401)
        rows = [(f"{in_vietnam(each.at):%d/%m/%Y %H:%M:%S}", each) for each in await self._desk.diagnoses(limit=LAST)]
        return self._gate.remember(request, page("diagnostics", rows=rows))

    async def _merchant(self, request: Request, fields: Mapping[str, str]) -> Settings:
        if len(request.scope["query_string"]) > self._spec.largest_query:
            raise Refused(Reason.UNREADABLE, f"the query is longer than {self._spec.largest_query} bytes")
        if not fields.get("vnp_TmnCode"):
            raise Refused(Reason.BAD_FORMAT, "vnp_TmnCode is missing")
        return await self._desk.merchant(fields["vnp_TmnCode"])

    def _encoder(self, fields: Mapping[str, str], merchant: Settings) -> str:
        """How the merchant wrote the fields; "" when the checksum is wrong."""
        secret, spec = merchant.values["hash_secret"], self._spec
        return accepted(secret, fields, encoders=spec.encoders, any_case=spec.any_case_checksum)

    async def _wrong_checksum(self, fields: Mapping[str, str], merchant: Settings, ref: str) -> Response:
        others = await self._desk.other_secrets(fields["vnp_TmnCode"])
        given = fields.get("vnp_SecureHash", "")
        why = explain(merchant.values["hash_secret"], fields, given, others=others)
        code = self._spec.page_words[Reason.WRONG_CHECKSUM].code
        kept = await self._desk.wrong_checksum(code, "pay", ref, merchant.contract, why)
        response = self._error_page(code)
        response.set_cookie(COOKIE, kept, max_age=COOKIE_SECONDS, path=self._path, httponly=True, samesite="lax")
        return response

    async def _turned_away(self, refused: Refused, *, ref: str, contract: str) -> Response:
        code = self._spec.page_words[refused.reason].code
        await self._desk.turn_away(refused, code, ref=ref, contract=contract)
        return self._error_page(code)

    def _error_page(self, code: str) -> Response:
        return RedirectResponse(f"{self._path}/paymentv2/Payment/Error.html?code={code}", 302)
