"""Screen 4: the account owner's token signs the registration, which is sent only when the signed file is stored.

The portal never meets a PIN: it hands a digest out, and the citizen's own agent brings the signature back.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from msgspec.structs import replace

from reference_portal import certificates, seals
from reference_portal.accounts import Account
from reference_portal.books import Change
from reference_portal.components import Signature
from reference_portal.dossiers import Refused
from reference_portal.kbnn import mails, paper, screens
from reference_portal.kbnn.holding import demand_sound, der_of, held_of
from reference_portal.kbnn.registrations import (
    PREPARING,
    STATES,
    Code,
    Registration,
    TokenSigning,
    moved,
)
from reference_portal.kbnn.wizard import (
    numbered,
    own,
    prepared_file,
    stored,
    without_signing,
)
from reference_portal.notices import Message, dispatch
from reference_portal.office import Office
from reference_portal.seals import Prepared, WrongAnswer

SENT = "Gửi hồ sơ thành công sang KBNN."
_DIGEST_BYTES = 32
_WHY_NOT = {
    "CKR_PIN_INCORRECT": "Mã PIN không đúng: hồ sơ chưa được ký và chưa được gửi.",
    "CKR_PIN_LOCKED": "USB token đã bị khóa: hồ sơ chưa được ký và chưa được gửi.",
    "CKR_TOKEN_NOT_PRESENT": "Chưa cắm USB token: hồ sơ chưa được ký và chưa được gửi.",
    "CKR_DEVICE_REMOVED": "USB token đã bị rút ra: hồ sơ chưa được ký và chưa được gửi.",
    "CKR_FUNCTION_CANCELED": "Đã hủy ký số: hồ sơ chưa được gửi.",
}
_NOT_SIGNED = "USB token báo lỗi: hồ sơ chưa được ký và chưa được gửi."


async def start(office: Office, person: Account | None, registration_id: str, certificate: str) -> TokenSigning:
    """A digest for the token of the certificate (base64 DER) that was picked from the list."""
    registration = own(office, person, registration_id)
    assert person is not None, "own lets nobody else through"
    der = der_of(certificate)
    _demand_sender(office, registration, person, der)
    await demand_sound(office, der)
    doc_id = f"{secrets.randbelow(10**8):08d}"
    unsigned = await office.workers.run(paper.printed, registration.code or "", _parts(registration))
    prepared = await office.workers.run(
        seals.prepare,
        unsigned,
        certificate=der,
        chain=certificates.complete_chain(der, office.settings.authorities),
        doc_id=doc_id,
        now=office.now(),
    )
    signing = TokenSigning(
        id=uuid4().hex,
        state="waiting",
        doc_id=doc_id,
        digest=prepared.digest.hex(),
        by=person.id,
        certificate=certificate,
    )

    def decide(change: Change) -> None:
        current = change.get(Registration, registration.id)
        assert current is not None, "registrations are never removed"
        if current.version != registration.version:
            raise Refused("changed_meanwhile", "Hồ sơ vừa thay đổi. Vui lòng thực hiện lại.")
        change.put(replace(without_signing(change, current), signing=signing))
        change.put(Code(id=signing.id, about=current.id))
        change.put_file(prepared_file(signing.id), prepared.digest + prepared.state)

    await office.change(decide)
    return signing


async def answer(office: Office, person: Account | None, signing_id: str, reply: Mapping[str, Any]) -> TokenSigning:
    """What the agent said: a signature and its certificate, or the name of what went wrong."""
    place = office.books.get(Code, signing_id)
    registration = own(office, person, place.about if place else "")
    assert person is not None, "own lets nobody else through"
    signing = registration.signing
    if signing is None or signing.id != signing_id or signing.state != "waiting" or signing.by != person.id:
        raise Refused("no_such_signing", "Lần ký số này đã kết thúc. Vui lòng ký lại.", status=404)
    rules = office.parts.rules.kbnn
    if error := str(reply.get("error", "")):
        state = "refused" if error == "CKR_FUNCTION_CANCELED" else "failed"
        ended = replace(signing, state=state, message_vi=_WHY_NOT.get(error, _NOT_SIGNED))
        if rules.sends_unsigned(error):
            return await _sent(office, registration, person, replace(signing, state="signed", message_vi=SENT))
        return await _over(office, registration, ended)
    der = der_of(str(reply.get("certificate", "")))
    _demand_sender(office, registration, person, der)
    try:
        signed, signatures = await _sealed(office, registration, signing, reply)
    except WrongAnswer:
        why = "Chữ ký số nhận được không phải của hồ sơ này bằng chứng thư số đã chọn: hồ sơ chưa được gửi."
        return await _over(office, registration, replace(signing, state="failed", message_vi=why))
    if problems := " ".join(each.problem_vi for each in signatures if each.problem_vi):
        return await _over(office, registration, replace(signing, state="failed", message_vi=problems))
    done = replace(signing, state="signed", message_vi=SENT)
    return await _sent(office, registration, person, done, (signed, signatures))


async def _sealed(
    office: Office, registration: Registration, signing: TokenSigning, reply: Mapping[str, Any]
) -> tuple[bytes, tuple[Signature, ...]]:
    """The signed file and what the examination says of it, as of a stranger's; WrongAnswer where it cannot be made."""
    rules = office.parts.rules.kbnn
    if der_of(str(reply.get("certificate", ""))) != der_of(signing.certificate):
        raise WrongAnswer("another certificate than the one that was picked")
    try:
        value = base64.b64decode(str(reply.get("signature", "")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WrongAnswer("the value is not base64") from error
    kept = office.books.file(prepared_file(signing.id))
    assert kept is not None, f"what was prepared for {signing.id} is lost"
    prepared = Prepared(kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:])
    signed = await office.workers.run(rules.finish, prepared, value)
    found = await office.workers.run(
        seals.examine,
        signed,
        roots=office.settings.roots,
        intermediates=office.settings.authorities,
        now=office.now(),
        strictness=rules.strictness,
    )
    unsigned = await office.workers.run(paper.printed, registration.code or "", _parts(registration))
    return rules.kept(signed, unsigned), tuple(_signature(seal) for seal in found)


async def _over(office: Office, registration: Registration, ended: TokenSigning) -> TokenSigning:
    """Nothing was sent; the next attempt gets a digest of its own."""

    def decide(change: Change) -> None:
        current = _waiting(change, registration, ended)
        change.drop_file(prepared_file(ended.id))
        change.put(replace(current, signing=ended))

    await office.change(decide)
    return ended


async def _sent(
    office: Office,
    registration: Registration,
    person: Account,
    done: TokenSigning,
    stored_file: tuple[bytes, tuple[Signature, ...]] = (b"", ()),
) -> TokenSigning:
    """File, state and the unit's mail in one transaction; only then does anybody read that it was sent."""
    declarer = office.books.get(Account, registration.about)
    content, signatures = stored_file

    def decide(change: Change) -> tuple[Message, ...]:
        current = _waiting(change, registration, done)
        file = uuid4().hex if content else ""
        if content:
            change.put_file(file, content)
        change.drop_file(prepared_file(done.id))
        current = current if current.code else numbered(office, change, current)
        at = office.now().isoformat()
        sent = moved(current, "send", (at, person.name, "citizen"))
        sha256 = hashlib.sha256(content).hexdigest() if content else ""
        sent = replace(sent, signing=done, file=file, sha256=sha256, signatures=signatures, sent=at)
        told = mails.to_unit(office, sent, "send", (declarer.email if declarer else "") or "")
        change.put(sent)
        mails.put(change, told)
        return told

    dispatch(office, await office.change(decide))
    shown = stored(office, registration.id).signing
    assert shown is not None, "it was just saved"
    return shown


def _waiting(change: Change, registration: Registration, signing: TokenSigning) -> Registration:
    """The registration, if it still waits for this very digest."""
    current = change.get(Registration, registration.id)
    assert current is not None, "registrations are never removed"
    if current.version != registration.version or current.signing is None or current.signing.id != signing.id:
        raise Refused("changed_meanwhile", "Hồ sơ vừa thay đổi trong khi ký. Vui lòng ký lại.")
    return current


def _demand_sender(office: Office, registration: Registration, person: Account, der: bytes) -> None:
    """The account owner or an authorised one, all members having confirmed, with the certificate that was declared."""
    rules = office.parts.rules.kbnn
    if registration.state != PREPARING:
        raise Refused("not_in_this_state", f"Không thể gửi khi hồ sơ “{STATES[registration.state]}”.")
    member = registration.member(person.personal_id)
    if member is None or not rules.may_send(member):
        why = "Chỉ chủ tài khoản hoặc người được ủy quyền chủ tài khoản được ký số và gửi hồ sơ."
        raise Refused("not_the_owner", why, status=403)
    screens.demand_complete(registration)
    if waiting := rules.unconfirmed(registration):
        names = ", ".join(each.name for each in waiting)
        raise Refused("not_confirmed", f"Thành viên chưa xác nhận: {names}.", field=screens.MEMBERS)
    if not rules.declared(registration, member, held_of(der)):
        raise Refused("another_certificate", "Chứng thư số đã chọn không phải chứng thư số đã kê khai.", status=422)


def _parts(registration: Registration) -> dict[str, dict[str, str]]:
    """What was declared, by title, label and value."""
    parts = {screens.TITLES[screens.UNIT]: {screens.UNIT_FIELDS[n]: v for n, v in registration.unit.items()}}
    for screen, labels in ((screens.PROJECTS, screens.PROJECT_FIELDS), (screens.MEMBERS, screens.MEMBER_FIELDS)):
        rows = screens.form_of(registration, screen)
        shown = {f"{name.partition('.')[0]}. {labels[name.partition('.')[2]]}": value for name, value in rows.items()}
        parts[screens.TITLES[screen]] = shown
    return parts


def _signature(seal: seals.Seal) -> Signature:
    return Signature(
        valid=seal.valid,
        signer=seal.signer,
        personal_id=seal.personal_id,
        serial=seal.serial,
        issuer=seal.issuer,
        at=str(seal.at or ""),
        digest=seal.digest.hex(),
        problem_vi=seal.problem_vi,
    )
