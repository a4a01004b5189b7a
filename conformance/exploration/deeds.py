"""How each step is carried out on a portal: through the adapter, the lab, the phone and the gateway's pages."""

from collections.abc import Callable, Mapping
from typing import Any

from conformance.checkout import Checkout
from conformance.control import LONGEST_WAIT
from conformance.desk import Officer
from conformance.exploration.due import Due
from conformance.exploration.finding import shall
from conformance.exploration.steps import Step
from conformance.exploration.walk import REASON, Walk
from conformance.failures import NotExercised
from conformance.filing import Filing
from conformance.lab import Visitor
from conformance.records import ComponentRule, Dossier
from conformance.samples import attachment, form_value

ALTERED = "Đã sửa"
FEE_NAME, FEE = "Lệ phí cấp bản sao", 20_000
LESS = 1000
SOON_SECONDS = 2.0
EFFECTS: Mapping[str, str] = {
    "doubled": "duplicate",
    "lost": "lost",
    "late": "late",
    "forged": "wrong_checksum",
    "short": "wrong_amount",
    "abandoned": "lost",
}
"""What becomes of a payment's notice -> the gateway's fault about that payment."""


def carry_out(walk: Walk, step: Step, due: Due) -> None:
    """Refused where the portal says no; what came of it is seen by whoever looks afterwards."""
    _DEEDS[step.verb](walk, step, due)


def _draft(walk: Walk, step: Step, due: Due) -> None:
    row = walk.stage.procedures[step.detail]
    made = walk.visitor(step.who).dossiers.draft(row.code, row.agency)
    if due is Due.NEVER:
        raise shall(
            "acted_unknown",
            ("không lập được hồ sơ khi chưa đăng nhập", "no draft without a login"),
            ("cổng đã lập hồ sơ", f"the portal made {made.id}"),
        )
    walk.lines.append(made)


def _attach(walk: Walk, step: Step, due: Due) -> None:
    content, name = attachment(_rule(walk, step).media, f"content {walk.tried}")
    walk.contents[walk.tried] = content
    del due
    shown = walk.visitor(step.who).dossiers.attach(walk.line(step), _rule(walk, step).id, content, name)
    walk.names[_rule(walk, step).id, shown.id] = name


def _fill(walk: Walk, step: Step, due: Due) -> None:
    """Values that every portal takes; where nothing may change, others."""
    fields = _rule(walk, step).form
    form = {field: ALTERED if due is Due.NEVER else form_value(field) for field in fields}
    walk.contents[walk.tried] = form
    walk.visitor(step.who).dossiers.fill(walk.line(step), _rule(walk, step).id, form)


def _remove(walk: Walk, step: Step, _due: Due) -> None:
    walk.visitor(step.who).dossiers.take_away(walk.line(step), _rule(walk, step).id)


def _sign(walk: Walk, step: Step, due: Due) -> None:
    visitor = walk.visitor(step.who)
    assert visitor.signing is not None, "only tried where signing is claimed"
    pending = visitor.signing.start(walk.line(step), _rule(walk, step).id, Filing(walk.lab, visitor).certificate())
    if due is not Due.NEVER:
        walk.pending.append((step.who, pending))
        return
    phone = walk.lab.phone(visitor.citizen)
    if asked := phone.prompts(seconds=SOON_SECONDS):  # a portal that looks before it asks rings no phone
        phone.approve(asked[-1])
        visitor.signing.outcome(pending)


def _approve(walk: Walk, step: Step, _due: Due) -> None:
    visitor, pending = walk.visitor(step.who), walk.taken_up(step.who)
    assert visitor.signing is not None, "only tried where signing is claimed"
    shown = walk.lab.phone(visitor.citizen).prompts(seconds=LONGEST_WAIT)
    if not shown or pending.doc_id not in shown[-1].doc_ids:
        raise shall(
            "another_document",
            (
                f"điện thoại hỏi về tài liệu {pending.doc_id} như cổng",
                f"the phone asks about {pending.doc_id}, as the portal",
            ),
            (f"điện thoại hỏi về {[one.doc_ids for one in shown]}", f"it asks about {[one.doc_ids for one in shown]}"),
        )
    phone = walk.lab.phone(visitor.citizen)
    (phone.approve if step.verb == "approve" else phone.refuse)(shown[-1])
    outcome = visitor.signing.outcome(pending)
    if step.verb == "cancel" and outcome.state in {"signed", "waiting"}:
        raise shall(
            "cancelled_is_not_signed",
            ("công dân đã hủy: lần ký không thành", "the citizen cancelled: nothing is signed"),
            (f"cổng ghi lần ký là {outcome.state}", f"the portal says {outcome.state}"),
        )


def _act(walk: Walk, step: Step, _due: Due) -> None:
    action = {"answer": "supplement"}.get(step.verb, step.verb)
    walk.visitor(step.who).dossiers.act(walk.line(step), action)


