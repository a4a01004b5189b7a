import dataclasses
import hashlib
import pickle
import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms

from reference_portal import seals
from tests.needs import needs
from tests.reference_portal.authority import NOW, Authority, Holder, Leaf


def seal(pdf: bytes, holder: Holder, authority: Authority, doc_id: str = "88626142") -> bytes:
    prepared = seals.prepare(pdf, certificate=holder.der, chain=(authority.ca.der,), doc_id=doc_id, now=NOW)
    return seals.finish(prepared, holder.sign(prepared.digest))


def parts(signed: bytes) -> tuple[bytes, bytes]:
    """The CMS of the last signature and the bytes that it covers, cut by hand."""
    at = signed.rindex(b"/ByteRange")
    start, length, rest, tail = (int(n) for n in signed[signed.index(b"[", at) + 1 : signed.index(b"]", at)].split())
    contents = bytes.fromhex(signed[length + 1 : rest - 1].decode())
    return contents, signed[start : start + length] + signed[rest : rest + tail]


def test_the_signed_file_begins_with_exactly_the_original_bytes(paper, citizen, authority):
    assert seal(paper, citizen, authority).startswith(paper)


def test_what_is_prepared_survives_a_restart(paper, citizen, authority):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(authority.ca.der,), doc_id="1", now=NOW)

    again = pickle.loads(pickle.dumps(prepared))

    assert seals.finish(again, citizen.sign(again.digest)).startswith(paper)


def test_the_digest_is_that_of_the_signed_attributes_and_not_of_the_bytes(paper, citizen, authority):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(), doc_id="1", now=NOW)

    contents, covered = parts(seals.finish(prepared, citizen.sign(prepared.digest)))

    attributes = cms.ContentInfo.load(contents)["content"]["signer_infos"][0]["signed_attrs"]
    assert prepared.digest == hashlib.sha256(b"\x31" + attributes.dump()[1:]).digest()
    assert prepared.digest != hashlib.sha256(covered).digest()
    named = {attribute["type"].native: attribute["values"][0].native for attribute in attributes}
    assert named["message_digest"] == hashlib.sha256(covered).digest()
    assert "signing_certificate_v2" in named
    assert "signing_time" not in named


def test_a_value_by_another_key_is_refused(paper, citizen, authority):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(), doc_id="1", now=NOW)

    with pytest.raises(seals.WrongAnswer):
        seals.finish(prepared, authority.issue().sign(prepared.digest))


@pytest.mark.parametrize("spoil", [lambda d: bytes(32), lambda d: d[::-1]])
def test_a_value_over_another_digest_is_refused(paper, citizen, spoil):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(), doc_id="1", now=NOW)

    with pytest.raises(seals.WrongAnswer):
        seals.finish(prepared, citizen.sign(spoil(prepared.digest)))


@pytest.mark.parametrize("value", [b"", b"\0" * 256, b"MII" * 80])
def test_what_is_no_signature_value_is_refused(paper, citizen, value):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(), doc_id="1", now=NOW)

    with pytest.raises(seals.WrongAnswer):
        seals.finish(prepared, value)


@pytest.mark.parametrize("file", [b"", b"\xff\xd8\xff\xe0 a photo", b"%PDF-1.4\nnothing more"])
def test_a_file_that_is_no_pdf_cannot_be_sealed(citizen, file):
    with pytest.raises(seals.Unsealable) as refused:
        seals.prepare(file, certificate=citizen.der, chain=(), doc_id="1", now=NOW)

    assert "PDF" in refused.value.message_vi


def test_a_signed_file_is_signed_again_behind_the_first_signature(paper, citizen, authority):
    once = seal(paper, citizen, authority)
    other = authority.issue(Leaf(name="Trần Văn Ưởng", uids=("CCCD:001099000002",)))

    twice = seal(once, other, authority, "88626143")

    assert twice.startswith(once)
    with authority.answering():
        found = seals.examine(twice, roots=(authority.root.der,), intermediates=(), now=NOW)
    assert [(each.valid, each.personal_id) for each in found] == [(True, "001099000001"), (True, "001099000002")]


def test_four_stamps_do_not_lie_upon_each_other(paper, citizen, authority):
    signed, boxes = paper, set()
    for _ in range(4):
        signed = seal(signed, citizen, authority)
        at = signed.rindex(b"/Rect")
        boxes.add(signed[at : signed.index(b"]", at)])

    assert len(boxes) == 4


def test_a_long_chain_finds_room(paper, citizen, authority):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(authority.ca.der,) * 8, doc_id="1", now=NOW)

    assert seals.finish(prepared, citizen.sign(prepared.digest)).startswith(paper)


def test_filling_without_verifying_is_only_filling(paper, citizen, authority):
    prepared = seals.prepare(paper, certificate=citizen.der, chain=(authority.ca.der,), doc_id="1", now=NOW)
    right = citizen.sign(prepared.digest)

    assert seals.fill(prepared, right) == seals.finish(prepared, right)
    assert seals.fill(dataclasses.replace(prepared, digest=bytes(32)), right) == seals.finish(prepared, right)


@needs("openssl")
def test_openssl_verifies_the_signature(paper, citizen, authority, tmp_path):
    contents, covered = parts(seal(paper, citizen, authority))
    files = {"cms": contents, "content": covered, "root": authority.root.der}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    subprocess.run(["openssl", "x509", "-inform", "DER", "-in", "root", "-out", "root.pem"], cwd=tmp_path, check=True)

    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms", "-content", "content"]
    options = ["-CAfile", "root.pem", "-purpose", "any", "-attime", str(int(NOW.timestamp())), "-out", "seen"]
    subprocess.run([*command, *options], cwd=tmp_path, check=True, capture_output=True)

    assert (tmp_path / "seen").read_bytes() == covered


@needs("pdfsig")
def test_pdfsig_says_the_whole_document_is_signed(paper, citizen, authority, tmp_path):
    file = tmp_path / "signed.pdf"
    file.write_bytes(seal(paper, citizen, authority))

    told = subprocess.run(["pdfsig", "-nocert", str(file)], check=True, capture_output=True, text=True).stdout

    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


@needs("pdftotext")
def test_the_stamp_says_who_and_when_in_vietnam(paper, citizen, authority, tmp_path: Path):
    file = tmp_path / "signed.pdf"
    file.write_bytes(seal(paper, citizen, authority))

    text = subprocess.run(["pdftotext", "-l", "1", str(file), "-"], check=True, capture_output=True, text=True).stdout

    assert "Digitally signed by Nguyễn Thị Mỹ Dưỡng" in text
    assert "Date: 2026.11.21 10:15:22 +07:00" in text
    assert "(88626142)" in text
    assert "Location: Cổng dịch vụ công" in text


@needs("pdftotext")
def test_a_name_that_the_font_lacks_still_makes_a_stamp(paper, authority, tmp_path: Path):
    holder = authority.issue(Leaf(name="Y Čhĭng 黃 " + "Nguyễn " * 4))
    file = tmp_path / "signed.pdf"
    file.write_bytes(seal(paper, holder, authority))

    text = subprocess.run(["pdftotext", "-l", "1", str(file), "-"], check=True, capture_output=True, text=True).stdout

    assert "Digitally signed by Y Čhĭng ? Nguyễn" in text
