"""What programs outside say of a signed file: poppler's pdfsig, openssl and xmlsec1; None = not checked, said loudly."""

import logging
import re
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from conformance.oracles.findings import Assertion

PATIENCE_SECONDS = 60

_log = logging.getLogger("conformance.oracles")


def pdfsig_says(pdf: bytes) -> str | None:
    """Its whole text; it knows our roots no more than any citizen's machine does, so it speaks of integrity only."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "signed.pdf")
        file.write_bytes(pdf)
        return _run("pdfsig", "-nocert", str(file))


def pdfsig_agrees(pdf: bytes) -> Assertion:
    """Every signature valid, and the last one over the total document."""
    said = pdfsig_says(pdf)
    if said is None:
        return Assertion("pdfsig", held=None, detail="NOT CHECKED: pdfsig (poppler-utils) is not on this machine")
    words = re.findall(r"Signature Validation: (.*)", said)
    total = "Total document signed" in said
    return Assertion(
        "pdfsig", bool(words) and total and set(words) == {"Signature is Valid."}, "; ".join(words) or said
    )


def openssl_verifies(cms: bytes, content: bytes, certificates: bytes) -> Assertion:
    """`openssl cms -verify` over the detached content; certificates (PEM) are the roots and authorities."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in ("cms", "content", "roots")}
        for name, data in (("cms", cms), ("content", content), ("roots", certificates)):
            files[name].write_bytes(data)
        arguments = ("-inform", "DER", "-in", str(files["cms"]), "-content", str(files["content"]), "-binary")
        trust = ("-CAfile", str(files["roots"]), "-purpose", "any", "-out", str(Path(folder, "out")))
        said = _run("openssl", "cms", "-verify", *arguments, *trust)
    if said is None:
        return Assertion("openssl", held=None, detail="NOT CHECKED: openssl is not on this machine")
    return Assertion("openssl", "Verification successful" in said, said.strip())


def xmlsec1_verifies(xml: bytes, certificates: bytes, *, at: datetime) -> Assertion:
    """`xmlsec1 --verify` at that moment, the document's ids told to it; certificates (PEM) are the roots and authorities."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in ("signed.xml", "roots.pem")}
        for name, data in zip(files, (xml, certificates), strict=True):
            files[name].write_bytes(data)
        elements = dict.fromkeys(re.findall(r"<([\w:.-]+)(?=\s[^>]*?\bId=)", xml.decode("utf-8", "replace")))
        ids = [word for name in elements for word in ("--id-attr:Id", name.rpartition(":")[2])]
        trust = ("--trusted-pem", str(files["roots.pem"]), "--verification-gmt-time", f"{at:%Y-%m-%d %H:%M:%S}")
        limits = ("--enabled-reference-uris", "empty,same-doc", "--enabled-key-data", "x509,key-value,rsa,ec")
        said = _run("xmlsec1", "--verify", *limits, *ids, *trust, str(files["signed.xml"]))
    if said is None:
        return Assertion("xmlsec1", held=None, detail="NOT CHECKED: xmlsec1 is not on this machine")
    return Assertion("xmlsec1", re.search(r"^OK$", said, re.MULTILINE) is not None, said.strip())


def _run(program: str, *arguments: str) -> str | None:
    if (found := shutil.which(program)) is None:
        _log.warning("NOT CHECKED: %s is not on this machine", program)
        return None
    done = subprocess.run(  # noqa: S603 -- a program of the machine, with arguments of our own
        (found, *arguments), capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")
