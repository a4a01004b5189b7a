"""The tools by name: why one cannot be measured here, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from benchmarks.flows import Flow
from benchmarks.peers import canned, csc, install, providers


@dataclass(frozen=True)
class Peer:
    """`beside` is the flow of ours that does the like."""

    name: str
    version: str
    beside: str
    missing: Callable[[], str]
    opened: Callable[[], AbstractAsyncContextManager[Flow]]


PEERS = (
    Peer("WireMock", "3.13.2", "sign-request", lambda: install.missing(install.JAR, "java"), canned.wiremock),
    Peer("mountebank", "2.9.1", "sign-request", lambda: install.missing(install.MOUNTEBANK, "node"), canned.mountebank),
    Peer(
        "oidc-provider",
        "9.13.3",
        "login",
        lambda: install.missing(install.OIDC_PROVIDER, "node"),
        providers.oidc_provider,
    ),
    Peer(
        "oidc-provider-mock", "0.3.4", "login", lambda: install.missing(install.OIDC_MOCK), providers.oidc_provider_mock
    ),
    Peer("certomancer-csc-dummy", "0.4.2", "signing", lambda: install.missing(install.CSC), csc.certomancer_csc),
)
