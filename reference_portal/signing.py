"""Remote signing: certificates, the request, the citizen's phone, the verified answer; never trusting what comes back."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from msgspec.structs import replace

from reference_portal.accounts import Account
from reference_portal.books import Change
from reference_portal.calls.smartca import Offered, Order, Outcome, ProviderFailed
from reference_portal.certificates import same_serial
from reference_portal.components import Component, Signing, Version
from reference_portal.dossiers import Dossier, Refused
from reference_portal.filing import new_version
from reference_portal.marks import examined_patiently
from reference_portal.office import Office
from reference_portal.rules.signing import Signed
from reference_portal.seals import Prepared, Unsealable, WrongAnswer
from reference_portal.settings import SIGNING_PATIENCE
from reference_portal.steps import not_signed_in, owned, stored

WAYS = (("direct", "VNPT-CA"), ("hub", "VNPT-CA"), ("hub", "CA2"))
POLL_SECONDS = 1.0
DIGEST_BYTES = 32
_CHANGED = "Tập tin đã được thay trong khi chờ ký: kết quả ký không được dùng."


@dataclass(frozen=True)
class Choice:
    """What the citizen chose in the dialog."""

    through: str
    ca: str
    user_id: str
    serial: str = ""


@dataclass(frozen=True)
class _Job:
    """One signing on its way: which component, whose request, what was prepared."""

    dossier: str
    component: str
    signing: Signing
    order: Order
    prepared: Prepared
    content: bytes


async def certificates(office: Office, person: Account | None, choice: Choice) -> tuple[Offered, ...]:
    """What "LẤY CTS" lists: certificates of the number that was typed, from the CA that was chosen."""
    if person is None:
        raise not_signed_in()
    if (choice.through, choice.ca) not in WAYS:
        raise Refused("no_such_ca", "Cổng không kết nối tổ chức chứng thực này.", status=422)
    calls, settings = office.parts.calls, office.settings
    try:
        if choice.through == "direct":
            found = await calls.direct_certificates(office.http, settings.vnpt, choice.user_id)
        else:
            found = await calls.hub_certificates(office.http, settings.neac, choice.ca, choice.user_id)
    except ProviderFailed as failed:
        raise Refused("ca_failed", failed.message_vi, status=502) from failed
    return office.parts.rules.signing.offered(found, choice.user_id, office.now())


async def start(office: Office, person: Account | None, place: tuple[str, str], choice: Choice) -> Signing:
    """Prepares the file, stores the transaction, and only then asks the CA; answers before the phone does."""
    dossier = owned(office, person, place[0], "sign")
    version = _signable(office, dossier, place[1])
    offered = await certificates(office, person, choice)
    certificate = next((one for one in offered if same_serial(one.serial, choice.serial)), None)
    if certificate is None:
        raise Refused("no_such_certificate", "Chứng thư số đã chọn không có hoặc không còn hiệu lực.", status=422)
    content = office.books.file(version.file)
    assert content is not None, f"file {version.file} is lost"
    doc_id = f"{secrets.randbelow(10**8):08d}"
    try:
        prepared = await office.workers.run(
            office.parts.sealing.prepare,
            content,
            certificate=certificate.der,
            chain=certificate.chain,
            doc_id=doc_id,
            now=office.now(),
        )
    except Unsealable as unsealable:
        raise Refused("unsealable", unsealable.message_vi, status=422, field=place[1]) from unsealable
    order = Order(
        user_id=choice.user_id,
        serial=certificate.serial,
        transaction=uuid4().hex,
        doc_id=doc_id,
        digest=prepared.digest,
        description=f"Ký số {version.name}",
    )
    signing = _signing(office, version, order, choice)
    job = _Job(dossier.id, place[1], signing, order, prepared, content)
    await office.change(lambda change: _begin(office, change, dossier, job))
    office.tasks.start(_run(office, job, _asked))
    return signing


async def decided(office: Office, dossier: Dossier, signing_id: str, seconds: float) -> Dossier:
    """The dossier as soon as that signing is decided, or after so many seconds."""
    waiting = any(s.id == signing_id and s.state == "waiting" for c in dossier.components for s in c.signings)
    if waiting:
        await office.bells.wait(signing_id, seconds)
    return stored(office, dossier.id)


def resume(office: Office) -> None:
    """After a restart: the CA is asked how the signings of before stand; the hub's long call cannot be taken up again."""
    for dossier in tuple(office.books.every(Dossier)):
        for component in dossier.components:
            for signing in component.signings:
                if signing.state != "waiting":
                    continue
                if job := _kept(office, dossier.id, component.id, signing):
                    office.tasks.start(_run(office, job, _polled))
                else:
                    over = replace(signing, state="failed", message_vi="Cổng vừa khởi động lại. Vui lòng ký lại.")
                    office.books.transact(lambda c, d=dossier, k=component, s=over: _close(c, d.id, k.id, s))  # type: ignore[misc]  # defaults bind the loop's values


