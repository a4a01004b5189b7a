"""The wizard's screens as e-forms: their fields' names, and how members stand in them."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from reference_portal.calls.messages import ADDRESS
from reference_portal.dossiers import Refused
from reference_portal.kbnn.registrations import OWNERS, ROLES, Member, Registration, replaced

PROCEDURE, AGENCY = "kbnn.dang-ky-dvc", "KBNN"
NAME, AGENCY_NAME = "Đăng ký sử dụng dịch vụ công trực tuyến của Kho bạc Nhà nước", "Kho bạc Nhà nước"
UNIT, PROJECTS, MEMBERS, PAPER = "unit", "projects", "members", "registration"
TITLES = {
    UNIT: "Kê khai thông tin đơn vị",
    PROJECTS: "Kê khai đơn vị sử dụng ngân sách, dự án, tài khoản",
    MEMBERS: "Kê khai thông tin thành viên",
    PAPER: "Hồ sơ đăng ký tham gia dịch vụ công của KBNN",
}
UNIT_FIELDS = {
    "name": "Tên đơn vị",
    "code": "Mã ĐVQHNS",
    "address": "Địa chỉ",
    "email": "Thư điện tử của đơn vị",
}
PROJECT_FIELDS = {"code": "Mã ĐVQHNS, mã dự án", "account": "Số tài khoản tại KBNN"}
MEMBER_FIELDS = {
    "role": "Vai trò",
    "name": "Họ và tên",
    "email": "Thư điện tử",
    "personal_id": "Số định danh cá nhân",
    "serial": "Số hiệu chứng thư số",
}
MOST_ROWS = 20
_NUMBERS = frozenset(map(str, range(1, MOST_ROWS + 1)))
LONGEST_VALUE = 300


def saved(registration: Registration, screen: str, form: Mapping[str, str]) -> Registration:
    """One screen as it was typed; rows of projects and members are `1.code`, `1.account`, `2.code`, …"""
    if any(len(value) > LONGEST_VALUE or not value.isprintable() for value in form.values()):
        raise Refused("bad_field", "Nội dung một ô quá dài hoặc có ký tự không hợp lệ.", status=422, field=screen)
    if screen == UNIT:
        _demand_fields(form, UNIT_FIELDS)
        if form.get("email"):
            _demand_address(form["email"], "email")
        return replace(registration, unit=dict(form))
    if screen == PROJECTS:
        _rows(form, PROJECT_FIELDS)
        return replace(registration, projects=dict(form))
    if screen == MEMBERS:
        return replaced(registration, _members(form))
    raise Refused("no_form", "Phần này không có biểu mẫu điện tử.", status=422, field=screen)


def form_of(registration: Registration, screen: str) -> dict[str, str]:
    if screen == UNIT:
        return registration.unit
    if screen == PROJECTS:
        return registration.projects
    rows = enumerate(registration.members, 1)
    return {f"{row}.{field}": getattr(member, field) for row, member in rows for field in MEMBER_FIELDS}


def demand_complete(registration: Registration) -> None:
    """What must be there before the members are asked."""
    for field, label in UNIT_FIELDS.items():
        if not registration.unit.get(field, "").strip():
            raise Refused("incomplete", f"Chưa kê khai: {label}.", status=422, field=UNIT)
    if not registration.projects:
        raise Refused("incomplete", "Chưa kê khai tài khoản nào.", status=422, field=PROJECTS)
    roles = [member.role for member in registration.members]
    if not any(role in OWNERS for role in roles):
        why = "Phải có chủ tài khoản hoặc người được ủy quyền chủ tài khoản."
        raise Refused("incomplete", why, status=422, field=MEMBERS)


def _members(form: Mapping[str, str]) -> tuple[Member, ...]:
    members = tuple(Member(**row) for row in _rows(form, MEMBER_FIELDS))
    for member in members:
        if member.role not in ROLES:
            raise Refused("bad_role", f"Vai trò “{member.role}” không có.", status=422, field="role")
        _demand_address(member.email, "email")
        if not all((member.name.strip(), member.personal_id.strip(), member.serial.strip())):
            raise Refused("incomplete", "Thành viên thiếu thông tin.", status=422, field=MEMBERS)
    for field in ("personal_id", "serial"):
        if len({getattr(member, field) for member in members}) != len(members):
            raise Refused("member_twice", "Hai thành viên trùng nhau.", status=422, field=field)
    return members


def _rows(form: Mapping[str, str], fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """The numbered rows, each whole; what is not numbered, or not a field, is refused."""
    rows: dict[int, dict[str, Any]] = {}
    for name, value in form.items():
        number, _, field = name.partition(".")
        if number not in _NUMBERS or field not in fields:
            raise Refused("bad_field", f"Ô “{name[:40]}” không có trong biểu mẫu.", status=422, field=name[:40])
        rows.setdefault(int(number), {})[field] = value.strip()
    for row in rows.values():
        _demand_fields(row, fields)
        if len(row) != len(fields):
            raise Refused("incomplete", "Một dòng chưa kê khai đủ.", status=422)
    return [rows[number] for number in sorted(rows)]


def _demand_fields(form: Mapping[str, str], fields: Mapping[str, str]) -> None:
    if unknown := sorted(form.keys() - fields.keys()):
        raise Refused("bad_field", f"Ô “{unknown[0][:40]}” không có trong biểu mẫu.", status=422, field=unknown[0][:40])


def _demand_address(address: str, field: str) -> None:
    if not ADDRESS.fullmatch(address):
        raise Refused("bad_address", "Địa chỉ thư điện tử không hợp lệ.", status=422, field=field)
