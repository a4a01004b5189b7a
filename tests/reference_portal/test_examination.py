import hashlib
from datetime import timedelta
from io import BytesIO

import httpx
import pytest
import respx
from asn1crypto import cms
from cryptography.x509 import ocsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from reference_portal import certificates, seals
from reference_portal.seals import Seal, Strictness
from tests.reference_portal.authority import NOW, OCSP, Authority, Holder, Leaf


@pytest.fixture(scope="module")
def signed(paper: bytes, citizen: Holder, authority: Authority) -> bytes:
    return made(paper, citizen, authority)


def made(paper: bytes, holder: Holder, authority: Authority) -> bytes:
    prepared = seals.prepare(paper, certificate=holder.der, chain=(authority.ca.der,), doc_id="88626142", now=NOW)
    return seals.finish(prepared, holder.sign(prepared.digest))


def judged(
    file: bytes, authority: Authority, strictness: Strictness = seals.ALL, **responder: object
) -> tuple[Seal, ...]:
    with authority.answering(**responder):  # type: ignore[arg-type]  # the responder's own options
        return seals.examine(file, roots=(authority.root.der,), intermediates=(), now=NOW, strictness=strictness)


def cut(signed: bytes) -> tuple[int, int]:
    """Where the hole of the last signature begins and ends."""
    at = signed.rindex(b"/ByteRange")
    numbers = [int(n) for n in signed[signed.index(b"[", at) + 1 : signed.index(b"]", at)].split()]
    return numbers[1], numbers[2]


def refilled(signed: bytes, contents: bytes) -> bytes:
    """The same file with another CMS in its hole; made without any PDF library."""
    start, end = cut(signed)
    return signed[: start + 1] + contents.hex().encode().ljust(end - start - 2, b"0") + signed[end - 1 :]


def changed(signed: bytes, change, holder: Holder | None = None) -> bytes:
    """The CMS changed by `change(signer_info, signed_data)`, and signed again if a holder is given."""
    start, end = cut(signed)
    info = cms.ContentInfo.load(bytes.fromhex(signed[start + 1 : end - 1].decode()))
    signer = info["content"]["signer_infos"][0]
    change(signer, info["content"])
    if holder:
        attributes = signer["signed_attrs"].untag().dump(force=True)
        signer["signature"] = holder.sign(hashlib.sha256(attributes).digest())
    return refilled(signed, info.dump(force=True))


def without(name: str):
    def change(signer, _content) -> None:
        kept = [each for each in signer["signed_attrs"] if each["type"].native != name]
        signer["signed_attrs"] = cms.CMSAttributes(kept)

    return change


def test_a_right_seal_is_valid_and_says_who(signed, authority, citizen):
    (seal,) = judged(signed, authority)

    assert (seal.valid, seal.problem_vi, seal.covers_whole) == (True, None, True)
    assert (seal.signer, seal.personal_id) == ("Nguyễn Thị Mỹ Dưỡng", "001099000001")
    assert seal.serial == certificates.serial(citizen.certificate)
    assert (seal.issuer, seal.at) == ("VNPT SmartCA RS (MO PHONG)", NOW)


def test_the_digest_is_the_one_that_was_signed(paper, citizen, authority):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(authority.ca.der,), doc_id="1", now=NOW)

    (seal,) = judged(seals.finish(prepared, citizen.sign(prepared.digest)), authority)

    assert seal.digest == prepared.digest


def test_a_file_without_signature_has_no_seals_whatever_it_says(paper, authority):
    assert judged(paper, authority) == ()


@pytest.mark.parametrize("file", [b"", b"nonsense", b"%PDF-1.4\n%%EOF"])
def test_a_file_that_cannot_be_read_is_one_invalid_seal(file, authority):
    (seal,) = judged(file, authority)

    assert not seal.valid
    assert seal.problem_vi


@pytest.mark.parametrize("at", [20, 5000, 20000])
def test_a_changed_byte_breaks_the_seal(signed, authority, at):
    altered = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]

    assert not any(seal.valid for seal in judged(altered, authority))


