"""FPT.eSign eSignCloud: certificates for a day, files and digests that are signed when the citizen's code comes back."""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable

from cryptography import x509
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulators.ca import digests
from simulators.ca.agreements import SigningFile
from simulators.ca.coded import EsignSpec
from simulators.ca.desk import pdfs
from simulators.ca.desk.agreements import Agreements, Sending, Wanted
from simulators.ca.desk.callers import Caller, contract_of
from simulators.ca.desk.effects import BROKEN
from simulators.ca.desk.relying import Credentials, Relying
from simulators.ca.desk.requests import Desk
from simulators.ca.pdf_signing import Signer
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import esign_types as types
from simulators.ca.wires.dialect import Word
from simulators.ca.wires.esign_words import CERTIFIED, DONE, SENT, EsignDialect
from simulators.ca.wires.replies import MAINTENANCE
from simulators.ca.wires.rows import base64_lines
from simulators.kernel.contracts import Settings
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Event
from simulators.kernel.wire import Route, answer, from_base64

SMS, MAIL = 1, 2
SERVER_TO_SERVER = 2
PROFILE = "PERS.1D"
PDF, SHA256 = "application/pdf", "application/sha256-binary"
FIELD, SUBFILTER = "FPTeSignCloud", "adbe.pkcs7.detached"
MOBILE = re.compile(r"0\d{9,10}")
PREFIXES = ("+84", "0084", "84")
Action = Callable[[Caller, types.Request], Awaitable[Response]]


def routes(desk: Desk, door: Door) -> tuple[Route, ...]:
    """Everything behind a door of this wire."""
    counter, name = Counter(desk, door.dialect), desk.spec.name
    actions: dict[str, Action] = {
        "prepareCertificateForSignCloud": counter.certified,
        "getCertificateDetailForSignCloud": counter.detailed,
        "prepareFileForSignCloud": counter.filed,
        "prepareHashSigningForSignCloud": counter.hashed,
        "regenerateAuthorizationCodeForSignCloud": counter.renewed,
        "authorizeSingletonSigningForSignCloud": counter.authorized,
    }
    return tuple(
        Route(
            "POST",
            f"{door.base}/{function}",
            f"{name}: {function}",
            counter.behind_key(action),
            counter.broken,
            "json",
            types.Request,
            types.Reply,
        )
        for function, action in actions.items()
    )


async def _completed(desk: Desk, part: Settings) -> Settings:
    assert isinstance(desk.spec, EsignSpec), "eSignCloud's wire speaks eSignCloud's facts"
    return await Relying(desk, desk.spec).completed(part)


WIRE = Wire(routes, ("relying_party", "password"), completed=_completed)


