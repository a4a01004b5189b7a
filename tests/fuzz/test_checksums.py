"""Any order info and amount: one checksum by the simulators, by npm `vnpay` and by the reference portal, both ways."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reference_portal.calls import vnpay as portal
from simulators.payment.checksum import accepted, base_string, checksum
from simulators.payment.providers.vnpay import PROVIDER
from tests.needs import needs

HERE = Path(__file__).parent / "vnpay"
TERMINAL = {"tmn_code": "SIMTMN01", "hash_secret": "SIMSECRETSIMSECRETSIMSECRETSIM01"}
SHEET = {**TERMINAL, "pay_url": "http://127.0.0.1:4/vpcpay.html"}
HOST, BACK = "http://127.0.0.1:4", "http://localhost:9/ve?x=1"
STEADY = settings(derandomize=True, deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
AGREED = re.compile(r"[^!'()*~]*")
"""Form encoders write these six differently: the document forbids them, and nobody's checksum of them is everybody's."""
INFO = st.text(min_size=1, max_size=255)
AMOUNT = st.integers(1, 9_999_999_999)


@dataclass
class Library:
    """npm `vnpay` in one process that answers line by line."""

    process: subprocess.Popen[str]

    def ask(self, **asked: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"terminal": TERMINAL, "host": HOST, **asked}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def library(request: pytest.FixtureRequest) -> Iterator[Library]:
    """Fetched once for each worker; no lock file."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = Path(request.config.cache.mkdir(f"fuzz-vnpay-{worker}"))
    for name in ("package.json", "checksums.mjs"):
        shutil.copy(HERE / name, folder / name)
    if not (folder / "node_modules/vnpay/package.json").exists():
        command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
    environment = {**os.environ, "TZ": "UTC"}
    command = ["node", "checksums.mjs"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen(command, cwd=folder, env=environment, **pipes) as process:
        yield Library(process)
        with contextlib.suppress(OSError):
            process.stdin.close()


def order(info: str, amount: int) -> dict[str, Any]:
    return {
        "vnp_Amount": amount,
        "vnp_IpAddr": "127.0.0.1",
        "vnp_TxnRef": "T1",
        "vnp_OrderInfo": info,
        "vnp_ReturnUrl": BACK,
        "vnp_CreateDate": 20261121100000,
    }


def query_of(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


@needs("node", "npm")
@STEADY
@example(info="Nộp lệ phí hồ sơ & 50% a+b = c/d?e#f", amount=10_000)
@example(info="e\u0301 é \u202e \ufeff 😀 \x00 \r\n", amount=1)
@example(info="\ufffd\U0010ffff", amount=9_999_999_999)
@given(info=INFO, amount=AMOUNT)
def test_any_order_has_one_checksum_by_three_hands(library: Library, info: str, amount: int) -> None:
    info = "".join(AGREED.findall(info)).strip() or "x"  # the library trims, as a form does

    pairs = query_of(library.ask(fields=order(info, amount))["url"])
    fields = dict(pairs)

    assert (fields["vnp_OrderInfo"], fields["vnp_Amount"]) == (info, str(amount * 100))
    theirs = fields["vnp_SecureHash"]
    assert checksum(TERMINAL["hash_secret"], base_string(fields)) == theirs
    assert accepted(TERMINAL["hash_secret"], fields, encoders=PROVIDER.encoders, any_case=False)
    assert portal.checksum_ok(TERMINAL["hash_secret"], pairs)


@needs("node", "npm")
@STEADY
@given(info=INFO, amount=AMOUNT)
def test_any_notice_that_the_simulators_sign_is_believed_by_both(library: Library, info: str, amount: int) -> None:
    info = "".join(AGREED.findall(info)).strip() or "x"
    told = {"vnp_TmnCode": TERMINAL["tmn_code"], "vnp_Amount": str(amount * 100), "vnp_TxnRef": "T1"}
    told |= {"vnp_OrderInfo": info, "vnp_ResponseCode": "00", "vnp_TransactionStatus": "00", "vnp_BankCode": "NCB"}
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in told.items())
    signed = f"{query}&vnp_SecureHash={checksum(TERMINAL['hash_secret'], base_string(told))}"

    assert portal.checksum_ok(TERMINAL["hash_secret"], parse_qsl(signed, keep_blank_values=True))
    verdict = library.ask(notice=signed)
    assert (verdict["isVerified"], verdict["vnp_OrderInfo"]) == (True, info)


@STEADY
@example(info="乙 ~ !", amount=1)
@given(info=st.text(max_size=400), amount=AMOUNT)
def test_any_pay_url_of_the_reference_portal_is_let_in(info: str, amount: int) -> None:
    bill = portal.Bill(ref="T1", amount=amount, info=info, ip="127.0.0.1")
    url = portal.pay_url(SHEET, bill, return_url=BACK, now=datetime(2026, 11, 21, 3, tzinfo=UTC))
    fields = dict(query_of(url))

    assert accepted(TERMINAL["hash_secret"], fields, encoders=["python"], any_case=False)
    assert re.fullmatch(r"[A-Za-z0-9 ]{1,255}", fields.get("vnp_OrderInfo", ""))


@STEADY
@given(info=INFO, amount=AMOUNT, other=INFO, which=st.sampled_from(["vnp_OrderInfo", "vnp_Amount", "vnp_TxnRef"]))
def test_any_other_value_is_refused_by_both(info: str, amount: int, other: str, which: str) -> None:
    told = {"vnp_Amount": str(amount * 100), "vnp_OrderInfo": info, "vnp_TxnRef": "T1"}
    secret = TERMINAL["hash_secret"]
    fields = {**told, which: other, "vnp_SecureHash": checksum(secret, base_string(told))}
    if other != told[which]:
        assert not accepted(secret, fields, encoders=PROVIDER.encoders, any_case=True)
        assert not portal.checksum_ok(secret, list(fields.items()))