@pytest.mark.parametrize("behind", [b"\n", b"\n%%EOF\n", b"x" * 5000])
def test_bytes_behind_the_signature_break_it(signed, authority, behind):
    assert [seal.valid for seal in judged(signed + behind, authority)] == [False]


def test_a_truncated_file_is_broken(signed, authority):
    assert not any(seal.valid for seal in judged(signed[:-10], authority))


def test_a_picture_laid_over_a_signed_page_breaks_it(signed, authority):
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 0 600 600 re f")))
    output = BytesIO()
    writer.write(output)

    (seal,) = judged(output.getvalue(), authority)

    assert (seal.valid, seal.covers_whole) == (False, False)


def test_an_empty_update_behind_the_signature_breaks_it(signed, authority):
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.root[pdf_name("/Extra")] = generic.NumberObject(1)
    writer.update_root()
    output = BytesIO()
    writer.write(output)

    assert [seal.valid for seal in judged(output.getvalue(), authority)] == [False]


def test_a_page_changed_between_two_signatures_breaks_the_first(signed, authority):
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 0 600 600 re f")))
    output = BytesIO()
    writer.write(output)
    second = made(output.getvalue(), authority.issue(), authority)

    assert [seal.valid for seal in judged(second, authority)] == [False, True]


def test_something_behind_the_cms_in_its_hole_is_refused(signed, authority):
    start, end = cut(signed)
    spoiled = signed[: end - 3] + b"41" + signed[end - 1 :]

    assert signed[start : start + 1] == b"<"
    assert [seal.valid for seal in judged(spoiled, authority)] == [False]


@pytest.mark.parametrize("name", ["signing_certificate_v2", "message_digest", "content_type"])
def test_a_missing_attribute_is_refused_though_rightly_signed(signed, citizen, authority, name):
    assert [seal.valid for seal in judged(changed(signed, without(name), citizen), authority)] == [False]


def test_a_cms_without_signed_attributes_is_refused(signed, citizen, authority):
    start, end = cut(signed)

    def bare(signer, _content) -> None:
        signer["signed_attrs"] = None
        signer["signature"] = citizen.sign(hashlib.sha256(signed[:start] + signed[end:]).digest())

    assert [seal.valid for seal in judged(changed(signed, bare), authority)] == [False]


def test_a_value_over_the_byte_range_is_refused(signed, citizen, authority):
    start, end = cut(signed)
    value = citizen.sign(hashlib.sha256(signed[:start] + signed[end:]).digest())

    def wrong(signer, _content) -> None:
        signer["signature"] = value

    assert [seal.valid for seal in judged(changed(signed, wrong), authority)] == [False]


def test_a_value_by_another_key_is_refused(signed, authority):
    other = authority.issue()

    assert [seal.valid for seal in judged(changed(signed, lambda *_: None, other), authority)] == [False]


def test_attached_content_is_refused(signed, citizen, authority):
    def attached(_signer, content) -> None:
        content["encap_content_info"] = {"content_type": "data", "content": b"something else"}

    assert [seal.valid for seal in judged(changed(signed, attached, citizen), authority)] == [False]


def test_the_raw_value_in_place_of_a_cms_is_refused(signed, citizen, authority):
    assert not any(seal.valid for seal in judged(refilled(signed, citizen.sign(bytes(32))), authority))


def test_a_chain_that_only_looks_like_ours_is_refused(paper, authority):
    lookalike = Authority.make()
    file = made(paper, lookalike.issue(), lookalike)

    (seal,) = judged(file, authority)

    assert not seal.valid
    assert seal.covers_whole
    assert "công nhận" in str(seal.problem_vi)


def test_a_citizens_certificate_issues_none(paper, authority, citizen):
    fake = Authority(authority.root, citizen)
    file = made(paper, fake.issue(), fake)

    assert [seal.valid for seal in judged(file, authority)] == [False]


def test_the_portal_carries_the_intermediates_that_a_file_lacks(paper, citizen, authority):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(), doc_id="1", now=NOW)
    file = seals.finish(prepared, citizen.sign(prepared.digest))

    assert [seal.valid for seal in judged(file, authority)] == [False]
    with authority.answering():
        found = seals.examine(file, roots=(authority.root.der,), intermediates=(authority.ca.der,), now=NOW)
    assert [seal.valid for seal in found] == [True]


