"""The citizen's steps: registration, activation, eKYC, contract, acceptance minutes, and the cure of a refused file."""

from __future__ import annotations

from dataclasses import replace as other
from typing import Literal

from msgspec.structs import replace

from simulators.ca.enrolment import identity, letters, offers
from simulators.ca.enrolment.case import Case
from simulators.ca.enrolment.letters import Prepared
from simulators.ca.enrolment.reasons import Reason, Refused
from simulators.ca.enrolment.records import Details, Device, Enrolment, Paper, Stage
from simulators.ca.enrolment.transitions import Action
from simulators.ca.passwords import Account
from simulators.ca.turns import Turns
from simulators.kernel.records import Change, Instant

Face = Literal["match", "differs"]


def register(case: Case, details: Details, device: str, used: Device | None, prepared: Prepared) -> Change:
    """`used` is who activated an account on this device before. What costs nothing is paid at once."""
    if case.stage is Stage.ACTIVE or case.spec.ca not in case.citizen.not_enrolled:
        why = (
            f"citizen {case.citizen.id} is a subscriber of {case.spec.ca} already: only a first certificate is enrolled"
        )
        raise Refused(Reason.ALREADY_SUBSCRIBER, why)
    stage = case.demand(Action.REGISTER)
    if not device.strip():
        raise Refused(Reason.DEVICE_MISSING, "device is empty: name the phone on which the app is")
    _demand_new(device, used)
    if details.kind not in case.spec.kinds:
        why = f"kind {details.kind!r} is not enrolled here: {', '.join(case.spec.kinds)} is"
        raise Refused(Reason.KIND_NOT_SERVED, why)
    identity.check(case.citizen, details, case.now)
    package = case.spec.package(details.package)
    if package is None:
        known = ", ".join(one.id for one in case.spec.packages)
        raise Refused(Reason.PACKAGE_UNKNOWN, f"package {details.package[:40]!r} is not sold: choose one of {known}")
    file = Enrolment(
        id=case.id,
        ca=case.spec.ca,
        citizen=case.citizen.id,
        stage=stage,
        details=details,
        quote=offers.price(package, case.now, details.applicant, case.spec.promotions),
        device=device.strip(),
        begun=case.file.begun if case.file else case.now,
    )
    if file.quote.amount:
        return case.saved(Action.REGISTER, file)
    return paid(other(case, file=file), prepared)


def paid(case: Case, prepared: Prepared) -> Change:
    """The package is paid, or costs nothing: the code goes out, and its 48 hours begin."""
    return _with_code(case, Action.PAID, prepared)


def resend(case: Case, prepared: Prepared) -> Change:
    """The earlier code is dead."""
    return _with_code(case, Action.RESEND, prepared)


def activate(case: Case, code: str, password: str, used: Device | None, account: Account | None) -> Change:
    """With the code of the message; the password is the account's from now on, also where one was looked at before."""
    case.demand(Action.ACTIVATE)
    file = case.opened
    if case.now > file.code_expires:
        why = f"the code is good for {case.spec.activation_window} ms after it was sent: ask for a new one (resend)"
        raise Refused(Reason.CODE_LATE, why)
    if file.code_wrong >= case.spec.code_tries:
        raise Refused(Reason.CODE_TRIES_USED, "too many wrong codes: ask for a new one (resend)", 0)
    if code.strip() != file.code:
        left = case.spec.code_tries - file.code_wrong - 1
        why = f"code is not the one that was sent: {left} tries are left"
        return case.counted(replace(file, code_wrong=file.code_wrong + 1), Refused(Reason.CODE_WRONG, why, left))
    _demand_new(file.device, used)
    if len(password) < case.spec.password_length:
        why = f"password has {len(password)} characters: take {case.spec.password_length} or more"
        raise Refused(Reason.PASSWORD_WEAK, why)
    device = Device(id=device_id(case.spec.ca, file.device), citizen=file.citizen)
    renamed = (replace(account, password=password),) if account else ()
    return case.move(Action.ACTIVATE, device, *renamed, password=password, code="")


def identify(case: Case, read: str, face: Face, prepared: Prepared) -> Change:
    """eKYC. `read` is the number that the photographed card shows; which checks the real ones make is UNKNOWN."""
    case.demand(Action.IDENTIFY)
    identity.check_term(case.citizen, case.now)
    file = case.opened
    if read == file.details.card_number and face == "match":
        return case.move(Action.IDENTIFY)
    wrong = file.identity_wrong + 1
    left = case.spec.ekyc_tries - wrong
    reason = Reason.EKYC_FACE if read == file.details.card_number else Reason.EKYC_PAPER
    field = "face" if reason is Reason.EKYC_FACE else "card_number"
    refused = Refused(reason, f"{field} does not fit who registered: {left} tries are left", left)
    if left:
        return case.counted(replace(file, identity_wrong=wrong), refused)
    refusal = "Xác thực giấy tờ (eKYC) không thành công"
    change = case.move(Action.GIVE_UP, identity_wrong=wrong, refusal=refusal)
    return other(
        change,
        records=(*change.records, *letters.refused(case.spec, change.result, prepared, case.now)),
        refused=refused,
    )


def sign_contract(case: Case, paper: Paper, keypair: str) -> Change:
    """Begins the appraisal, which goes on while the app is closed."""
    due = Instant(case.now + case.spec.appraisal)
    return case.move(Action.SIGN_CONTRACT, contract_paper=paper, keypair=keypair, due=due)


def update(case: Case, details: Details) -> Change:
    """The cure of a refused file: corrected details, then eKYC and contract anew; package and price stay."""
    case.demand(Action.UPDATE)
    before = case.opened.details
    corrected = replace(details, package=before.package, channel=before.channel)
    if corrected.kind != before.kind:
        why = f"kind {corrected.kind!r}: the file was begun as {before.kind!r} and stays so"
        raise Refused(Reason.KIND_NOT_SERVED, why)
    identity.check(case.citizen, corrected, case.now)
    return case.move(Action.UPDATE, details=corrected, refusal="", identity_wrong=0, contract_paper=None)


def sign_minutes(case: Case, paper: Paper, serial: str) -> Change:
    """The certificate is handed over: from now on the CA lists it. Told: the milliseconds since the registration."""
    package = case.spec.package(case.opened.details.package)
    assert package is not None, "registration looked it up"
    counted = (Turns(id=case.id, left=0),) if package.per_signature else ()
    change = case.move(Action.SIGN_MINUTES, *counted, minutes=paper, serials=(serial,))
    took = case.now - case.opened.begun
    served = case.event("enrolment_served", took=took, late=took > case.spec.provision_limit)
    return other(change, events=(*change.events, served))


def ended(file: Enrolment, now: Instant) -> Change:
    """By the control side, before its time: the code that waits for its activation is too old, the appraisal is due."""
    if file.stage is Stage.PAID and now <= file.code_expires:
        return Change((replace(file, code_expires=Instant(now - 1)),))
    if file.due is not None and now < file.due:
        return Change((replace(file, due=now),))
    return Change()


def device_id(ca: str, device: str) -> str:
    return f"{ca}/{device}"


def _demand_new(device: str, used: Device | None) -> None:
    if used is not None:
        why = f"device {device[:40]!r} had an account activated before: take one that never had"
        raise Refused(Reason.DEVICE_USED, why)


def _with_code(case: Case, action: Action, prepared: Prepared) -> Change:
    expires = Instant(case.now + case.spec.activation_window)
    change = case.move(action, code=prepared.code, code_expires=expires, code_wrong=0, order="")
    return other(change, records=(*change.records, *letters.code(case.spec, change.result, prepared, case.now)))
