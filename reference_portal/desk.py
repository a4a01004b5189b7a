"""What an officer of the one-stop desk does to a dossier."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from reference_portal import law
from reference_portal.books import Change
from reference_portal.catalogue import CATALOGUE, Fee
from reference_portal.dossiers import DRAFT, SUBMITTED, SUPPLEMENT, Dossier, Numbered, Refused, Request, aged
from reference_portal.fees import open_fees
from reference_portal.notices import carry_out
from reference_portal.office import VIETNAM, Office
from reference_portal.steps import Actor, advance, stored
from reference_portal.treasury import counter_payment

OFFICERS = {"an": "Nguyễn Thị An", "binh": "Trần Văn Bình"}
LONGEST_SUPPLEMENT = 30


class Order(Struct, frozen=True, kw_only=True):
    """What the officer says; only what the action needs is read."""

    officer: str
    action: str
    dossier: str = ""
    reason: str = ""
    components: tuple[str, ...] = ()
    days: int = 3
    legal_basis: str = ""
    due: str = ""
    name: str = ""
    amount: int = 0
    seconds: int = 0


Deed = Callable[[Office, Change, Dossier, Order], Dossier]


async def act(office: Office, order: Order) -> Dossier:
    """One deed of one officer on one dossier, found by id or code; drafts are not the officers' business."""
    if order.officer not in OFFICERS:
        raise Refused("no_such_officer", "Không có cán bộ này.", status=422, field="officer")
    numbered = office.books.get(Numbered, order.dossier)
    dossier = office.books.get(Dossier, numbered.about if numbered else order.dossier)
    if dossier is None or dossier.state == DRAFT:
        raise Refused("no_such_dossier", "Không tìm thấy hồ sơ.", status=404, field="dossier")
    if order.action == "read":
        return await _opened(office, dossier)
    deed = _DEEDS.get(order.action)
    if deed is None:
        raise Refused("no_such_action", "Không có thao tác này.", status=422, field="action")

    def decide(change: Change) -> Dossier:
        current = change.get(Dossier, dossier.id)
        assert current is not None, "dossiers are never removed"
        done = deed(office, change, current, order)
        change.put(done)
        return done

    await carry_out(office, decide)
    return stored(office, dossier.id)


async def _opened(office: Office, dossier: Dossier) -> Dossier:
    """Reading changes nothing, and so writes nothing."""
    seen = office.parts.rules.filing.seen(dossier)
    if seen == dossier:
        return dossier
    await office.change(lambda change: change.put(seen))
    return stored(office, dossier.id)


def _accept(office: Office, change: Change, dossier: Dossier, order: Order) -> Dossier:
    _only_answered(dossier)
    if office.parts.rules.money.prepaid_open(dossier):
        raise Refused("unpaid", "Hồ sơ có phí/lệ phí chờ thanh toán.")
    done = _received(office, advance(office, dossier, "accept", _actor(order)))
    code = office.parts.rules.filing.code_at_acceptance(done.code or "")
    if code != done.code:
        change.put(Numbered(id=code, about=done.id))
    return replace(done, code=code)