class Counter:
    """One CA's desk in eSignCloud's words."""

    def __init__(self, desk: Desk, dialect: EsignDialect) -> None:
        assert isinstance(desk.spec, EsignSpec), "eSignCloud's wire speaks eSignCloud's facts"
        self._desk = desk
        self._spec = desk.spec
        self._dialect = dialect
        self._relying = Relying(desk, desk.spec)
        self._agreements = Agreements(desk, desk.spec)

    def behind_key(self, action: Action) -> Callable[[Request, types.Request], Awaitable[Response]]:
        async def handle(request: Request, given: types.Request) -> Response:
            try:
                caller = await self._relying.caller(_credentials(given))
                return await action(caller, given)
            except Refused as refused:
                return await self._refusal(request, refused, given.relying_party, given.bill_code or "")

        return handle

    async def broken(self, request: Request, why: str) -> Response:
        return await self._refusal(request, Refused(Reason.UNREADABLE, f"the body cannot be read: {why}"))

    async def certified(self, caller: Caller, given: types.Request) -> Response:
        """0 for a certificate issued now, 1010 for one that still serves."""
        if given.certificate_profile != PROFILE:
            raise Refused(
                Reason.UNREADABLE, f"certificateProfile {given.certificate_profile!r}: only {PROFILE} is here"
            )
        certificate, fresh = await self._agreements.certified(caller, _wanted(given))
        return answer(_shown(certificate, DONE if fresh else CERTIFIED))

    async def detailed(self, caller: Caller, given: types.Request) -> Response:
        return answer(_shown(await self._agreements.certificate(caller, given.agreement_uuid), DONE))

    async def filed(self, caller: Caller, given: types.Request) -> Response:
        certificate = await self._agreements.certificate(caller, given.agreement_uuid)
        signer = await self._signer(certificate)
        files = [await self._prepared(one, signer) for one in self._counted(_files(given))]
        return await self._asked(caller, given, files)

    async def hashed(self, caller: Caller, given: types.Request) -> Response:
        return await self._asked(caller, given, [_digest(one) for one in self._counted(_files(given))])

    async def renewed(self, caller: Caller, given: types.Request) -> Response:
        """A new code; the bill that waits stays the one to be authorized."""
        bill_code = await self._agreements.renew(caller, given.agreement_uuid, _sending(given))
        return answer(self._sent(bill_code))

    async def authorized(self, caller: Caller, given: types.Request) -> Response:
        _demand_mode(given)
        named = given.bill_code or "", given.authorize_code or ""
        request, bill = await self._agreements.authorize(caller, given.agreement_uuid, named)
        if request.state is not State.APPROVED:
            reason = request.reason or Reason.EXPIRED
            raise Refused(reason, f"the certificate of the agreement: {reason.value}")
        if request.injected in BROKEN:
            return _failed(request.injected)
        signer = await self._signer(await self._agreements.of(request))
        signed = [
            await _signed(file, document.signature, signer)
            for file, document in zip(bill.files, request.documents, strict=True)
        ]
        return answer(_delivered(request, signed))

    async def _asked(self, caller: Caller, given: types.Request, files: list[tuple[SigningFile, str]]) -> Response:
        _demand_mode(given)
        request = await self._agreements.prepare(caller, given.agreement_uuid, files, _sending(given))
        return answer(self._sent(request.transaction))

    def _sent(self, bill_code: str) -> types.Reply:
        return types.Reply(SENT.code, SENT.text, bill_code=bill_code, remaining_counter=self._spec.code_tries)

    def _counted(self, files: list[types.File]) -> list[types.File]:
        """Before any is read."""
        if not 0 < len(files) <= self._spec.files_per_request:
            why = f"{len(files)} files came: 1 to {self._spec.files_per_request} are taken"
            raise Refused(Reason.BAD_FILES, why)
        return files

    async def _prepared(self, one: types.File, signer: Signer) -> tuple[SigningFile, str]:
        if one.mime_type != PDF or not one.signing_file_name:
            why = f"mimeType {one.mime_type[:60]!r}, signingFileName {one.signing_file_name[:40]!r}: send {PDF} and a name"
            raise Refused(Reason.BAD_ALGORITHM, why)
        raw = from_base64(one.signing_file_data or "")
        if not raw:
            raise Refused(Reason.BAD_FILES, "signingFileData is no base64 of a file")
        field = f"{FIELD}-{self._desk.world.entropy.hex(f'{self._desk.source}.field', 12)}"
        file, digest = await pdfs.prepared(raw, signer, field, self._desk.world.store.now())
        return SigningFile(one.signing_file_name, one.mime_type, file), digest

    async def _signer(self, certificate: Certificate) -> Signer:
        above = await self._desk.world.pki.chain(certificate.ca)
        return Signer((certificate.der_bytes, *above), SUBFILTER)

    async def _refusal(self, request: Request, refused: Refused, relying_party: str = "", ref: str = "") -> Response:
        told = Event(
            source=self._desk.source,
            word="turned_away",
            ref=ref,
            contract=await contract_of(self._desk.world.store, self._spec.id, relying_party),
            body={"reason": refused.reason.value, "why": refused.why, "path": request.url.path},
        )
        await self._desk.world.store.note(told)
        word = self._dialect.word(refused.reason)
        return answer(types.Reply(word.code, word.text))


def _credentials(given: types.Request) -> Credentials:
    told = given.credential_data or types.CredentialData()
    return Credentials(
        given.relying_party, told.username, told.password, told.signature, told.timestamp, told.pkcs1_signature
    )


