"""OpenSSL judges what the status services say: OCSP, CRL and timestamps, against a live server."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.interop.live import Live
from tests.needs import needs

pytestmark = needs("openssl")
PEM = serialization.Encoding.PEM


def openssl(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=30)
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


@pytest.fixture
def folder(ca: Live, tmp_path: Path) -> Path:
    """A fresh citizen's certificate and everything above it, as files."""
    sheet = ca.post("/control/contracts", {"name": "Cổng thử"})
    citizen = ca.post("/control/citizens", {})["citizens"][0]
    caller = {name: sheet["vnpt"][name] for name in ("sp_id", "sp_password")}
    asked = {**caller, "user_id": citizen["id"], "transaction_id": ""}
    listed = ca.post("/ca/vnpt/sca/sp769/v1/credentials/get_certificate", asked)
    (row,) = listed["data"]["user_certificates"]
    leaf = x509.load_der_x509_certificate(base64.b64decode("".join(row["cert_data"].split())))
    issuer = x509.load_der_x509_certificate(ca.http.get("/pki/ca/vnpt.crt").content)
    (tmp_path / "leaf.pem").write_bytes(leaf.public_bytes(PEM))
    (tmp_path / "ca.pem").write_bytes(issuer.public_bytes(PEM))
    (tmp_path / "root.pem").write_text(sheet["pki"]["root_pem"])
    (tmp_path / "chain.pem").write_bytes((tmp_path / "ca.pem").read_bytes() + (tmp_path / "root.pem").read_bytes())
    (tmp_path / "serial").write_text(row["serial_number"])
    return tmp_path


def change(ca: Live, folder: Path, verb: str) -> None:
    ca.post(f"/control/certificates/{(folder / 'serial').read_text()}/{verb}")


def ocsp(folder: Path, ca: Live, *more: str) -> str:
    return openssl(
        *("ocsp", *more, "-issuer", "ca.pem", "-cert", "leaf.pem", "-CAfile", "root.pem", "-verify_other", "ca.pem"),
        *("-url", f"{ca.url}/pki/ocsp/vnpt"),
        cwd=folder,
    )


def test_ocsp_says_good_held_and_revoked(ca: Live, folder: Path) -> None:
    good = ocsp(folder, ca)
    assert "Response verify OK" in good
    assert "leaf.pem: good" in good
    assert "Nonce" not in good, "openssl says it when the nonce is missing or another"
    change(ca, folder, "suspend")
    held = ocsp(folder, ca)
    assert "leaf.pem: revoked" in held
    assert "Reason: certificateHold" in held
    change(ca, folder, "unsuspend")
    assert "leaf.pem: good" in ocsp(folder, ca, "-no_nonce")
    change(ca, folder, "revoke")
    assert "leaf.pem: revoked" in ocsp(folder, ca, "-sha256")


def verify(folder: Path, ca: Live) -> str:
    for name in ("vnpt", "root"):
        crl = x509.load_der_x509_crl(ca.http.get(f"/pki/crl/{name}.crl").content)
        (folder / f"{name}.crl").write_bytes(crl.public_bytes(PEM))
    (folder / "crls.pem").write_bytes((folder / "vnpt.crl").read_bytes() + (folder / "root.crl").read_bytes())
    return openssl(
        *(
            "verify",
            "-crl_check_all",
            "-CRLfile",
            "crls.pem",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "ca.pem",
            "leaf.pem",
        ),
        cwd=folder,
    )


def test_the_chain_verifies_with_crls_until_the_certificate_is_withdrawn(ca: Live, folder: Path) -> None:
    assert "leaf.pem: OK" in verify(folder, ca)
    change(ca, folder, "suspend")
    assert "certificate revoked" in verify(folder, ca)
    change(ca, folder, "unsuspend")
    assert "leaf.pem: OK" in verify(folder, ca)
    change(ca, folder, "revoke")
    assert "certificate revoked" in verify(folder, ca)


@pytest.mark.parametrize("options", [("-sha256", "-cert"), ("-sha384", "-cert", "-no_nonce"), ("-sha512", "-cert")])
def test_a_timestamp_verifies_and_belongs_to_its_data(ca: Live, folder: Path, options: tuple[str, ...]) -> None:
    (folder / "data").write_text("Tờ khai đăng ký khai sinh")
    (folder / "other").write_text("Tờ khai khác")
    openssl("ts", "-query", "-data", "data", *options, "-out", "query.tsq", cwd=folder)
    reply = ca.http.post("/pki/tsa", content=(folder / "query.tsq").read_bytes())
    (folder / "reply.tsr").write_bytes(reply.content)

    def verified(*about: str) -> str:
        return openssl("ts", "-verify", "-in", "reply.tsr", "-CAfile", "root.pem", *about, cwd=folder)

    assert "Verification: OK" in verified("-data", "data")
    assert "Verification: OK" in verified("-queryfile", "query.tsq")
    assert "Verification: FAILED" in verified("-data", "other")


def test_openssl_reads_a_refused_timestamp(ca: Live, folder: Path) -> None:
    (folder / "data").write_text("x")
    openssl("ts", "-query", "-data", "data", "-sha1", "-out", "query.tsq", cwd=folder)
    reply = ca.http.post("/pki/tsa", content=(folder / "query.tsq").read_bytes())
    (folder / "reply.tsr").write_bytes(reply.content)
    told = openssl("ts", "-reply", "-in", "reply.tsr", "-text", cwd=folder)
    assert "Status: Rejected." in told
    assert "unrecognized or unsupported algorithm" in told
