"""A walk told in words, Vietnamese and English, with what was due, what came, and the line that walks it again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.exploration.finding import Finding
from conformance.exploration.steps import Step, written
from conformance.failures import Words

WHO: Mapping[str, Words] = {
    "A": Words("Công dân A", "Citizen A"),
    "B": Words("Công dân B", "Citizen B"),
    "an": Words("Cán bộ An", "Officer An"),
    "binh": Words("Cán bộ Bình", "Officer Bình"),
    "bank": Words("Cổng thanh toán", "The gateway"),
}
# {n}: the dossier, {c}: the component, {d}: the detail in words.
DID: Mapping[str, Words] = {
    "draft": Words("lập hồ sơ {n} ({d})", "drafts dossier {n} ({d})"),
    "attach": Words(
        "đính kèm tập tin vào thành phần {c} của hồ sơ {n}", "attaches a file to component {c} of dossier {n}"
    ),
    "fill": Words("khai tờ khai ở thành phần {c} của hồ sơ {n}", "fills the form of component {c} of dossier {n}"),
    "remove": Words("xóa thành phần {c} của hồ sơ {n}", "takes component {c} of dossier {n} away"),
    "sign": Words("bắt đầu ký số thành phần {c} của hồ sơ {n}", "begins to sign component {c} of dossier {n}"),
    "approve": Words("xác nhận trên điện thoại", "approves on the phone"),
    "cancel": Words("bấm Hủy trên điện thoại", "cancels on the phone"),
    "submit": Words("nộp hồ sơ {n}", "submits dossier {n}"),
    "answer": Words("gửi bổ sung cho hồ sơ {n}", "sends the supplement of dossier {n}"),
    "withdraw": Words("rút hồ sơ {n}", "withdraws dossier {n}"),
    "copy": Words("sao chép hồ sơ {n}", "copies dossier {n}"),
    "pay": Words("nộp phí của hồ sơ {n}; {d}", "pays the fee of dossier {n}; {d}"),
    "back": Words("quay về từ cổng thanh toán (hồ sơ {n})", "comes back from the gateway (dossier {n})"),
    "notice": Words(
        "gửi thông báo đúng đã hoãn về hồ sơ {n}", "sends the right notice about dossier {n}, put off before"
    ),
    "accept": Words("tiếp nhận hồ sơ {n}", "accepts dossier {n}"),
    "process": Words("chuyển xử lý hồ sơ {n}", "begins to process dossier {n}"),
    "ask": Words("yêu cầu bổ sung thành phần {c} của hồ sơ {n}", "asks for component {c} of dossier {n} anew"),
    "refuse": Words("từ chối hồ sơ {n}{d}", "refuses dossier {n}{d}"),
    "fee": Words("yêu cầu nộp lệ phí cho hồ sơ {n}", "asks a fee for dossier {n}"),
    "finish": Words("xử lý xong hồ sơ {n}", "finishes dossier {n}"),
    "hand_over": Words("trả kết quả hồ sơ {n}", "hands over the result of dossier {n}"),
    "reconcile": Words("đối soát với cổng thanh toán", "reconciles with the gateway"),
    "logout": Words("đăng xuất", "logs out"),
    "login": Words("đăng nhập lại", "logs in again"),
}
DETAIL: Mapping[str, Words] = {
    "free": Words("không phí, không ký số", "no fee, no signature"),
    "signed": Words("phải ký số", "to be signed"),
    "paid": Words("phí thu trước", "a fee before acceptance"),
    "elsewhere": Words("tại cơ quan thứ hai", "at the second agency"),
    "told": Words("thông báo đến", "the notice comes"),
    "doubled": Words("thông báo đến hai lần", "the notice comes twice"),
    "lost": Words("thông báo bị mất", "the notice is lost"),
    "late": Words("thông báo chưa đến", "the notice is late"),
    "forged": Words("một thông báo sai chữ ký kiểm tra đến", "a notice with a wrong checksum comes"),
    "short": Words("một thông báo sai số tiền đến", "a notice of another amount comes"),
    "cancelled": Words("bấm hủy, thông báo hủy đến", "cancels it, and the notice says so"),
    "abandoned": Words("bấm hủy, thông báo bị mất", "cancels it, and the notice is lost"),
    "silently": Words(" mà không nêu lý do", " without a reason"),
    "": Words("", ""),
}


@dataclass(frozen=True)
class Story:
    """`length`: steps of the walk that found it first; `number`: which walk that was; `stands`: whether it came again."""

    steps: tuple[Step, ...]
    finding: Finding
    length: int
    number: int
    stands: bool = True

    @property
    def line(self) -> str:
        return written(self.steps)

    def told(self, options: str) -> Iterable[str]:
        """`options`: which portal, as the command line names it."""
        yield from sentences(self.steps)
        due, came = self.finding.expected, self.finding.came
        yield f"   mong đợi: {due.vi} / expected: {due.en}"
        yield f"   nhận được: {came.vi} / came: {came.en}"
        yield f"   ({self.finding.law}; {self.length} → {len(self.steps)} bước / steps)"
        if not self.stands:
            yield "   không lặp lại được khi đi lại / it did not come again when walked again"
        yield f'   python -m conformance.exploration{options} --replay "{self.line}"'


def sentences(steps: Sequence[Step]) -> Iterable[str]:
    """Numbered; a draft and a copy are told with the number that the new dossier gets."""
    made = 0
    for place, step in enumerate(steps, 1):
        made += step.verb in {"draft", "copy"}
        yield f"{place}. {_sentence(step, made if step.verb == 'draft' else step.dossier)}"


def _sentence(step: Step, number: int) -> Words:
    who, did, detail = WHO[step.who], DID[step.verb], DETAIL[step.detail]
    vi = did.vi.format(n=number, c=step.part, d=detail.vi)
    en = did.en.format(n=number, c=step.part, d=detail.en)
    return Words(f"{who.vi} {vi}", f"{who.en} {en}")
