"""What an applicant does with a dossier: draft, copy, fill, attach, submit, answer, withdraw."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from msgspec.structs import replace

from reference_portal import papers, word
from reference_portal.accounts import Account
from reference_portal.books import Change
from reference_portal.catalogue import AGENCIES, CATALOGUE, MAX_BYTES, MEDIA, WORD, Procedure
from reference_portal.components import Component, Version
from reference_portal.dossiers import REFUSED, Dossier, Numbered, Refused
from reference_portal.marks import examined, reexamined
from reference_portal.notices import carry_out
from reference_portal.office import Office
from reference_portal.steps import Actor, Counter, advance, answer, not_signed_in, owned, stored

VALUE_LENGTH = 300
Allowed = Callable[[Dossier, str], bool]
_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


async def draft(office: Office, person: Account | None, asked: tuple[str, str], copy_of: str | None) -> Dossier:
    """A new draft of (procedure, agency), empty or with what may be copied of an own refused dossier."""
    rules = office.parts.rules
    if person is None and rules.login.draft_needs_account:
        raise not_signed_in()
    procedure = CATALOGUE.get(asked[0])
    agency = None if procedure is None else rules.filing.agency(procedure, asked[1])
    if procedure is None or agency is None:
        raise Refused("no_such_procedure", "Cơ quan này không tiếp nhận thủ tục đã chọn.", status=422)
    new = Dossier(
        id=uuid4().hex,
        about=person.id if person else "",
        procedure=procedure.code,
        agency=agency,
        applicant=person.name if person else "",
        personal_id=person.personal_id if person else "",
        components=tuple(Component(id=rule.id) for rule in procedure.components),
        fees=procedure.fees,
        created=office.now().isoformat(),
        copy_of=copy_of,
    )
    if copy_of is None:
        await office.change(lambda change: change.put(new))
        return stored(office, new.id)
    old = owned(office, person, copy_of, "copy")
    if old.state != REFUSED or old.procedure != new.procedure:
        raise Refused("not_refused", "Chỉ sao chép được hồ sơ không được tiếp nhận, trong cùng thủ tục.")
    await office.change(lambda change: _copy(office, change, old, new))
    return stored(office, new.id)


async def fill(office: Office, person: Account | None, place: tuple[str, str], form: dict[str, str]) -> Dossier:
    """The e-form's values, kept and printed as the component's file."""
    dossier, component = _editable(office, person, place, office.parts.rules.filing.fillable)
    procedure = CATALOGUE[dossier.procedure]
    rule = procedure.component(component.id)
    if rule is None or not rule.form:
        raise Refused("no_form", "Thành phần này không có biểu mẫu điện tử.", status=422, field=component.id)
    for name, value in form.items():
        if name not in rule.form or len(value) > VALUE_LENGTH:
            raise Refused("bad_field", f"Ô “{name}” không hợp lệ hoặc quá dài.", status=422, field=name)
    content = await office.workers.run(
        papers.declaration,
        form,
        procedure=procedure.name,
        agency=AGENCIES[dossier.agency],
        applicant=dossier.applicant,
    )
    version = new_version(office, content, "Tờ khai đăng ký khai sinh.pdf", "application/pdf")
    version = replace(version, mark=office.parts.rules.signing.replaced(component.current, version.mark))
    filled = _Edit(component.id, lambda old: replace(old, form=form).with_version(version), {version.file: content})
    return await _place(office, dossier, filled, office.parts.rules.filing.fillable)


async def attach(office: Office, person: Account | None, place: tuple[str, str], content: bytes, name: str) -> Dossier:
    """A file as it is; its type is read from its content, not from its name. A Word file's PDF comes at once behind it."""
    dossier, component = _editable(office, person, place, office.parts.rules.filing.editable)
    media = next((media for magic, media in _MAGIC.items() if content.startswith(magic)), word.media(content))
    if media not in MEDIA:
        raise Refused("bad_type", "Chỉ nhận tập tin PDF, Word, PNG hoặc JPEG.", status=415, field=component.id)
    if len(content) > MAX_BYTES:
        raise Refused("too_big", f"Tập tin lớn hơn {MAX_BYTES >> 20} MB.", status=413, field=component.id)
    version = new_version(office, content, office.parts.rules.filing.file_name(name), media)
    if media in WORD:
        return await _place(office, dossier, await _printed(office, version, component, content))
    if media == "application/pdf":
        mark, signatures = await examined(office, content, dossier, "upload")
        mark = office.parts.rules.signing.replaced(component.current, mark)
        version = replace(version, mark=mark, signatures=signatures)
    kept = office.parts.rules.filing.kept
    attached = _Edit(component.id, lambda old: kept(old, version), {version.file: content})
    return await _place(office, dossier, attached)


async def _printed(office: Office, original: Version, component: Component, content: bytes) -> "_Edit":
    """What is signed is what the citizen can read before: the PDF is the component's file, the original a version of it."""
    try:
        pdf = await office.workers.run(office.parts.sealing.printed, content, original.name)
    except word.Unconvertible as unconvertible:
        raise Refused("unconvertible", unconvertible.message_vi, status=422, field=component.id) from unconvertible
    mark = office.parts.rules.signing.replaced(component.current, "attached")
    name = f"{original.name.rpartition('.')[0] or original.name}.pdf"
    printed = replace(new_version(office, pdf, name, "application/pdf"), mark=mark)
    files = {original.file: content, printed.file: pdf}
    return _Edit(component.id, lambda old: old.with_version(original).with_version(printed), files)


