"""An OCSP answer about a citizen's certificate, with a nonce; every answer's signature, status and nonce are verified."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp

from benchmarks.client import Connection, Wrong, path_of
from benchmarks.flows import Flow
from benchmarks.servers import Simulators

LIMIT = 1.5
LISTED = "/ca/vnpt/sca/sp769/v1/credentials/get_certificate"


async def flow(world: Simulators, size: int) -> Flow:
    sheet = (await world.control("POST", "/control/contracts", {"name": "Cổng đo OCSP"}))["vnpt"]
    (person,) = (await world.control("POST", "/control/citizens", {}))["citizens"]
    asked = {
        "sp_id": sheet["sp_id"],
        "sp_password": sheet["sp_password"],
        "user_id": person["id"],
        "transaction_id": "",
    }
    row = (await world.lanes[0].post(LISTED, asked)).demand(200).json()["data"]["user_certificates"][0]
    leaf = x509.load_der_x509_certificate(base64.b64decode(row["cert_data"]))
    issuer = x509.load_der_x509_certificate(base64.b64decode(row["chain_data"]["ca_cert"]))
    places = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    path = path_of(next(iter(places)).access_location.value)
    question = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA256())

    async def one(lane: Connection, _number: int) -> tuple[bytes, bytes]:
        nonce = secrets.token_bytes(16)
        body = question.add_extension(x509.OCSPNonce(nonce), critical=False).build()
        kind = {"Content-Type": "application/ocsp-request"}
        reply = await lane.ask("POST", path, kind, body.public_bytes(serialization.Encoding.DER))
        return nonce, reply.demand(200).body

    async def verified(done: Sequence[tuple[bytes, bytes]]) -> None:
        key = issuer.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        for nonce, body in done:
            told = ocsp.load_der_ocsp_response(body)
            key.verify(told.signature, told.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA256())
            same = told.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce
            if told.certificate_status is not ocsp.OCSPCertStatus.GOOD or not same:
                raise Wrong(f"an OCSP answer says {told.certificate_status}, nonce {'kept' if same else 'lost'}")

    return Flow(
        "OCSP answer",
        "one certificate asked about with a nonce: its state read, the answer built and signed",
        pids=(world.pid,),
        lanes=world.lanes,
        world=world,
        one=one,
        size=size,
        limit=LIMIT,
        signatures=1,
        check=verified,
    )
