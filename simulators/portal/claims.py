"""What userinfo says of a person: an account of the national portal, or one of VNeID; names and types of the real ones."""

from __future__ import annotations

from typing import Any

from simulators.kernel.citizens import Citizen
from simulators.portal.spec import LoginSpec

CITIZEN = "1"
ACTIVE = "1"
USERINFO = "login.userinfo"


CARD, BLANKS, REVERSED = "old card, marriage, tax code", "blank fields", "reversed"
VARIANTS = tuple(
    " + ".join(name for bit, name in enumerate((CARD, BLANKS, REVERSED)) if number >> bit & 1) or "usual"
    for number in range(8)
)
"""What each `variant` of a national account's userinfo is."""


def of_national_account(spec: LoginSpec, citizen: Citizen, variant: int) -> dict[str, Any]:
    """`variant` is legal variance: absent fields may be missing or empty, an old card number may be there, order differs."""
    told: dict[str, Any] = {
        "sub": citizen.techid,
        "TechID": citizen.techid,
        "LoaiTaiKhoan": CITIZEN,
        "SoDinhDanh": citizen.id,
        "HoVaTen": citizen.name,
        "NgayThangNamSinh": citizen.birth,
        "GioiTinh": citizen.sex + 1,
        "QuocTich": "VN",
        "ThuongTru": citizen.address,
        "NoiOHienNay": citizen.address,
        "TrangThai": ACTIVE,
        "loAs": [spec.acr],
    }
    if citizen.phone:
        told["SoDienThoai"] = citizen.phone
    if citizen.email:
        told["ThuDienTu"] = citizen.email
    if variant & 1:
        told |= {"SoCMND": citizen.id[3:], "TinhTrangHonNhan": 1, "MaSoThue": citizen.tax_code}
    if variant & 2:
        told |= {"SoCMND": told.get("SoCMND", ""), "HoChieu": "", "SoDienThoaiBan": "", "DanToc": "", "TonGiao": ""}
    return dict(reversed(told.items())) if variant & 4 else told


def of_vneid_account(spec: LoginSpec, citizen: Citizen, links: tuple[str, str]) -> dict[str, Any]:
    """No phone and no e-mail; `links` are userProfileUri and logoutUri: bearer tokens inside URLs."""
    profile, logout = links
    return {
        "sub": citizen.techid,
        "TechID": citizen.techid,
        "LoaiTaiKhoan": CITIZEN,
        "HoVaTen": citizen.name,
        "SoDinhDanh": citizen.id,
        "NgayThangNamSinh": citizen.birth,
        "loginIdp": spec.login_idp,
        "userProfileUri": profile,
        "logoutUri": logout,
        "loAs": [spec.acr],
        "IAL": spec.ial,
    }
