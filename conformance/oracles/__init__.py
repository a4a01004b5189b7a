"""Judges of what a portal leaves behind: signed PDFs, by hand and by pyHanko, with pdfsig and openssl beside them."""

from conformance.oracles.findings import Assertion, Diagnosis, Finding, Judgement, Signer
from conformance.oracles.judging import judge
from conformance.oracles.outside import openssl_verifies, pdfsig_agrees, pdfsig_says
from conformance.oracles.revocation import ask_over_http

__all__ = [
    "Assertion",
    "Diagnosis",
    "Finding",
    "Judgement",
    "Signer",
    "ask_over_http",
    "judge",
    "openssl_verifies",
    "pdfsig_agrees",
    "pdfsig_says",
]
