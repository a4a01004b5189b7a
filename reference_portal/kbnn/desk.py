"""What an officer of the State Treasury does to a registration: accept, refuse with a reason, approve with accounts."""

from msgspec.structs import replace

from reference_portal.accounts import Account
from reference_portal.books import Change
from reference_portal.desk import OFFICERS, Order
from reference_portal.dossiers import Refused
from reference_portal.kbnn import mails
from reference_portal.kbnn.accounts import MemberAccount, opened
from reference_portal.kbnn.registrations import PREPARING, Code, Registration, aged, moved
from reference_portal.kbnn.wizard import stored
from reference_portal.notices import Message, dispatch
from reference_portal.office import Office

Told = tuple[Message, ...]


def found(office: Office, name: str) -> Registration | None:
    """By id or code."""
    coded = office.books.get(Code, name)
    return office.books.get(Registration, coded.about if coded else name)


async def act(office: Office, registration: Registration, order: Order) -> Registration:
    """One deed of one officer; what was not sent is not the officers' business."""
    if order.officer not in OFFICERS:
        raise Refused("no_such_officer", "Không có cán bộ này.", status=422, field="officer")
    if registration.state == PREPARING:
        raise Refused("no_such_dossier", "Không tìm thấy hồ sơ.", status=404, field="dossier")
    if order.action == "read":
        return registration

    def decide(change: Change) -> Told:
        current = change.get(Registration, registration.id)
        assert current is not None, "registrations are never removed"
        if order.action == "age":
            _age(change, current, order.seconds)
            return ()
        done = _done(office, current, order)
        declarer = change.get(Account, done.about)
        told = mails.to_unit(office, done, order.action, (declarer.email if declarer else "") or "")
        told = (*told, *(_accounts(office, change, done) if order.action == "finish" else ()))
        change.put(done)
        mails.put(change, told)
        return told

    dispatch(office, await office.change(decide))
    return stored(office, registration.id)


def _done(office: Office, current: Registration, order: Order) -> Registration:
    if order.action not in ("accept", "refuse", "finish"):
        raise Refused("no_such_action", "Không có thao tác này.", status=422, field="action")
    if order.action == "refuse":
        if not order.reason.strip():
            raise Refused("no_reason", "Phải nêu rõ lý do.", status=422, field="reason")
        current = replace(current, refusal=order.reason.strip())
    return moved(current, order.action, (office.now().isoformat(), OFFICERS[order.officer], "officer"))


def _accounts(office: Office, change: Change, done: Registration) -> Told:
    """One account and one mail for each member."""
    told: Told = ()
    for member in office.parts.rules.kbnn.accounts_of(done):
        account, first = opened(office, done, member)
        change.put(account)
        told = (*told, mails.account(office, done, member, (account.id, first)))
    return told


def _age(change: Change, current: Registration, seconds: int) -> None:
    """As if everything had happened so much earlier, the first passwords' issue included."""
    history = tuple(replace(step, at=aged(step.at, seconds) or "") for step in current.history)
    change.put(replace(current, history=history, sent=aged(current.sent, seconds)))
    for account in change.find(MemberAccount, about=current.id):
        change.put(replace(account, issued=aged(account.issued, seconds) or ""))
