"""Whom the world trusts: root and public CAs of the contract's settings sheet, and the oracle that judges a file by them."""

from datetime import datetime

from conformance.lab import Lab
from conformance.oracles import Judgement, ask_over_http, judge


def authorities(lab: Lab) -> tuple[bytes, ...]:
    """PEM of the public CAs, then of the root."""
    sheet = lab.control.get(f"/control/contracts/{lab.control.contract}")["pki"]
    return tuple(text.encode() for text in (*sheet["authorities_pem"], sheet["root_pem"]))


def judged(lab: Lab, pdf: bytes) -> Judgement:
    """The file as an independent verifier sees it now, certificates' status asked over HTTP."""
    *issuers, root = authorities(lab)
    now = datetime.fromisoformat(lab.control.get("/control/health")["now"])
    return judge(pdf, roots=[root], intermediates=issuers, revocation=ask_over_http, moment=now)
