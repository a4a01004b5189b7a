"""What a unit's people do before sending: declare, copy what was refused, ask the members, confirm by the mailed link."""

from collections.abc import Callable
from uuid import uuid4

from msgspec.structs import replace

from reference_portal.accounts import Account, new_token
from reference_portal.books import Change
from reference_portal.dossiers import Refused
from reference_portal.kbnn import mails, screens
from reference_portal.kbnn.holding import demand_sound, der_of, held_of
from reference_portal.kbnn.registrations import (
    OWNERS,
    PREPARING,
    REFUSED,
    STATES,
    Code,
    Registration,
    Seat,
    hashed,
)
from reference_portal.notices import Message, dispatch
from reference_portal.office import Office
from reference_portal.steps import Counter, not_signed_in

Told = tuple[Message, ...]


async def draft(office: Office, person: Account | None, copy_of: str | None) -> Registration:
    """A new registration with its code, empty or with the data of an own refused one."""
    if person is None:
        raise not_signed_in()
    old = own(office, person, copy_of) if copy_of is not None else None
    if old is not None and old.state != REFUSED:
        raise Refused("not_refused", "Chỉ sao chép được hồ sơ bị KBNN từ chối tiếp nhận.")
    rules = office.parts.rules.kbnn

    def decide(change: Change) -> Registration:
        blank = Registration(
            id=f"kbnn-{uuid4().hex}", about=person.id, code=None, created=office.now().isoformat(), copy_of=copy_of
        )
        made = numbered(office, change, blank) if rules.code_at_save else blank
        made = made if old is None else rules.copied(old, made)
        change.put(made)
        _seat(change, made)
        return made

    return stored(office, (await office.change(decide)).id)


async def save(
    office: Office, person: Account | None, registration_id: str, screen: str, form: dict[str, str]
) -> Registration:
    """A screen of an unsent registration; a digest that was handed out before is void."""
    registration = _mine(office, person, registration_id)

    def decide(change: Change) -> None:
        current = _preparing(change, registration.id)
        changed = without_signing(change, screens.saved(current, screen, form))
        change.put(changed)
        _seat(change, changed)

    await office.change(decide)
    return stored(office, registration.id)


async def ask(office: Office, person: Account | None, registration_id: str) -> Registration:
    """Everything is declared: each member who has not confirmed gets a link; an earlier link is void."""
    registration = _mine(office, person, registration_id)

    def decide(change: Change) -> Told:
        current = _preparing(change, registration.id)
        screens.demand_complete(current)
        told: Told = ()
        for member in current.members:
            if not member.confirmed:
                token = new_token()
                current = current.with_member(replace(member, link=hashed(token)))
                told = (*told, mails.link(office, current, member, token))
        change.put(current)
        mails.put(change, told)
        return told

    return await _told(office, registration.id, decide)


async def confirm(
    office: Office, person: Account | None, registration_id: str, token: str, certificate: str
) -> Registration:
    """By the member, at the member's own link, with the declared certificate as the page's script read it from the token."""
    if person is None:
        raise not_signed_in()
    rules = office.parts.rules.kbnn
    registration = office.books.get(Registration, registration_id)
    member = rules.linked(registration, hashed(token), person.personal_id) if registration else None
    if registration is None or member is None:
        raise Refused("no_such_link", "Liên kết không đúng, đã dùng, hoặc không phải của ông/bà.", status=404)
    der = der_of(certificate)
    if not rules.confirms(member, held_of(der)):
        raise Refused("another_certificate", "Chứng thư số trong USB token không phải chứng thư số đã kê khai.")
    await demand_sound(office, der)

    def decide(change: Change) -> Told:
        current = _preparing(change, registration.id)
        if rules.linked(current, hashed(token), person.personal_id) != member:
            raise Refused("changed_meanwhile", "Hồ sơ vừa thay đổi. Vui lòng thực hiện lại.")
        current = current.with_member(replace(member, link="", certificate=certificate))
        owners = (each for each in current.members if each.role in OWNERS)
        told = () if rules.unconfirmed(current) else mails.to_owners(office, current, owners)
        change.put(current)
        mails.put(change, told)
        return told

    return await _told(office, registration.id, decide)


def own(office: Office, person: Account | None, registration_id: str | None) -> Registration:
    """Whoever declared it, or is declared in it; for anybody else it is as if it did not exist."""
    if person is None:
        raise not_signed_in()
    registration = office.books.get(Registration, registration_id or "")
    if registration is None or not (registration.about == person.id or registration.member(person.personal_id)):
        raise Refused("no_such_dossier", "Không tìm thấy hồ sơ.", status=404)
    return registration


def listed(office: Office, person: Account) -> list[Registration]:
    """The lookup list, newest first."""
    books = office.books
    seats = (books.get(Registration, seat.registration) for seat in books.find(Seat, about=person.personal_id))
    shown = {each.id: each for each in books.find(Registration, about=person.id)}
    shown |= {each.id: each for each in seats if each is not None and each.member(person.personal_id)}
    return sorted(shown.values(), key=lambda each: each.created, reverse=True)


def stored(office: Office, registration_id: str) -> Registration:
    registration = office.books.get(Registration, registration_id)
    assert registration is not None, f"{registration_id} was not saved"
    return registration


def numbered(office: Office, change: Change, registration: Registration) -> Registration:
    """With a code: the agency, the day in UTC+7, the number of the day; the real one's form is UNKNOWN."""
    day = f"{screens.AGENCY}-{office.now():%y%m%d}"
    counter = change.get(Counter, day) or Counter(id=day)
    change.put(replace(counter, last=counter.last + 1))
    code = f"{day}-{counter.last + 1:04d}"
    change.put(Code(id=code, about=registration.id))
    return replace(registration, code=code)


def without_signing(change: Change, registration: Registration) -> Registration:
    """Without the digest that waits for a token, and without what was prepared for it."""
    if registration.signing is not None:
        change.drop_file(prepared_file(registration.signing.id))
    return replace(registration, signing=None)


def prepared_file(signing: str) -> str:
    return f"prepared-{signing}"


def _mine(office: Office, person: Account | None, registration_id: str) -> Registration:
    """Members read, and only who declared it changes it."""
    registration = own(office, person, registration_id)
    if person is None or registration.about != person.id:
        raise Refused("not_the_declarer", "Chỉ người kê khai được sửa hồ sơ.", status=403)
    return registration


def _seat(change: Change, registration: Registration) -> None:
    """Each member finds the registration in the lookup list."""
    for member in registration.members:
        seat = f"{member.personal_id}/{registration.id}"
        if change.get(Seat, seat) is None:
            change.put(Seat(id=seat, about=member.personal_id, registration=registration.id))


def _preparing(change: Change, registration_id: str) -> Registration:
    current = change.get(Registration, registration_id)
    assert current is not None, "registrations are never removed"
    if current.state != PREPARING:
        raise Refused("not_editable", f"Không thể thay đổi khi hồ sơ “{STATES[current.state]}”.")
    return current


async def _told(office: Office, registration_id: str, decide: Callable[[Change], Told]) -> Registration:
    dispatch(office, await office.change(decide))
    return stored(office, registration_id)
