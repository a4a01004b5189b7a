"""Timestamp tokens (RFC 3161): a CMS over a TSTInfo, or the failure that the standard names; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from simulators.kernel.records import Instant
from simulators.trust.spec import TrustSpec
from simulators.trust.status import whole

SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}
LONGEST_NONCE = 64
"""Bytes of the integer."""


@dataclass(frozen=True)
class Stamper:
    """The timestamp authority: its certificate, the chain above it, its loaded key."""

    certificate: bytes
    chain: tuple[bytes, ...]
    key: rsa.RSAPrivateKey


@dataclass(frozen=True)
class Asked:
    """What is to be stamped."""

    imprint: tsp.MessageImprint
    nonce: int | None
    wants_certificate: bool


class Rejection(core.Sequence):  # type: ignore[misc]  # asn1crypto is not typed
    """A TimeStampResp without a token, which the library's own type does not know."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


class Failed(Exception):
    """No token: `failure` is PKIFailureInfo's word."""

    def __init__(self, failure: str, text: str) -> None:
        super().__init__(text)
        self.failure = failure
        self.text = text


def asked(body: bytes, spec: TrustSpec) -> Asked:
    """The request, or Failed with the standard's reason."""
    try:
        request = tsp.TimeStampReq.load(body, strict=True)
        version, imprint = request["version"].native, request["message_imprint"]
        algorithm, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
        policy, nonce = request["req_policy"].native, request["nonce"].native
        wants_certificate, extensions = bool(request["cert_req"].native), len(request["extensions"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise Failed("bad_data_format", f"not a TimeStampReq: {error}") from error
    if version != "v1":
        raise Failed("bad_request", f"version {version}")
    if algorithm not in SIZES:
        raise Failed("bad_alg", f"{algorithm}: SHA-256, SHA-384 and SHA-512 are stamped")
    if len(digest) != SIZES[algorithm]:
        raise Failed("bad_data_format", f"{len(digest)} bytes are no {algorithm}")
    if policy not in {None, spec.tsa_policy}:
        raise Failed("unaccepted_policy", f"policy {policy}; there is {spec.tsa_policy}")
    if extensions:
        raise Failed("unaccepted_extension", "extensions are not understood")
    if nonce is not None and nonce.bit_length() > 8 * LONGEST_NONCE:
        raise Failed("bad_request", f"a nonce over {LONGEST_NONCE} bytes")
    return Asked(imprint, nonce, wants_certificate)


def granted(wanted: Asked, stamper: Stamper, serial: int, now: Instant, spec: TrustSpec) -> bytes:
    """The reply with its token."""
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": spec.tsa_policy,
            "message_imprint": wanted.imprint,
            "serial_number": serial,
            "gen_time": whole(now),
            "accuracy": tsp.Accuracy({"seconds": spec.tsa_accuracy}),
            **({"nonce": wanted.nonce} if wanted.nonce is not None else {}),
        }
    )
    token = cms.ContentInfo({"content_type": "signed_data", "content": _signed(info, stamper, now, wanted)})
    return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()  # type: ignore[no-any-return]  # asn1crypto is not typed


def rejected(failed: Failed) -> bytes:
    status = {"status": "rejection", "status_string": [failed.text[:200]], "fail_info": {failed.failure}}
    return Rejection({"status": status}).dump()  # type: ignore[no-any-return]  # asn1crypto is not typed


def _signed(info: tsp.TSTInfo, stamper: Stamper, now: Instant, wanted: Asked) -> cms.SignedData:
    certificate = asn1_x509.Certificate.load(stamper.certificate)
    content = info.dump()
    attributes = _attributes(content, stamper.certificate, now)
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    value = stamper.key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"}),
            "signature": value,
        }
    )
    chain = [asn1_x509.Certificate.load(der) for der in (stamper.certificate, *stamper.chain)]
    return cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
            **({"certificates": chain} if wanted.wants_certificate else {}),
            "signer_infos": [signer],
        }
    )


def _attributes(content: bytes, certificate: bytes, now: Instant) -> cms.CMSAttributes:
    named = {"certs": [{"cert_hash": hashlib.sha256(certificate).digest()}]}
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": whole(now)})]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(content).digest()]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
        ]
    )