def _wanted(given: types.Request) -> Wanted:
    details = given.agreement_details or types.AgreementDetails()
    person = details.citizen_id or details.personal_id
    subject = {
        "C": details.country,
        "ST": details.state_or_province,
        "L": details.location,
        "CN": details.personal_name,
    }
    if not given.agreement_uuid or not person:
        raise Refused(Reason.UNREADABLE, "agreementUUID, and citizenID or personalID of agreementDetails, are needed")
    if lost := [name for name, value in subject.items() if not value.strip()]:
        raise Refused(Reason.UNREADABLE, f"agreementDetails lack what becomes {lost[0]} of the certificate's subject")
    return Wanted(given.agreement_uuid, person, subject, _mobile(given.mobile_no or ""), given.email or "")


def _mobile(sent: str) -> str:
    """As 0…; nothing where none is told."""
    for prefix in PREFIXES:
        if sent.startswith(prefix):
            sent = "0" + sent.removeprefix(prefix)
            break
    if sent and not (sent.isascii() and MOBILE.fullmatch(sent)):
        raise Refused(Reason.UNREADABLE, f"mobileNo {sent[:20]!r} is no Vietnamese phone number")
    return sent


def _sending(given: types.Request) -> Sending:
    if given.authorize_method not in {SMS, MAIL}:
        why = f"authorizeMethod {given.authorize_method}: 1 (SMS) and 2 (e-mail) are simulated"
        raise Refused(Reason.UNREADABLE, why)
    return Sending(given.authorize_method == MAIL, given.notification_template or "", given.notification_subject or "")


def _demand_mode(given: types.Request) -> None:
    if given.messaging_mode == SERVER_TO_SERVER:
        raise Refused(Reason.UNREADABLE, "messagingMode 2 (a call back to the relying party) is not simulated")


def _files(given: types.Request) -> list[types.File]:
    """The one file, or the several."""
    if given.multiple_signing_file_data:
        return given.multiple_signing_file_data
    if given.signing_file_data is None:
        return []
    return [types.File(given.signing_file_data, given.signing_file_name or "", given.mime_type or "")]


def _digest(one: types.File) -> tuple[SigningFile, str]:
    if one.mime_type != SHA256:
        raise Refused(Reason.BAD_ALGORITHM, f"mimeType {one.mime_type[:60]!r} of a digest: send {SHA256}")
    digest, _ = digests.read(one.hash or "", ("hex",), "multipleSigningFileData[].hash")
    return SigningFile(one.signing_file_name or "hash", one.mime_type), digest


async def _signed(file: SigningFile, value: str, signer: Signer) -> types.SignedFile:
    if file.prepared is None:
        return types.SignedFile(file.name, file.mime, signature_value=value)
    made = await pdfs.finished(file.prepared, signer, from_base64(value) or b"")
    return types.SignedFile(file.name, file.mime, signed_file_data=base64.b64encode(made).decode())


def _delivered(request: SigningRequest, signed: list[types.SignedFile]) -> types.Reply:
    if len(signed) > 1:
        reply = types.Reply(DONE.code, DONE.text, bill_code=request.transaction, multiple_signed_file_data=signed)
    else:
        (one,) = signed
        reply = types.Reply(
            DONE.code,
            DONE.text,
            bill_code=request.transaction,
            signed_file_data=one.signed_file_data,
            signed_file_name=one.signed_file_name,
            mime_type=one.mime_type,
            signature_value=one.signature_value,
        )
    return reply


def _shown(certificate: Certificate, word: Word) -> types.Reply:
    parsed = x509.load_der_x509_certificate(certificate.der_bytes)
    return types.Reply(
        word.code,
        word.text,
        certificate=base64_lines(certificate.der_bytes, wrapped=False),
        certificate_dn=parsed.subject.rfc4514_string(),
        certificate_serial_number=certificate.id,
        valid_from=certificate.not_before,
        valid_to=certificate.not_after,
    )


def _failed(effect: str) -> Response:
    """What a planned fault makes of an answer."""
    return HTMLResponse(MAINTENANCE) if effect == "html_200" else answer({"error": "Internal Server Error"}, 500)