def _signable(office: Office, dossier: Dossier, component_id: str) -> Version:
    component = dossier.component(component_id)
    version = component.current
    if version is None or not office.parts.rules.filing.editable(dossier, component_id):
        raise Refused("nothing_to_sign", "Không có tập tin để ký hoặc hồ sơ không còn được sửa.", field=component_id)
    if version.media != "application/pdf":
        raise Refused("not_a_pdf", "Chỉ ký số được tập tin PDF.", status=415, field=component_id)
    if office.parts.rules.signing.busy(component):
        raise Refused("signing_already", "Tập tin này đang chờ xác nhận trên điện thoại.", field=component_id)
    return version


def _signing(office: Office, version: Version, order: Order, choice: Choice) -> Signing:
    return Signing(
        id=uuid4().hex,
        state="waiting",
        file=version.file,
        doc_id=order.doc_id,
        shown=office.parts.rules.signing.doc_id_shown(order.doc_id),
        transaction=order.transaction,
        through=choice.through,
        ca=choice.ca,
        user_id=choice.user_id,
        serial=order.serial,
        at=office.now().isoformat(),
    )


def _begin(office: Office, change: Change, dossier: Dossier, job: _Job) -> None:
    current = change.get(Dossier, dossier.id)
    assert current is not None, "dossiers are never removed"
    if _signable(office, current, job.component).file != job.signing.file:
        raise Refused("changed_meanwhile", _CHANGED, field=job.component)
    change.put(current.with_component(current.component(job.component).with_signing(job.signing)))
    if job.signing.through == "direct":
        change.put_file(_prepared_file(job.signing), job.prepared.digest + job.prepared.state)


def _prepared_file(signing: Signing) -> str:
    """Where what a restart needs lies until the signing is decided; no version names it, so nobody is shown it."""
    return f"prepared-{signing.id}"


def _kept(office: Office, dossier: str, component: str, signing: Signing) -> _Job | None:
    """The job as it was before the restart, where its prepared document was kept."""
    kept, content = office.books.file(_prepared_file(signing)), office.books.file(signing.file)
    if kept is None or content is None:
        return None
    prepared = Prepared(kept[:DIGEST_BYTES], kept[DIGEST_BYTES:])
    order = Order(
        user_id=signing.user_id,
        serial=signing.serial,
        transaction=signing.transaction,
        doc_id=signing.doc_id,
        digest=prepared.digest,
        description="",
    )
    return _Job(dossier, component, signing, order, prepared, content)


async def _run(office: Office, job: _Job, asking: Callable[[Office, _Job], Awaitable[Outcome]]) -> None:
    """Whatever happens, even the impossible, the signing ends; only the portal's own end leaves it to the next start."""
    signed = Signed("failed", message_vi="Việc ký số bị gián đoạn: tập tin chưa được ký. Vui lòng ký lại.")
    try:
        signed = await _judged(office, job, await asking(office, job))
    except asyncio.CancelledError:
        raise
    except BaseException:
        await _end(office, job, signed)
        raise
    await _end(office, job, signed)


