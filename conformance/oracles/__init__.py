"""Judges of what a portal leaves behind: signed PDFs and XML, by hand and by a library, with other programs beside them."""

from conformance.oracles.findings import Assertion, Diagnosis, Finding, Judgement, Signer, expecting
from conformance.oracles.judging import judge
from conformance.oracles.outside import openssl_verifies, pdfsig_agrees, pdfsig_says, xmlsec1_verifies
from conformance.oracles.revocation import ask_over_http
from conformance.oracles.xml_judging import judge_xml

__all__ = [
    "Assertion",
    "Diagnosis",
    "Finding",
    "Judgement",
    "Signer",
    "ask_over_http",
    "expecting",
    "judge",
    "judge_xml",
    "openssl_verifies",
    "pdfsig_agrees",
    "pdfsig_says",
    "xmlsec1_verifies",
]
