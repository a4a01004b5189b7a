"""OCSP, CRL, timestamps and certificates over HTTP: right answers to right questions, a refusal to all others."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators import catalog
from simulators.ca.spec import CaSpec
from simulators.trust.timestamps import Rejection
from tests.places import Running, running
from tests.simulators.ca.callers import Vnpt

DER = serialization.Encoding.DER
STATUS = ocsp.OCSPCertStatus


@pytest.fixture(scope="session")
def lab() -> Iterator[Running]:
    with running("ca") as made:
        yield made


async def leaf_and_issuer(lab: Running) -> tuple[x509.Certificate, x509.Certificate]:
    caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
    (row,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
    issuer = await lab.place.http.get("/pki/ca/vnpt.crt")
    leaf = x509.load_der_x509_certificate(base64.b64decode("".join(row["cert_data"].split())))
    return leaf, x509.load_der_x509_certificate(issuer.content)


def question(leaf: x509.Certificate, issuer: x509.Certificate, *, nonce: bytes = b"", by: Any = hashes.SHA1) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, by())
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(DER)


async def asked(lab: Running, body: bytes, ca: str = "vnpt") -> ocsp.OCSPResponse:
    reply = await lab.place.http.post(f"/pki/ocsp/{ca}", content=body)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/ocsp-response")
    return ocsp.load_der_ocsp_response(reply.content)


@pytest.mark.parametrize("by", [hashes.SHA1, hashes.SHA256])
def test_good_then_held_then_good_then_revoked(lab: Running, by: Any) -> None:
    async def story() -> None:
        leaf, issuer = await leaf_and_issuer(lab)
        serial = f"{leaf.serial_number:032x}"
        seen = []
        for change in ("", "suspend", "unsuspend", "revoke", "unsuspend"):
            if change:
                await lab.place.control("POST", f"certificates/{serial}/{change}")
            answer = await asked(lab, question(leaf, issuer, by=by))
            seen.append((answer.certificate_status, answer.revocation_reason))
            key = issuer.public_key()
            assert isinstance(key, rsa.RSAPublicKey)
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA256())
        held, gone = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.cessation_of_operation
        good, revoked = (STATUS.GOOD, None), (STATUS.REVOKED, gone)
        assert seen == [good, (STATUS.REVOKED, held), good, revoked, revoked]
        assert answer.revocation_time_utc is not None
        assert answer.revocation_time_utc.microsecond == 0

    lab.run(story())


def test_the_nonce_comes_back_and_only_then(lab: Running) -> None:
    async def story() -> None:
        leaf, issuer = await leaf_and_issuer(lab)
        for size in (1, 16, 32, 128):
            nonce = os.urandom(size)
            answer = await asked(lab, question(leaf, issuer, nonce=nonce))
            assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce
        assert not list((await asked(lab, question(leaf, issuer))).extensions)
        too_long = await asked(lab, question(leaf, issuer, nonce=os.urandom(129)))
        assert too_long.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST

    lab.run(story())


def test_get_answers_as_post(lab: Running) -> None:
    async def story() -> None:
        leaf, issuer = await leaf_and_issuer(lab)
        path = base64.b64encode(question(leaf, issuer, nonce=b"\xff" * 30)).decode()
        for written in (path, path.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")):
            reply = await lab.place.http.get(f"/pki/ocsp/vnpt/{written}")
            assert ocsp.load_der_ocsp_response(reply.content).certificate_status is STATUS.GOOD
        wrong = await lab.place.http.get("/pki/ocsp/vnpt/%21%21%21")
        assert ocsp.load_der_ocsp_response(wrong.content).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST

    lab.run(story())


def test_unknown_serials_and_other_issuers(lab: Running) -> None:
    async def story() -> None:
        leaf, issuer = await leaf_and_issuer(lab)
        root = x509.load_der_x509_certificate((await lab.place.http.get("/pki/root.crt")).content)
        hashed = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA1()).build()
        stranger = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
            hashed.issuer_name_hash, hashed.issuer_key_hash, 4711, hashes.SHA1()
        )
        answer = await asked(lab, stranger.build().public_bytes(DER))
        assert answer.certificate_status is STATUS.UNKNOWN
        unauthorized = await asked(lab, question(leaf, issuer), ca="ca2")
        assert unauthorized.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
        assert (await asked(lab, question(issuer, root), ca="root")).certificate_status is STATUS.GOOD
        assert (await lab.place.http.post("/pki/ocsp/nobody", content=b"")).status_code == 404

    lab.run(story())


def test_the_crl_lists_what_is_held_and_revoked_now(lab: Running) -> None:
    async def story() -> None:
        leaf, issuer = await leaf_and_issuer(lab)
        other, _ = await leaf_and_issuer(lab)
        numbers = []

        async def listed() -> dict[int, x509.ReasonFlags]:
            reply = await lab.place.http.get("/pki/crl/vnpt.crl")
            assert reply.headers["content-type"] == "application/pkix-crl"
            crl = x509.load_der_x509_crl(reply.content)
            key = issuer.public_key()
            assert isinstance(key, rsa.RSAPublicKey)
            assert crl.is_signature_valid(key)
            numbers.append(crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number)
            flags = {
                one.serial_number: one.extensions.get_extension_for_class(x509.CRLReason).value.reason for one in crl
            }
            return {number: flags[number] for number in (leaf.serial_number, other.serial_number) if number in flags}

        assert await listed() == {}
        await lab.place.control("POST", f"certificates/{leaf.serial_number:032x}/suspend")
        await lab.place.control("POST", f"certificates/{other.serial_number:032x}/revoke")
        held, gone = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.cessation_of_operation
        assert await listed() == {leaf.serial_number: held, other.serial_number: gone}
        await lab.place.control("POST", f"certificates/{leaf.serial_number:032x}/unsuspend")
        assert await listed() == {other.serial_number: gone}
        assert sorted(set(numbers)) == numbers, "another list, a greater number (RFC 5280, 5.2.3)"
        assert (await lab.place.http.get("/pki/crl/nobody.crl")).status_code == 404

    lab.run(story())


def test_certificates_can_be_fetched_and_stand_in_the_settings_sheet(lab: Running) -> None:
    async def story() -> None:
        sheet = (await lab.place.contract())["pki"]
        root = x509.load_der_x509_certificate((await lab.place.http.get("/pki/root.crt")).content)
        assert x509.load_pem_x509_certificate((await lab.place.http.get("/pki/root.pem")).content) == root
        assert x509.load_pem_x509_certificate(sheet["root_pem"].encode()) == root
        assert sheet["tsa_url"].endswith("/pki/tsa")
        names = []
        for pem in sheet["authorities_pem"]:
            authority = x509.load_pem_x509_certificate(pem.encode())
            authority.verify_directly_issued_by(root)
            names.append(authority.subject.rfc4514_string())
        cas = catalog.load("simulators.ca.providers", CaSpec).values()
        assert len(names) == len(cas) > 2
        assert all(any(f"CN={ca.subject['CN']}," in name for name in names) for ca in cas)
        assert (await lab.place.http.get("/pki/ca/nobody.crt")).status_code == 404

    lab.run(story())


def stamp_request(digest: bytes, algorithm: str = "sha256", **more: Any) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest}
    return tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, **more}).dump()


async def stamped(lab: Running, body: bytes) -> tsp.TimeStampResp:
    reply = await lab.place.http.post("/pki/tsa", content=body)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/timestamp-reply")
    return tsp.TimeStampResp.load(reply.content)


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_a_timestamp_is_about_the_imprint_and_echoes_the_nonce(lab: Running, algorithm: str) -> None:
    async def story() -> None:
        digest = hashlib.new(algorithm, b"x").digest()
        reply = await stamped(lab, stamp_request(digest, algorithm, nonce=2**63 + 5, cert_req=True))
        assert reply["status"]["status"].native == "granted"
        signed: cms.SignedData = reply["time_stamp_token"]["content"]
        info = signed["encap_content_info"]["content"].parsed
        assert info["message_imprint"]["hashed_message"].native == digest
        assert (info["nonce"].native, info["policy"].native) == (2**63 + 5, "1.3.6.1.4.1.13762.3")
        assert info["accuracy"]["seconds"].native == 1
        signer = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
        sent = [x509.load_der_x509_certificate(each.chosen.dump()) for each in signed["certificates"]]
        (own,) = [each for each in sent if each.serial_number == signer]
        usage = own.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        assert usage.critical
        assert list(usage.value) == [x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]

    lab.run(story())


def test_certificates_come_only_when_asked_for(lab: Running) -> None:
    async def story() -> None:
        reply = await stamped(lab, stamp_request(bytes(32)))
        assert len(reply["time_stamp_token"]["content"]["certificates"]) == 0
        assert reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed["nonce"].native is None

    lab.run(story())


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"", "bad_data_format"),
        (b"\x30\x80", "bad_data_format"),
        (b"\x30\x03\x02\x01\x01", "bad_data_format"),
        (stamp_request(bytes(32)) + b"\x00", "bad_data_format"),
        (stamp_request(bytes(20), "sha1"), "bad_alg"),
        (stamp_request(bytes(31)), "bad_data_format"),
        (stamp_request(bytes(32), req_policy="1.2.3.4"), "unaccepted_policy"),
        (stamp_request(bytes(32), nonce=2**600), "bad_request"),
    ],
)
def test_a_wrong_timestamp_request_gets_the_standards_failure(lab: Running, body: bytes, failure: str) -> None:
    async def story() -> None:
        reply = Rejection.load((await lab.place.http.post("/pki/tsa", content=body)).content)
        assert reply["status"]["status"].native == "rejection"
        assert reply["status"]["fail_info"].native == {failure}

    lab.run(story())


SOUND = stamp_request(bytes(32), nonce=7, cert_req=True)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bytes_make_a_5xx(lab: Running, data: st.DataObject) -> None:
    """Any bytes, and sound requests with one byte changed."""
    any_bytes = st.binary(max_size=60)
    place = st.integers(0, len(SOUND) - 1)
    bent = st.builds(lambda at, byte: SOUND[:at] + bytes([byte]) + SOUND[at + 1 :], place, st.integers(0, 255))
    body = data.draw(any_bytes | bent)
    assert lab.run(lab.place.http.post("/pki/tsa", content=body)).status_code == 200
    assert lab.run(lab.place.http.post("/pki/ocsp/root", content=body)).status_code == 200


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 120), byte=st.integers(0, 255))
def test_no_bent_ocsp_request_makes_a_5xx(lab: Running, bent: bytes, at: int, byte: int) -> None:
    at %= len(bent)
    body = bent[:at] + bytes([byte]) + bent[at + 1 :]
    assert lab.run(lab.place.http.post("/pki/ocsp/vnpt", content=body)).status_code == 200


@pytest.fixture(scope="session")
def bent(lab: Running) -> bytes:
    leaf, issuer = lab.run(leaf_and_issuer(lab))
    return question(leaf, issuer, nonce=b"n" * 16)