def _process(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    back = dossier.state == SUPPLEMENT
    _only_answered(dossier)
    done = advance(office, dossier, "process", _actor(order), order.reason or None)
    return _received(office, done) if back else office.parts.rules.handling.handed_on(done, office.now())


def _supplement(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    """Reason, components and days: a request without them is none."""
    reason = _reason(office, order)
    if not office.parts.rules.filing.components_named(dossier, order.components):
        raise Refused("no_components", "Phải nêu rõ thành phần cần bổ sung.", status=422, field="components")
    if not 1 <= order.days <= LONGEST_SUPPLEMENT:
        raise Refused("bad_days", "Số ngày bổ sung không hợp lệ.", status=422, field="days")
    basis = order.legal_basis.strip()
    if not basis:
        _only_as_the_law_has_it(office, dossier)
    else:
        reason = office.parts.rules.handling.founded(reason, basis)
    until = (office.now() + timedelta(days=order.days)).isoformat()
    request = Request(reason=reason, components=order.components, until=until, before=dossier.state)
    return replace(advance(office, dossier, "supplement", _actor(order), reason), supplement=request)


def _refuse(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    reason = _reason(office, order)
    if not office.parts.rules.handling.may_refuse(dossier, office.now()):
        raise Refused("time_left", "Hồ sơ còn hạn bổ sung hồ sơ.")
    return replace(advance(office, dossier, "refuse", _actor(order), reason), refusal=reason)


def _fee(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    if order.amount <= 0 or not order.name.strip():
        raise Refused("bad_fee", "Phải nêu tên và số tiền phí, lệ phí.", status=422, field="amount")
    fee = Fee(id=uuid4().hex, name=order.name.strip(), amount=order.amount, collect="after")
    asked = replace(dossier, before=dossier.state, fees=(*dossier.fees, fee))
    return advance(office, asked, "fee", _actor(order), f"{fee.name}: {fee.amount} đồng")


def _stop(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    return advance(office, dossier, "stop", _actor(order), _reason(office, order))


def _rollback(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    """One step back ("Thu hồi"): a row more, none less."""
    done = advance(office, dossier, "rollback", _actor(order), _reason(office, order))
    return replace(done, history=office.parts.rules.handling.recalled(done.history))


def _reschedule(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    """Apology with the reason and the new due time (NĐ 61/2018 art. 19.9)."""
    rules, reason = office.parts.rules.handling, _reason(office, order)
    until = _instant(order.due)
    if until is None or dossier.due is None or until <= datetime.fromisoformat(dossier.due):
        raise Refused("bad_due", "Ngày hẹn trả mới phải sau ngày hẹn trả hiện tại.", status=422, field="due")
    if not rules.apologises_in_time(dossier, office.now()):
        raise Refused("too_late", "Phải xin lỗi và hẹn lại chậm nhất trước hạn trả kết quả 01 ngày.")
    if not rules.may_put_off(dossier):
        raise Refused("put_off_already", "Chỉ được hẹn lại ngày trả kết quả 01 lần.")
    done = advance(office, dossier, "reschedule", _actor(order), reason)
    return replace(done, due=until.astimezone(VIETNAM).isoformat())


def _finish(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    return advance(office, dossier, "finish", _actor(order))


def _hand_over(office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    if open_fees(dossier):
        raise Refused("unpaid", "Hồ sơ có phí/lệ phí chờ thanh toán.")
    return advance(office, dossier, "hand_over", _actor(order))


def _counter_payment(office: Office, change: Change, dossier: Dossier, _order: Order) -> Dossier:
    return counter_payment(office, change, dossier)


def _age(_office: Office, _change: Change, dossier: Dossier, order: Order) -> Dossier:
    return aged(dossier, order.seconds)


_DEEDS: dict[str, Deed] = {
    "accept": _accept,
    "process": _process,
    "supplement": _supplement,
    "refuse": _refuse,
    "fee": _fee,
    "counter_payment": _counter_payment,
    "stop": _stop,
    "rollback": _rollback,
    "reschedule": _reschedule,
    "finish": _finish,
    "hand_over": _hand_over,
    "age": _age,
}
ACTIONS: Sequence[str] = ("read", *_DEEDS, "reconcile")


def _actor(order: Order) -> Actor:
    return Actor(OFFICERS[order.officer], "officer")


def _reason(office: Office, order: Order) -> str:
    if not office.parts.rules.filing.reason_given(order.action, order.reason):
        raise Refused("no_reason", "Phải nêu rõ lý do.", status=422, field="reason")
    return order.reason.strip()


def _only_answered(dossier: Dossier) -> None:
    """A dossier that waits for its applicant is not handled; a late one can only be refused."""
    if dossier.state == SUPPLEMENT and not (dossier.supplement and dossier.supplement.answered):
        raise Refused("not_answered", "Công dân chưa gửi bổ sung.")
    assert dossier.state != SUPPLEMENT or dossier.supplement is None or dossier.supplement.before != SUBMITTED


def _only_as_the_law_has_it(office: Office, dossier: Dossier) -> None:
    """Without a further legal basis: once in a stage, and after reception within the days of examination."""
    rules = office.parts.rules.handling
    if not rules.may_ask_again(dossier):
        raise Refused("asked_already", "Đã yêu cầu bổ sung; yêu cầu thêm phải nêu căn cứ pháp lý.")
    if not rules.asks_in_time(dossier, office.now()):
        raise Refused("too_late", f"Đã quá {law.RETURN_DAYS:02d} ngày làm việc kể từ khi tiếp nhận hồ sơ.")


def _received(office: Office, dossier: Dossier) -> Dossier:
    """Received now, from the desk or from its applicant's supplement; the due time follows."""
    now, days = office.now(), CATALOGUE[dossier.procedure].days
    again = office.parts.rules.handling.due_after_supplement
    until = law.due(now, days) if dossier.due is None else again(dossier, now, days)
    return replace(dossier, received=now.isoformat(), due=until.isoformat(), supplement=None)


def _instant(text: str) -> datetime | None:
    """None where it is none, or names no zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