def _copy(walk: Walk, step: Step, due: Due) -> None:
    old = walk.line(step)
    made = walk.visitor(step.who).dossiers.draft(old.procedure, old.agency, copy_of=old)
    if due is not Due.NEVER:
        walk.lines.append(made)
    elif made.copy_of or any(one.file or one.form for one in made.components):
        raise shall(
            "copied_by_another",
            ("chỉ người nộp sao chép được hồ sơ của mình", "only its applicant copies a dossier"),
            ("người khác nhận được bản sao", "somebody else was given a copy"),
        )


def _pay(walk: Walk, step: Step, _due: Due) -> None:
    visitor = walk.visitor(step.who)
    assert visitor.payments is not None, "only tried where payment is claimed"
    checkout = walk.lab.checkout(visitor.payments.start(walk.line(step)), visitor.citizen)
    if checkout.refused:
        raise NotExercised(f"the gateway turned the payment away with {checkout.refused}")
    if effect := EFFECTS.get(step.detail):
        walk.lab.fault("vnpay.notice", effect, about=checkout.ref, args=_details(step, checkout))
    unpaid = step.detail in {"cancelled", "abandoned"}
    walk.checkouts.append((checkout, checkout.cancel_unseen() if unpaid else checkout.pay_unseen()))
    if effect not in {"lost", "late"}:
        walk.lab.wait_for("delivered", checkout.ref)
    if step.detail == "doubled":
        walk.lab.deliver_now(checkout.ref)
        walk.lab.wait_for("delivered", checkout.ref, count=2)


def _details(step: Step, checkout: Checkout) -> dict[str, Any]:
    return {"amount": max(checkout.payment.amount - LESS, 1)} if step.detail == "short" else {}


def _notice(walk: Walk, step: Step, _due: Due) -> None:
    """The one that was put off comes now."""
    place = max(p for p, bill in enumerate(walk.world.bills) if bill.due and bill.dossier == step.dossier)
    ref = walk.checkouts[place][0].ref
    before = len(walk.lab.rows("delivered", ref))
    walk.lab.deliver_now(ref)
    walk.lab.wait_for("delivered", ref, count=before + 1)


def _back(walk: Walk, step: Step, _due: Due) -> None:
    bills = walk.world.bills
    place = max(p for p, bill in enumerate(bills) if bill.dossier == step.dossier and not bill.returned)
    walk.visitor(step.who).browser.navigate(walk.checkouts[place][1], operation="return")


def _officer(walk: Walk, step: Step, _due: Due) -> None:
    officer, line = Officer(walk.lab.portal, step.who), walk.line(step)
    orders: dict[str, Callable[[], Dossier]] = {
        "accept": lambda: officer.accept(line),
        "process": lambda: officer.process(line),
        "ask": lambda: officer.supplement(line, REASON, [_rule(walk, step).id]),
        "refuse": lambda: officer.refuse(line, "" if step.detail else REASON),
        "fee": lambda: officer.fee(line, FEE_NAME, FEE),
        "finish": lambda: officer.finish(line),
        "hand_over": lambda: officer.hand_over(line),
    }
    orders[step.verb]()


def _reconcile(walk: Walk, step: Step, _due: Due) -> None:
    Officer(walk.lab.portal, step.who).reconcile()


def _logout(walk: Walk, step: Step, _due: Due) -> None:
    visitor = walk.visitor(step.who)
    visitor.login.logout()
    _demand_session(visitor, signed_in=False)


def _login(walk: Walk, step: Step, _due: Due) -> None:
    _demand_session(walk.lab.log_in(walk.visitor(step.who)), signed_in=True)


def _demand_session(visitor: Visitor, *, signed_in: bool) -> None:
    session = visitor.login.session()
    person = visitor.citizen.id if signed_in else ""
    if session.signed_in != signed_in or session.personal_id not in {"", person}:
        raise shall(
            "session",
            (
                "phiên đúng người sau đăng nhập, hết phiên sau đăng xuất",
                "whoever logged in, and nobody after the logout",
            ),
            (f"cổng cho là {session.personal_id or 'không ai'}", f"the portal says {session.personal_id or 'nobody'}"),
        )


def _rule(walk: Walk, step: Step) -> ComponentRule:
    kind = walk.world.of(step.dossier).kind
    return walk.stage.procedures[kind].components[step.part - 1]


_DEEDS: Mapping[str, Callable[[Walk, Step, Due], None]] = {
    "draft": _draft,
    "attach": _attach,
    "fill": _fill,
    "remove": _remove,
    "sign": _sign,
    "approve": _approve,
    "cancel": _approve,
    "submit": _act,
    "answer": _act,
    "withdraw": _act,
    "copy": _copy,
    "pay": _pay,
    "notice": _notice,
    "back": _back,
    "reconcile": _reconcile,
    "logout": _logout,
    "login": _login,
    **dict.fromkeys(("accept", "process", "ask", "refuse", "fee", "finish", "hand_over"), _officer),
}
