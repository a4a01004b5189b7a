"""TLS of the world: what its listeners show (a certificate of the world's root), and what one of them may show instead."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from simulators.kernel import profiles
from simulators.kernel.pki import ROOT, Pki

TRUSTED, UNKNOWN_ISSUER, ANOTHER_HOST = "trusted", "unknown_issuer", "another_host"
SHOWN = (TRUSTED, UNKNOWN_ISSUER, ANOTHER_HOST)
OWN_HOSTS = ("127.0.0.1", "localhost")
ELSEWHERE = ("login.elsewhere.example",)
KEY_FILE, ROOT_FILE = "tls.pem", "root.pem"


class Tls:
    """`url` is the listener of the login's back channel, the only one whose certificate can be another than the right one."""

    def __init__(self, url: str, root_pem: str, contexts: dict[str, ssl.SSLContext]) -> None:
        self.url = url
        self.root_pem = root_pem
        self.shown = TRUSTED
        self.greeted = 0
        """How many clients have begun a handshake with the back channel since what it shows was last chosen."""
        self._contexts = contexts
        self._hang_up: Callable[[], None] = lambda: None

    @classmethod
    async def begin(cls, pki: Pki, url: str, hosts: Sequence[str], folder: Path) -> Tls:
        """Fresh server certificates under the world's root, and a false one under a root of the same name."""
        root = await pki.authority(ROOT)
        certificate, key = x509.load_der_x509_certificate(root.der_bytes), pki.key(root.keypair)
        # A false root of the same name: whoever compares names alone takes it for the right one.
        false = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = {
            TRUSTED: _server(hosts, certificate, key),
            UNKNOWN_ISSUER: _server(hosts, certificate, false),
            ANOTHER_HOST: _server(ELSEWHERE, certificate, key),
        }
        contexts = {shown: _context(pem, folder / KEY_FILE) for shown, pem in made.items()}
        root_pem = certificate.public_bytes(serialization.Encoding.PEM)
        (folder / ROOT_FILE).write_bytes(root_pem)
        return cls(url, root_pem.decode(), contexts)

    def front(self, *_: Any) -> ssl.SSLContext:
        """For every listener but one."""
        return self._contexts[TRUSTED]

    def back(self, *_: Any) -> ssl.SSLContext:
        """For the back channel: each handshake meets the certificate that is to be shown then."""
        greeting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def choose(connection: Any, _name: str | None, _context: ssl.SSLContext) -> None:
            self.greeted += 1
            connection.context = self._contexts[self.shown]

        greeting.sni_callback = choose
        return greeting

    def when_changed(self, hang_up: Callable[[], None]) -> None:
        """How the listener ends the connections that it keeps: they met the certificate of before."""
        self._hang_up = hang_up

    def show(self, certificate: str) -> None:
        assert certificate in SHOWN, certificate
        self.shown, self.greeted = certificate, 0
        self._hang_up()


def _server(hosts: Sequence[str], issuer: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    """Certificate and key of a server, as PEM; it lasts as long as its issuer, so that a moved clock does not end it."""
    own = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(profiles.name({"C": "VN", "O": profiles.NATIONAL_ROOT["O"], "CN": hosts[0]}))
        .public_key(own.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_named(host) for host in hosts]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    period: tuple[datetime, datetime] = (issuer.not_valid_before_utc, issuer.not_valid_after_utc)
    made = profiles.signed(builder, serial=x509.random_serial_number(), period=period, issuer=issuer, key=key)
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM) + private


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _context(pem: bytes, file: Path) -> ssl.SSLContext:
    """OpenSSL takes a certificate from a file alone: one that nobody else reads, gone at once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    try:
        file.write_bytes(pem)
        context.load_cert_chain(file)
    finally:
        file.unlink()
    return context
