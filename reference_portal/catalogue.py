"""The procedures that the portal offers: names and components as seed 003 shows them.

Test data, not facts: the agencies' codes, the fee's amount, the days of handling, and the components of 1.000689 and
1.004964, which the seed does not show.
"""

from dataclasses import dataclass

from msgspec import Struct

from reference_portal.papers import FIELDS
from reference_portal.word import DOC, DOCX

MAX_BYTES = 10 * 1024 * 1024
WORD = (DOCX, DOC)
MEDIA = ("application/pdf", "image/jpeg", "image/png", *WORD)


class Fee(Struct, frozen=True, kw_only=True):
    """A fee of a procedure, or one that an officer asked of a dossier."""

    id: str
    name: str
    amount: int
    kind: str = "le_phi"
    collect: str = "before"
    paid: bool = False


@dataclass(frozen=True)
class ComponentRule:
    id: str
    name: str
    required: bool = False
    sign: bool = False
    form: tuple[str, ...] = ()
    template: str | None = None


@dataclass(frozen=True)
class Procedure:
    code: str
    name: str
    field: str
    level: str
    agencies: tuple[str, ...]
    components: tuple[ComponentRule, ...]
    fees: tuple[Fee, ...] = ()
    days: int = 5
    in_person: str = ""

    def component(self, component_id: str) -> ComponentRule | None:
        return next((rule for rule in self.components if rule.id == component_id), None)


THANH_LUONG, THANH_PHU = "000.00.01.H10", "000.00.02.H10"
AGENCIES = {THANH_LUONG: "UBND Xã Thanh Lương", THANH_PHU: "UBND Xã Thanh Phú"}

_IN_PERSON = "Người yêu cầu đến cơ quan để đối chiếu bản chính và ký vào Sổ hộ tịch."

_BIRTH = Procedure(
    code="1.004772.000.00.00.H10",
    name="Đăng ký khai sinh cho người đã có hồ sơ, giấy tờ cá nhân",
    field="Hộ tịch (X)",
    level="Một phần",
    agencies=(THANH_LUONG, THANH_PHU),
    in_person=_IN_PERSON,
    components=(
        ComponentRule(
            "to-khai",
            "Tờ khai đăng ký khai sinh theo mẫu.",
            required=True,
            sign=True,
            form=tuple(FIELDS),
            template="/bieu-mau/to-khai-dang-ky-khai-sinh.pdf",
        ),
        ComponentRule("cam-doan", "Văn bản cam đoan của người yêu cầu về việc chưa được đăng ký khai sinh."),
        ComponentRule(
            "giay-to",
            "Bản sao toàn bộ hồ sơ, giấy tờ của người yêu cầu hoặc hồ sơ, giấy tờ, tài liệu khác "
            "trong đó có thông tin liên quan đến nội dung khai sinh,",
        ),
        ComponentRule("xac-nhan", "Văn bản xác nhận của Thủ trưởng cơ quan, đơn vị về việc những nội dung khai sinh"),
        ComponentRule(
            "uy-quyen",
            "Văn bản ủy quyền theo quy định của pháp luật trong trường hợp ủy quyền thực hiện việc đăng ký",
        ),
    ),
)
_PARENTS = Procedure(
    code="1.000689.000.00.00.H10",
    name="Đăng ký khai sinh kết hợp nhận cha, mẹ, con",
    field="Hộ tịch (X)",
    level="Một phần",
    agencies=(THANH_LUONG,),
    in_person=_IN_PERSON,
    fees=(Fee(id="le-phi-ho-tich", name="Lệ phí đăng ký nhận cha, mẹ, con (dữ liệu thử)", amount=1_500_000),),
    components=(
        ComponentRule(
            "to-khai",
            "Tờ khai đăng ký khai sinh theo mẫu.",
            required=True,
            form=tuple(FIELDS),
            template="/bieu-mau/to-khai-dang-ky-khai-sinh.pdf",
        ),
        ComponentRule("chung-cu", "Chứng cứ chứng minh quan hệ cha - con hoặc mẹ - con."),
    ),
)
_ALLOWANCE = Procedure(
    code="1.004964.000.00.00.H10",
    name="Giải quyết chế độ trợ cấp một lần đối với người được cử làm chuyên gia sang giúp Lào, Căm-pu-chia",
    field="Lao động - TBXH (X)",
    level="Toàn trình",
    agencies=(THANH_LUONG,),
    components=(
        ComponentRule("to-khai", "Tờ khai đề nghị hưởng chế độ trợ cấp một lần.", required=True),
        ComponentRule("quyet-dinh", "Bản sao quyết định cử làm chuyên gia hoặc giấy tờ chứng minh."),
    ),
)

CATALOGUE = {procedure.code: procedure for procedure in (_BIRTH, _PARENTS, _ALLOWANCE)}

# The portal's own test procedures by role: no check names a code.
ROLES = {"signed": _BIRTH, "two_agencies": _BIRTH, "paid": _PARENTS, "free": _ALLOWANCE}
