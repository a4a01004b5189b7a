"""The login in force since 20/07/2026: the electronic identification account (VNeID) alone.

Not simulated: the QR code and the confirmation in the VNeID application (a password is the only factor here, so that an
account without a phone can log in), userProfileUri (named in userinfo, leads nowhere), VNeID accounts of organisations (the
icon is there and says so), levels of identity.
CONFIRMED: VNeID only; loginIdp BCA, userProfileUri, logoutUri, loAs, IAL in userinfo; no phone and no e-mail there.
LIKELY: names of the identity providers. UNKNOWN: what the page asks after the password, the value of IAL, the answer of
userProfileUri, whether the screen of shared data appears at each login; all UNKNOWN of vnconnect-2022 too.
"""

from simulators.portal.spec import Authenticator, LoginSpec

PROVIDER = LoginSpec(
    id="vneid-2026",
    name="Cổng Dịch vụ công Quốc gia (VNeID)",
    source="Quyết định 29/2026/QĐ-TTg, by two summaries of it; client code of portals",
    login_idp="BCA",
    hosts=("testxacthuc.dichvucong.gov.vn", "xacthuc.dichvucong.gov.vn"),
    authenticators=(
        Authenticator(
            name="IDP BCA",
            label="Tài khoản định danh điện tử (VNeID)",
            hint="Dành cho công dân, do Bộ Công an cấp",
            asks="password and consent",
        ),
        Authenticator(
            name="VNeID_TC_DN",
            label="Tài khoản định danh tổ chức (VNeID)",
            hint="Dành cho tổ chức, doanh nghiệp",
            asks="nothing",
        ),
    ),
)
