"""What must hold of money, signatures, dossiers and logins whatever was tried: pure, over the journal and the portal's books."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.journal import Row
from conformance.ledger import Ledger, fold

Finding = tuple[str, str, str]
"""(the offender's reference, what is wrong in Vietnamese, the same in English)."""


@dataclass(frozen=True)
class Violation:
    law: str
    ref: str
    text_vi: str
    text_en: str


@dataclass(frozen=True)
class Law:
    name: str
    text_vi: str
    text_en: str
    offenders: Callable[[Ledger], Iterator[Finding]]


def judge(rows: Iterable[Row], books: Iterable[Mapping[str, Any]], *, since: int = 0) -> Iterator[Violation]:
    """Rows of one contract (and the suite's own), after quiet; books as portal_api.yaml's `Book`; `since` is the
    journal's row at which the run began.

    What timed out may have happened: a payment of which the portal was not told, or whose notice found nobody, offends
    no law by having no receipt.
    """
    ledger = fold(rows, books, since=since)
    for law in LAWS:
        for ref, vi, en in law.offenders(ledger):
            yield Violation(law.name, ref, vi, en)


def _one_receipt(ledger: Ledger) -> Iterator[Finding]:
    for ref, found in ledger.receipts.items():
        if len(found) > 1:
            yield ref, f"{len(found)} biên lai cho một giao dịch", f"{len(found)} receipts for one payment"
    for ref in ledger.paid:
        if ref not in ledger.receipts:
            yield ref, "sổ ghi đã thanh toán mà không có biên lai", "booked as paid, without a receipt"


def _proof(ledger: Ledger) -> Iterator[Finding]:
    for ref in sorted(ledger.paid.keys() | ledger.receipts.keys()):
        if ref not in ledger.settled:
            yield (
                ref,
                "ghi đã thanh toán, cổng thanh toán không thu tiền",
                "booked as paid, the gateway never settled it",
            )
        elif ref not in ledger.told:
            yield (
                ref,
                "ghi đã thanh toán khi chưa có thông báo hay truy vấn nào nói vậy",
                "booked as paid before any notice or query said so",
            )


def _amounts(ledger: Ledger) -> Iterator[Finding]:
    for ref, found in ledger.receipts.items():
        settled = ledger.settled.get(ref)
        for receipt, amount in found:
            if settled is not None and amount != settled:
                yield (
                    ref,
                    f"biên lai {receipt} ghi {amount} đồng, đã thu {settled} đồng",
                    f"receipt {receipt} says {amount}, settled were {settled}",
                )


def _settled_is_booked(ledger: Ledger) -> Iterator[Finding]:
    for ref in ledger.settled:
        if ref in ledger.confirmed and ref not in ledger.receipts:
            yield ref, "đã thu tiền và đã báo, không có biên lai", "settled and told, without a receipt"


def _approved(ledger: Ledger) -> Iterator[Finding]:
    booked = {(signed.dossier, signed.component) for signed in ledger.signatures}
    for name in ledger.shown_signed.keys() & ledger.dossiers.keys():
        for component in ledger.shown_signed[name]:
            if (name, component) not in booked:
                yield (
                    f"{name}/{component}",
                    "cổng hiện là đã ký, sổ không có chữ ký này",
                    "shown as signed, the books hold no such signature",
                )
    for signed in ledger.signatures:
        ref = f"{signed.dossier}/{signed.component}"
        by = ledger.approved.get(signed.digest, set())
        if not by:
            yield ref, "tệp ghi là đã ký, không ai xác nhận băm này", "called signed, nobody approved this digest"
        elif signed.personal_id not in {person for person, _ in by}:
            yield ref, "băm do người khác xác nhận", "the digest was approved by somebody else"
        elif (signed.personal_id, signed.serial) not in by:
            yield ref, "băm được xác nhận bằng chứng thư khác", "the digest was approved with another certificate"


def _own_signature(ledger: Ledger) -> Iterator[Finding]:
    for signed in ledger.signatures:
        booked = ledger.dossiers.get(signed.dossier, ("", signed.subject))[1]
        owners = {ledger.persons[subject] for subject in (signed.subject, booked) if subject in ledger.persons}
        if signed.personal_id not in ledger.members.get(signed.dossier, ()) and owners - {signed.personal_id}:
            ref = f"{signed.dossier}/{signed.component}"
            yield ref, "chữ ký không phải của người nộp hồ sơ", "the signature is not the applicant's"


def _findable(ledger: Ledger) -> Iterator[Finding]:
    for name, (code, _) in ledger.acknowledged.items():
        if name not in ledger.dossiers:
            yield (
                name,
                f"hồ sơ {code} đã nhận mà không có trong sổ",
                f"dossier {code} was acknowledged, the books lack it",
            )
        elif code and ledger.dossiers[name][0] != code:
            now = ledger.dossiers[name][0]
            yield name, f"mã hồ sơ đã báo {code}, trong sổ {now}", f"the code told was {code}, the books say {now}"
    for name, codes in ledger.told_codes.items():
        if len(codes) > 1:
            told = sorted(codes)
            yield name, f"một hồ sơ được báo nhiều mã: {told}", f"several codes were told for one dossier: {told}"


def _unique(ledger: Ledger) -> Iterator[Finding]:
    by_code = {code: set(names) for code, names in ledger.codes.items()}
    for name, codes in ledger.told_codes.items():
        for code in codes:
            by_code.setdefault(code, set()).add(name)
    for code, names in by_code.items():
        if len(names) > 1:
            yield code, f"{len(names)} hồ sơ cùng một mã", f"{len(names)} dossiers have this code"


def _owner(ledger: Ledger) -> Iterator[Finding]:
    for name, (_, subject) in ledger.acknowledged.items():
        booked = ledger.dossiers.get(name)
        if booked and subject and booked[1] != subject:
            yield name, "hồ sơ ghi dưới tên người khác", "the dossier is booked under another person"


def _shown_to_its_owner(ledger: Ledger) -> Iterator[Finding]:
    for name, subjects in ledger.shown.items():
        owner, members = ledger.dossiers.get(name, ("", ""))[1], ledger.members.get(name, frozenset())
        strangers = {subject for subject in subjects - {owner} if ledger.persons.get(subject) not in members}
        if others := sorted(strangers) if owner else []:
            yield name, f"hồ sơ của {owner} hiện ra cho {others}", f"{owner}'s dossier was shown to {others}"


def _sent_once(ledger: Ledger) -> Iterator[Finding]:
    for ref, count in ledger.sent_again.items():
        yield (
            ref,
            f"mã đăng nhập đã đổi còn gửi lại {count} lần",
            f"a code that was exchanged was sent again, {count} ×",
        )


LAWS = (
    Law(
        "one_receipt_a_settlement",
        "Một giao dịch đã thu tiền có đúng một biên lai.",
        "One payment makes one receipt.",
        _one_receipt,
    ),
    Law(
        "nothing_paid_without_proof",
        "Không ghi đã thanh toán khi cổng thanh toán chưa báo (thông báo hoặc truy vấn).",
        "Nothing is paid unless a notice or a query said so.",
        _proof,
    ),
    Law(
        "amounts_agree",
        "Số tiền trên biên lai bằng số tiền đã thu.",
        "A receipt's amount equals the settlement's.",
        _amounts,
    ),
    Law(
        "settled_is_booked",
        "Tiền đã thu và đã báo thì có biên lai.",
        "What was settled and told has a receipt.",
        _settled_is_booked,
    ),
    Law(
        "signed_is_approved",
        "Mỗi tệp ghi là đã ký có băm mà chính người ký đã xác nhận, bằng chính chứng thư đó.",
        "Every signed file's digest was approved by its signer with that certificate.",
        _approved,
    ),
    Law(
        "signed_by_the_applicant",
        "Chữ ký trên hồ sơ là của người nộp (hồ sơ KBNN: của một thành viên).",
        "A dossier's signatures are its applicant's (of the State Treasury's: a member's).",
        _own_signature,
    ),
    Law(
        "acknowledged_is_findable",
        "Hồ sơ đã báo nhận thì có trong sổ, với đúng mã đã báo.",
        "Every acknowledged dossier is in the books under the code that was told.",
        _findable,
    ),
    Law("codes_are_unique", "Mã hồ sơ không trùng nhau.", "Dossier codes are unique.", _unique),
    Law(
        "dossiers_keep_their_owner",
        "Hồ sơ không bị ghi dưới tên người khác.",
        "No dossier is booked under another person.",
        _owner,
    ),
    Law(
        "shown_to_its_owner",
        "Không công dân nào thấy hồ sơ của người khác.",
        "No citizen sees another's dossier.",
        _shown_to_its_owner,
    ),
    Law(
        "codes_are_exchanged_once",
        "Cổng không gửi lại mã đăng nhập đã đổi.",
        "A login code that was exchanged is not sent again.",
        _sent_once,
    ),
)