@pytest.mark.parametrize(
    "leaf",
    [
        Leaf(end=NOW - timedelta(seconds=1)),
        Leaf(start=NOW + timedelta(minutes=1)),
        Leaf(signing=False),
        Leaf(bits=1024),
    ],
    ids=["expired", "not yet", "not for signing", "weak key"],
)
def test_an_unfit_certificate_is_refused(paper, authority, leaf):
    assert [seal.valid for seal in judged(made(paper, authority.issue(leaf), authority), authority)] == [False]


@pytest.mark.parametrize("status", [ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN])
@pytest.mark.parametrize("whose", ["citizen", "ca"])
def test_a_certificate_that_is_not_good_is_refused(paper, status, whose):
    authority = Authority.make()
    citizen = authority.issue()
    file = made(paper, citizen, authority)
    authority.status[(citizen if whose == "citizen" else authority.ca).certificate.serial_number] = status

    (seal,) = judged(file, authority)

    assert (seal.valid, seal.covers_whole) == (False, True)


@pytest.mark.parametrize(
    "responder",
    [{"nonce": b"n" * 16}, {"age": timedelta(days=1)}, {"age": timedelta(days=-1)}],
    ids=["another nonce", "stale", "from the future"],
)
def test_a_status_that_cannot_be_believed_is_no_status(signed, authority, responder):
    (seal,) = judged(signed, authority, **responder)

    assert not seal.valid
    assert "OCSP" in str(seal.problem_vi)


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(503), httpx.Response(200, html="<p>Bảo trì</p>"), httpx.ConnectError("refused")],
    ids=["503", "html", "refused"],
)
def test_no_status_is_not_good(signed, authority, answer):
    with respx.mock:
        respx.post(OCSP).mock(side_effect=[answer])
        (seal,) = seals.examine(signed, roots=(authority.root.der,), intermediates=(), now=NOW)

    assert not seal.valid
    assert "OCSP" in str(seal.problem_vi)


def test_a_status_signed_by_a_stranger_is_no_status(signed, authority):
    stranger = Authority(authority.root, Authority.make().ca)
    with stranger.answering():
        (seal,) = seals.examine(signed, roots=(authority.root.der,), intermediates=(), now=NOW)

    assert not seal.valid


def test_each_part_of_the_strictness_can_be_switched_off_alone(paper, signed, authority):
    lookalike, revoking = Authority.make(), Authority.make()
    foreign = made(paper, lookalike.issue(), lookalike)
    citizen = revoking.issue()
    revoked = made(paper, citizen, revoking)
    revoking.status[citizen.certificate.serial_number] = ocsp.OCSPCertStatus.REVOKED
    altered = signed[:5000] + bytes([signed[5000] ^ 1]) + signed[5001:]

    cases = [(altered, authority), (foreign, authority), (revoked, revoking)]
    loose = [Strictness(integrity=False), Strictness(chain=False), Strictness(revocation=False)]

    table = [[judged(file, whose, strictness)[0].valid for file, whose in cases] for strictness in loose]

    assert table == [[True, False, False], [False, True, False], [False, False, True]]


@pytest.mark.parametrize(
    ("uids", "number"),
    [
        (("CCCD:001099000001",), "001099000001"),
        (("MST:0100000001", "CCCD:001099000001"), "001099000001"),
        (("MST:0100000001",), "0100000001"),
        (("CCCD:001099000001", "CCCD:001099000002"), ""),
        (("001099000001",), ""),
        ((), ""),
    ],
)
def test_who_signed_is_read_from_the_uid(authority, uids, number):
    assert certificates.personal_id(authority.issue(Leaf(uids=uids)).certificate) == number


def test_a_chain_is_completed_from_known_certificates_without_the_root(authority, citizen):
    known = (authority.root.der, Authority.make().ca.der, authority.ca.der)

    assert certificates.complete_chain(citizen.der, known) == (authority.ca.der,)
    assert certificates.complete_chain(citizen.der, ()) == ()