async def _end(office: Office, job: _Job, signed: Signed) -> None:
    await office.change(lambda change: _apply(office, change, job, signed))
    office.bells.ring(job.signing.id)


async def _asked(office: Office, job: _Job) -> Outcome:
    """The phone's answer, by one long call through the hub, by polling (and webhook) at the CA itself."""
    calls, settings = office.parts.calls, office.settings
    if job.signing.through == "hub":
        outcome: Outcome = await calls.hub_sign(office.http, settings.neac, job.signing.ca, job.order)
        return outcome
    outcome = await calls.direct_sign(office.http, settings.vnpt, job.order)
    return await _polled(office, job) if outcome.state == "waiting" else outcome


async def _polled(office: Office, job: _Job) -> Outcome:
    """How the CA says that it stands, once it is decided or the portal's patience since the beginning is over."""
    end = datetime.fromisoformat(job.signing.at).timestamp() + SIGNING_PATIENCE
    while True:
        await office.bells.wait(job.order.transaction, POLL_SECONDS)
        outcome: Outcome = await office.parts.calls.direct_status(office.http, office.settings.vnpt, job.order)
        if outcome.state != "waiting":
            return outcome
        if office.now().timestamp() > end:
            return Outcome("expired")


async def _judged(office: Office, job: _Job, outcome: Outcome) -> Signed:
    """The answer verified, put into the file, and the finished file examined like one from a stranger."""
    if outcome.state != "signed" or outcome.value is None:
        return office.parts.rules.signing.unsigned(outcome, job.content)
    try:
        finished = await office.workers.run(office.parts.sealing.finish, job.prepared, outcome.value)
    except WrongAnswer:
        return Signed("failed", message_vi="Chữ ký nhận được không đúng với tập tin và chứng thư số đã chọn.")
    mark, signatures = await examined_patiently(office, finished, stored(office, job.dossier), "answer")
    if mark != "signed":
        problems = " ".join(s.problem_vi for s in signatures if s.problem_vi)
        return Signed("failed", message_vi=f"Chữ ký số không được chấp nhận. {problems}".strip())
    return Signed("signed", finished, signatures)


def _apply(office: Office, change: Change, job: _Job, signed: Signed) -> None:
    rules = office.parts.rules
    dossier = change.get(Dossier, job.dossier)
    assert dossier is not None, "dossiers are never removed"
    component = dossier.component(job.component)
    state, message = signed.state, signed.message_vi
    fits = rules.signing.same_file(component, job.signing) and rules.filing.editable(dossier, job.component)
    if signed.content is not None and not fits:
        state, message = "failed", _CHANGED
    elif signed.content is not None:
        dossier = dossier.with_component(component.with_version(_signed_version(office, job, signed)))
        change.put_file(_current(dossier.component(job.component)).file, signed.content)
        for marked in rules.signing.marked(dossier, job.component):
            dossier = dossier.with_component(_marked(dossier.component(marked)))
    closed = replace(job.signing, state=state, message_vi=message)
    change.drop_file(_prepared_file(job.signing))
    change.put(dossier.with_component(dossier.component(job.component).with_signing(closed)))


def _signed_version(office: Office, job: _Job, signed: Signed) -> Version:
    assert signed.content is not None, "only content makes a version"
    dossier = stored(office, job.dossier)
    base = next(v for v in dossier.component(job.component).versions if v.file == job.signing.file)
    fresh = new_version(office, signed.content, base.name, base.media)
    return replace(fresh, mark="signed", signatures=signed.signatures, base=base.base or base.file)


def _current(component: Component) -> Version:
    assert component.current is not None, "a signed component has a file"
    return component.current


def _marked(component: Component) -> Component:
    if component.current is None:
        return component
    return replace(component, versions=(*component.versions[:-1], replace(component.current, mark="signed")))


def _close(change: Change, dossier_id: str, component_id: str, signing: Signing) -> None:
    dossier = change.get(Dossier, dossier_id)
    assert dossier is not None, "dossiers are never removed"
    change.put(dossier.with_component(dossier.component(component_id).with_signing(signing)))
