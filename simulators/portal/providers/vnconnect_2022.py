"""The login of 2022 to 2024: account of the national portal, password, captcha and OTP by SMS; USB token; SIM.

Not simulated: the page's own script (real ones call signing software; here a form brings certificate and signature, from an
agent or by hand), accounts of organisations (a seal opens none), registration, recovery of a password or a phone,
other second factors, the VNeID icon of 2023, session-check frame, back-channel logout, consent.
CONFIRMED: paths, element ids, tabs, six digits, two minutes, masked number, texts of the published guides,
userinfo's names and types; that a token's or SIM's owner logs in by it. LIKELY: issuer, lifetimes of code and tokens (WSO2's
defaults); that the account is found by the certificate's number. UNKNOWN: limits of tries and resends, lock, cooldown,
lifetimes of attempt and session, length of the captcha, wording and sender of the SMS, the code of GioiTinh (1 man, 2 woman
here), whether userinfo demands the scope openid, whether introspection demands a client. Of the other tabs, UNKNOWN: every
text and field; what a USB token signs (here SHA-256 over a text of the page, once); which account a certificate with both
UID=MST and UID=CCCD opens (here the person's); whether more is asked; who has a SIM that signs (here whoever has a phone), its
PIN's tries (three, nothing unblocks it), how long the phone may take, whether it may be asked again at once; the assurance
level of either (here the password's). An account without a phone cannot pass by password: the number is mandatory at registration.
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
