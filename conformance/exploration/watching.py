"""What must stay true after each step, whatever it was: history, codes, bytes, proof of payment, nobody else's eyes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from conformance.dossiers import letters, written
from conformance.exploration.finding import Finding, shall
from conformance.exploration.model import REFUSED
from conformance.exploration.steps import CITIZENS, OFFICERS, Step
from conformance.exploration.walk import REASON, Walk
from conformance.lab import Visitor
from conformance.records import Dossier, Refused

Shown = Mapping[int, Dossier]


def watched(walk: Walk, step: Step, now: Shown) -> Iterator[Finding]:
    """`walk.shown` is what was seen before the step."""
    for number, dossier in now.items():
        before = walk.shown.get(number)
        if before is not None:
            yield from _history(walk, step, (before, dossier))
            yield from _code(before, dossier)
        yield from _applicant(walk, number, dossier)
        yield from _refusal(walk, number, dossier)
        yield from _names(walk, dossier)
    yield from _codes(now)
    yield from _payments(walk, now)
    if (number := step.dossier or len(now)) in now and now[number] != walk.shown.get(number):
        yield from _bytes(walk, number, now[number])
        yield from _strangers(walk, number, now[number])


def _history(walk: Walk, step: Step, pair: tuple[Dossier, Dossier]) -> Iterator[Finding]:
    before, now = pair
    kept = now.history[: len(before.history)]
    if kept != before.history:
        yield shall(
            "history_is_kept",
            ("dòng nhật ký cũ còn nguyên", "earlier rows of history stay as they are"),
            (f"{len(before.history)} dòng cũ đã đổi", f"of {len(before.history)} earlier rows some changed"),
        )
    if now.state == before.state:
        return
    fresh = now.history[len(before.history) :]
    row = next((row for row in fresh if row.target == now.state), None)
    role = "citizen" if step.who in CITIZENS else "officer"
    if row is None or not row.who.strip() or (step.verb not in _OF_NOBODY and row.role not in {role, ""}):
        told = f"{row.source}→{row.target} “{row.who}” ({row.role})" if row else "∅"
        yield shall(
            "history_says_who",
            (
                f"một dòng nhật ký {before.state}→{now.state}, có người làm",
                f"a row {before.state}→{now.state}, and who acted",
            ),
            (told, told),
        )
    elif step.verb not in _OF_NOBODY and walk.actors.setdefault(row.who, _actor(step)) != _actor(step):
        yield shall(
            "history_says_who",
            ("mỗi người một tên trong nhật ký", "each actor by a name of their own"),
            (f"“{row.who}” là cả hai", f"“{row.who}” stands for two of them"),
        )
    moments = [datetime.fromisoformat(one.at) for one in now.history]
    if moments != sorted(moments):
        yield shall(
            "history_in_order", ("nhật ký theo thứ tự thời gian", "history in order of time"), ("không", "it is not")
        )


_OF_NOBODY = frozenset({"pay", "notice", "back", "reconcile", "login", "logout"})
"""What the portal does by itself when money comes."""


def _actor(step: Step) -> str:
    return step.who if step.who in OFFICERS else "citizen"


def _code(before: Dossier, now: Dossier) -> Iterator[Finding]:
    if before.code and now.code != before.code:
        yield shall(
            "code_stays",
            (f"mã hồ sơ vẫn là {before.code}", f"the code is still {before.code}"),
            (str(now.code), str(now.code)),
        )


def _codes(now: Shown) -> Iterator[Finding]:
    codes = [dossier.code for dossier in now.values() if dossier.code]
    if len(set(codes)) != len(codes):
        yield shall("codes_are_unique", ("mỗi hồ sơ một mã", "each dossier its own code"), (f"{codes}", f"{codes}"))


def _applicant(walk: Walk, number: int, dossier: Dossier) -> Iterator[Finding]:
    citizen, told = walk.visitor(walk.world.of(number).owner).citizen, dossier.applicant
    same = written(told.name).casefold() in {"", written(citizen.name).casefold()}
    due = walk.stage.procedures[walk.world.of(number).kind].agency
    if dossier.agency != due:
        yield shall("agency", (f"cơ quan đã chọn, {due}", f"the agency that was chosen, {due}"), (dossier.agency,) * 2)
    if not same or told.personal_id not in {"", citizen.id}:
        yield shall(
            "applicant",
            ("người nộp là người đã đăng nhập", "the applicant is who logged in"),
            (f"“{told.name}”", f"“{told.name}”"),
        )


def _refusal(walk: Walk, number: int, dossier: Dossier) -> Iterator[Finding]:
    if walk.world.of(number).state != REFUSED:
        return
    owner = walk.visitor(walk.world.of(number).owner)
    listed = [line.refusal for line in owner.dossiers.list() if line.id == dossier.id]
    if [written(told) for told in (dossier.refusal, *listed)] != [written(REASON)] * 2:
        yield shall(
            "reason_is_shown",
            ("lý do từ chối nguyên văn trong hồ sơ và danh sách", "the reason, word for word, in dossier and list"),
            (f"{dossier.refusal}; {listed}", f"{dossier.refusal}; {listed}"),
        )


def _names(walk: Walk, dossier: Dossier) -> Iterator[Finding]:
    for component in dossier.components:
        given = walk.names.get((component.id, dossier.id), "") if component.state == "attached" else ""
        told = component.file_name or given
        if given and component.form is None and letters(told) != letters(given):
            yield shall("file_name", (f"tên tập tin “{given}”", f"the file's name “{given}”"), (told, told))


def _payments(walk: Walk, now: Shown) -> Iterator[Finding]:
    """Paid is only what the gateway settled and told (by notice or query), and one payment makes one receipt."""
    if not walk.checkouts or not any(dossier.is_paid for dossier in now.values()):
        return
    proofs = walk.proofs()
    for dossier in now.values():
        refs = [receipt.payment for receipt in dossier.receipts if receipt.payment != "counter"]
        paid = {payment.ref for payment in dossier.payments if payment.state == "paid"} | set(refs)
        if unproven := sorted(ref for ref in paid if ref not in proofs.settled or ref not in proofs.told):
            yield shall(
                "nothing_paid_without_proof",
                ("chỉ ghi đã nộp khi cổng thanh toán đã báo", "paid only when the gateway said so"),
                (f"{len(unproven)} giao dịch ghi đã nộp, chưa có gì chứng minh", f"{len(unproven)} paid without proof"),
            )
        if len(refs) != len(set(refs)):
            yield shall(
                "one_receipt_a_payment",
                ("một giao dịch một biên lai", "one payment, one receipt"),
                (f"{len(refs)} biên lai", f"{len(refs)} receipts for {len(set(refs))}"),
            )
        for receipt in dossier.receipts:
            if receipt.amount != proofs.settled.get(receipt.payment, receipt.amount):
                yield shall(
                    "amounts_agree",
                    (
                        f"biên lai {proofs.settled[receipt.payment]} đồng như đã thu",
                        f"{proofs.settled[receipt.payment]} đồng, as settled",
                    ),
                    (f"{receipt.amount} đồng", f"{receipt.amount} đồng"),
                )


def _bytes(walk: Walk, number: int, dossier: Dossier) -> Iterator[Finding]:
    """What was attached is what is handed out."""
    due = walk.world.of(number)
    owner = walk.visitor(due.owner)
    for part, component in zip(due.parts, dossier.components, strict=False):
        given = walk.contents.get(part.given)
        was_attached = isinstance(given, bytes) and not part.signed and component.file
        if was_attached and owner.dossiers.file(dossier, component.file or "") != given:
            yield shall(
                "bytes", ("đúng từng byte đã đính kèm", "every byte as it was attached"), ("khác", "other bytes")
            )


def _strangers(walk: Walk, number: int, dossier: Dossier) -> Iterator[Finding]:
    """The other citizen neither reads, lists nor fetches."""
    owner = walk.world.of(number).owner
    other = next(name for name in CITIZENS if name != owner)
    if other in walk.world.out:
        return
    stranger = walk.visitor(other)
    saw = ["reads"] if _succeeds(lambda: stranger.dossiers.read(dossier)) else []
    saw += ["fetches a file of"] if any(_fetches(stranger, dossier, file) for file in dossier.files) else []
    saw += ["lists"] if any(line.id == dossier.id for line in stranger.dossiers.list()) else []
    if saw:
        yield shall(
            "seen_by_another",
            (f"công dân {other} không thấy gì của hồ sơ {number}", f"citizen {other} sees nothing of dossier {number}"),
            (f"thấy được ({', '.join(saw)})", f"{other} {', '.join(saw)} it"),
        )


def _fetches(stranger: Visitor, dossier: Dossier, file: str) -> bool:
    return _succeeds(lambda: stranger.dossiers.file(dossier, file))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except Refused:
        return False
    return True