async def take_away(office: Office, person: Account | None, place: tuple[str, str]) -> Dossier:
    dossier, component = _editable(office, person, place, office.parts.rules.filing.editable)
    emptied = _Edit(component.id, lambda old: replace(old, present=False, form=None))
    return await _place(office, dossier, emptied)


async def act(office: Office, person: Account | None, dossier_id: str, action: str) -> Dossier:
    """Submit, answer a supplement request, or withdraw."""
    dossier = owned(office, person, dossier_id, action)
    assert person is not None, "owned lets nobody else through"
    deed = {"submit": "submit", "supplement": "answer", "withdraw": "withdraw"}.get(action)
    if deed is None:
        raise Refused("not_claimed", "Cổng không cung cấp thao tác này.", status=422)
    office.parts.rules.filing.target(dossier.state, deed)
    if deed != "withdraw":
        dossier = await _complete(office, dossier)
    actor = Actor(person.name, "citizen")

    def decide(change: Change) -> Dossier:
        current = change.get(Dossier, dossier.id)
        assert current is not None, "dossiers are never removed"
        if current.version != dossier.version:
            raise Refused("changed_meanwhile", "Hồ sơ vừa thay đổi. Vui lòng xem lại và thực hiện lại.")
        if deed == "answer":
            done = answer(office, current, actor)
        elif deed == "submit":
            done = _numbered(office, change, advance(office, current, deed, actor))
        else:
            done = advance(office, current, deed, actor)
        change.put(done)
        return done

    await carry_out(office, decide)
    return stored(office, dossier.id)


async def _complete(office: Office, dossier: Dossier) -> Dossier:
    """The dossier with every demanded signature examined again; refused while something is missing."""
    procedure: Procedure = CATALOGUE[dossier.procedure]
    rules = office.parts.rules
    for rule in rules.filing.missing(dossier, procedure):
        raise Refused("component_missing", f"Thiếu thành phần bắt buộc: {rule.name}", status=422, field=rule.id)
    fresh = await reexamined(office, dossier, tuple(rule.id for rule in procedure.components if rule.sign))
    if fresh != dossier:
        await office.change(lambda change: change.put(fresh))
        fresh = stored(office, dossier.id)
    for rule in rules.signing.unsigned_components(fresh, procedure):
        version = fresh.component(rule.id).current
        why = [s.problem_vi for s in version.signatures if s.problem_vi] if version else []
        message = f"Chưa có chữ ký số hợp lệ của người nộp: {rule.name} {' '.join(why)}".strip()
        raise Refused("signature_missing", message, status=422, field=rule.id)
    return fresh


def _numbered(office: Office, change: Change, dossier: Dossier) -> Dossier:
    """The submitted dossier with its code: agency, day in UTC+7, number of the day (specs/portal.md 2.5)."""
    now: datetime = office.now()
    day = f"{dossier.agency}-{now:%y%m%d}"
    counter = change.get(Counter, day) or Counter(id=day)
    change.put(replace(counter, last=counter.last + 1))
    code = dossier.code or f"{day}-{counter.last + 1:04d}"
    if dossier.code is None:
        change.put(Numbered(id=code, about=dossier.id))
    return replace(dossier, code=code, submitted=now.isoformat())


def _copy(office: Office, change: Change, old: Dossier, new: Dossier) -> None:
    """Copied files are files of their own: nothing of the old dossier is shared."""
    components = []
    for component in old.components:
        copy = office.parts.rules.filing.copied(component)
        versions = []
        for version in copy.versions:
            file_id = uuid4().hex
            change.put_file(file_id, office.books.file(version.file) or b"")
            versions.append(replace(version, file=file_id, at=office.now().isoformat()))
        components.append(replace(copy, versions=tuple(versions)))
    change.put(replace(new, components=tuple(components)))


def _editable(
    office: Office, person: Account | None, place: tuple[str, str], allowed: Allowed
) -> tuple[Dossier, Component]:
    dossier = owned(office, person, place[0], "put")
    component = dossier.component(place[1])
    if not allowed(dossier, component.id):
        raise Refused("not_editable", "Không thể thay đổi thành phần này lúc này.", field=component.id)
    return dossier, component


def new_version(office: Office, content: bytes, name: str, media: str) -> Version:
    digest = hashlib.sha256(content).hexdigest()
    at = office.now().isoformat()
    return Version(file=uuid4().hex, name=name, media=media, sha256=digest, size=len(content), at=at)


@dataclass(frozen=True)
class _Edit:
    """What happens to a component, and the new files that it brings."""

    component: str
    change: Callable[[Component], Component]
    files: Mapping[str, bytes] = field(default_factory=dict)


async def _place(office: Office, dossier: Dossier, edit: _Edit, allowed: Allowed | None = None) -> Dossier:
    """Saves the component as it is changed now, unless the dossier moved on meanwhile; `allowed`: editable unless told."""
    rules = office.parts.rules.filing

    def decide(change: Change) -> None:
        for file, content in edit.files.items():
            change.put_file(file, content)
        for home in rules.homes(dossier):
            current = change.get(Dossier, home)
            assert current is not None, "dossiers are never removed"
            if home == dossier.id and not (allowed or rules.editable)(current, edit.component):
                raise Refused("changed_meanwhile", "Hồ sơ vừa chuyển trạng thái. Vui lòng xem lại.")
            change.put(current.with_component(edit.change(current.component(edit.component))))

    await office.change(decide)
    return stored(office, dossier.id)
