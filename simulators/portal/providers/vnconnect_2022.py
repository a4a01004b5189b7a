"""The login of 2022 to 2024: account of the national portal, password, captcha and OTP by SMS.

Not simulated: USB and SIM signing (the tabs are there and say so), registration, recovery of a password or a phone,
other second factors, the VNeID icon of 2023, session-check frame, back-channel logout, consent.
CONFIRMED: paths, element ids, tabs, six digits, two minutes, masked number, texts of the published guides,
userinfo's names and types.
LIKELY: issuer, lifetimes of code and tokens (WSO2's defaults). UNKNOWN: limits of tries and resends, lock, cooldown,
lifetimes of attempt and session, length of the captcha, wording and sender of the SMS, the code of GioiTinh (1 man, 2 woman
here), whether userinfo demands the scope openid, whether introspection demands a client. An account without a phone cannot
pass here: the number is mandatory at registration.
"""

from simulators.portal.spec import Authenticator, LoginSpec

PROVIDER = LoginSpec(
    id="vnconnect-2022",
    name="Cổng Dịch vụ công Quốc gia (2022)",
    source="User guides that provinces published for the national login; client code of portals; WSO2 identity-inbound-auth-oauth",
    hosts=("testxacthuc.dichvucong.gov.vn", "xacthuc.dichvucong.gov.vn"),
    authenticators=(
        Authenticator(
            name="Vnconnect DVC",
            label="Tài khoản Cổng Dịch vụ công Quốc gia",
            hint="Số CMT/CCCD, mật khẩu và mã OTP gửi tới điện thoại đã đăng ký",
            asks="password and OTP",
        ),
    ),
)
