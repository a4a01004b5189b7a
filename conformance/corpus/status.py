"""The status services of the corpus: OCSP and CRL of its authorities; the address names what is odd about an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from conformance.corpus.authorities import CA, CITIZEN, DAY, NOW, OFFICIAL_CA, OFFICIAL_ROOT, ROOT, Held, issue, key_of
from conformance.corpus.authorities import Wish as _Wish

ODDITIES = ("silent", "stale", "future", "unknown", "nonce", "wrong-key")
_AGES = {"stale": (NOW - 40 * DAY, NOW - 20 * DAY), "future": (NOW + DAY, NOW + 2 * DAY)}


@dataclass(frozen=True)
class StatusService:
    """`revoked`: serial -> since when (suspended, to OCSP); `oddity` is of all answers, else the last part of the path."""

    revoked: Mapping[int, datetime] = field(default_factory=dict)
    oddity: str = ""
    crl: bool = True
    issuers: Sequence[Held] = (CA, ROOT, OFFICIAL_CA, OFFICIAL_ROOT)

    def ask(self, url: str, request: bytes | None) -> bytes | None:
        """What stands at `url`: a CRL without a request, an OCSP answer to one; None = nobody answers."""
        path = url.partition("//")[2].split("/")[1:]
        if request is None:
            return self._crl(path) if self.crl else None
        odd = self.oddity or next((part for part in path if part in ODDITIES), "")
        return None if odd == "silent" else self._ocsp(ocsp.load_der_ocsp_request(request), odd)

    def _ocsp(self, asked: ocsp.OCSPRequest, odd: str) -> bytes | None:
        issuer = next((one for one in self.issuers if _is_issuer(asked, one)), None)
        if issuer is None:
            return None
        revoked = self.revoked.get(asked.serial_number)
        this, until = _AGES.get(odd, (NOW, NOW + DAY))
        status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
        status = ocsp.OCSPCertStatus.UNKNOWN if odd == "unknown" else status
        gone = status is ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            asked.hash_algorithm,
            status,
            this,
            until,
            revoked if gone else None,
            x509.ReasonFlags.certificate_hold if gone else None,
        )
        builder = _with_nonce(builder, asked, odd)
        if odd == "wrong-key":
            issuer = issue(issuer.certificate.subject, key_of("stranger"), None, _Wish(ca=True))
            builder = builder.certificates([issuer.certificate])
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _crl(self, path: Sequence[str]) -> bytes | None:
        odd = next((part for part in path if part in ODDITIES), "")
        issuer = next((one for one in self.issuers if path and path[-1] == f"{one.serial:x}"), None)
        if issuer is None or odd == "silent":
            return None
        builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
        this, until = _AGES.get(odd, (NOW, NOW + DAY))
        builder = builder.last_update(this).next_update(until)
        for serial, since in self.revoked.items():
            row = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
            builder = builder.add_revoked_certificate(row)
        key = key_of("stranger") if odd == "wrong-key" else issuer.key
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _with_nonce(builder: ocsp.OCSPResponseBuilder, asked: ocsp.OCSPRequest, odd: str) -> ocsp.OCSPResponseBuilder:
    try:
        nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return builder
    return builder.add_extension(x509.OCSPNonce(b"another nonce 16" if odd == "nonce" else nonce), critical=False)


def _is_issuer(asked: ocsp.OCSPRequest, held: Held) -> bool:
    probe = (
        ocsp.OCSPRequestBuilder().add_certificate(CITIZEN.certificate, held.certificate, asked.hash_algorithm).build()
    )
    return probe.issuer_key_hash == asked.issuer_key_hash
