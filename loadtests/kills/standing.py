"""What must be as it was before a kill: addresses, key, contracts, and the URLs inside certificates."""

import base64
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from conformance.control import Control
from loadtests.kills.ground import Ground
from loadtests.kills.processes import Told


def moved(before: Told, after: Told) -> list[str]:
    """Which of the world's addresses and keys are not what they were."""
    names = [name for name in ("url", "key", "smtp") if getattr(before, name) != getattr(after, name)]
    return [f"{name} is another one after the restart" for name in names]


def changed_sheets(control: Control, sheets: Iterator[dict[str, object]] | list[dict[str, object]]) -> list[str]:
    return [
        f"contract {sheet['contract']} is not what it was"
        for sheet in sheets
        if control.get(f"/control/contracts/{sheet['contract']}") != sheet
    ]


async def dead_urls(ground: Ground) -> list[str]:
    """A citizen's certificate as the CA lists it: its OCSP responder and its CRL answer about it."""
    vnpt, citizen = ground.sheet["vnpt"], ground.customers[0]
    asked = {"sp_id": vnpt["sp_id"], "sp_password": vnpt["sp_password"], "user_id": citizen.id, "transaction_id": ""}
    url = f"{vnpt['base_url']}/v1/credentials/get_certificate"
    reply = await ground.simulators.ask("POST", url, json=asked, through_doors=False)
    row = reply.json()["data"]["user_certificates"][0]
    chain = row["chain_data"]
    ca = chain["ca_cert"] if isinstance(chain, dict) else chain[0]
    certificate, issuer = (
        x509.load_der_x509_certificate(base64.b64decode("".join(one.split()))) for one in (row["cert_data"], ca)
    )
    said = []
    for method, target, body in _addresses(certificate, issuer):
        answer = await ground.simulators.ask(method, target, data=body, through_doors=False)
        if answer.status != 200 or not _good(answer.body, certificate, ocsp_asked=body is not None):
            said.append(f"{target} inside the certificate answers {answer.status}")
    return said


def _addresses(certificate: x509.Certificate, issuer: x509.Certificate) -> Iterator[tuple[str, str, bytes | None]]:
    access = certificate.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).value
    points = certificate.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value
    assert isinstance(access, x509.AuthorityInformationAccess)
    assert isinstance(points, x509.CRLDistributionPoints)
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303  # the protocol's
    for each in access:
        if each.access_method == AuthorityInformationAccessOID.OCSP:
            yield "POST", each.access_location.value, request.public_bytes(Encoding.DER)
    for point in points:
        for name in point.full_name or ():
            yield "GET", name.value, None


def _good(body: bytes, certificate: x509.Certificate, *, ocsp_asked: bool) -> bool:
    if ocsp_asked:
        told = ocsp.load_der_ocsp_response(body)
        return told.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL and (
            told.certificate_status is ocsp.OCSPCertStatus.GOOD
        )
    listed = x509.load_der_x509_crl(body)
    return listed.issuer == certificate.issuer
