"""Why a client lets a deviation pass: what it does not look at, and by which leave; every acceptance has its note."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    client: str
    deviations: tuple[str, ...]
    vi: str
    en: str


UNREAD_TIME = (
    "không so iat với giờ hiện tại; OIDC Core 3.1.3.7 (10) để ứng dụng tự quyết",
    "does not compare iat with the present; OIDC Core 3.1.3.7 (10) leaves that to the client",
)
UNREAD_PARTY = (
    "chỉ so azp khi aud có nhiều giá trị; azp là SHOULD ở OIDC Core 3.1.3.7 (4, 5)",
    "compares azp only where aud has several values; azp is a SHOULD in OIDC Core 3.1.3.7 (4, 5)",
)
UNREAD_HASH = (
    "không tính at_hash; trong luồng code đó là MAY (OIDC Core 3.1.3.8)",
    "does not compute at_hash; in the code flow that is a MAY (OIDC Core 3.1.3.8)",
)
UNSIGNED = (
    (
        "mặc định không kiểm chữ ký của ID token nhận thẳng từ token endpoint (OIDC Core 3.1.3.7 (6) cho phép qua TLS); "
        "enableNonRepudiationChecks bật việc đó"
    ),
    (
        "by default does not verify the signature of an ID token that came straight from the token endpoint (OIDC Core "
        "3.1.3.7 (6) allows that over TLS); enableNonRepudiationChecks switches it on"
    ),
)
OWN_PARTY = (
    "tin aud lạ khi azp là chính mình, trái với OIDC Core 3.1.3.7 (3)",
    "believes a foreign aud where azp is its own, against OIDC Core 3.1.3.7 (3)",
)
FIRST_VALUE = (
    "khung web chỉ đưa giá trị đầu của tham số lặp lại",
    "the web framework hands over the first value of a repeated parameter",
)
UNREAD_SENDER = (
    "không biết tham số iss của RFC 9207 (cấu hình cũng không hứa gửi)",
    "does not know RFC 9207's parameter iss (nor does discovery promise it)",
)
UNCOMPARED = (
    "userinfo() không so sub với ID token: ứng dụng phải tự so, nếu không sẽ lấy dữ liệu của người khác",
    "userinfo() does not compare sub with the ID token: the application must, or it takes somebody else's data",
)
UNREAD_CRIT = (
    "bỏ qua crit, trái với RFC 7515 4.1.11",
    "ignores crit, against RFC 7515 4.1.11",
)
UNREAD_START = ("không đọc nbf", "does not read nbf")
NO_TOKEN_NEEDED = (
    "không có ID token thì đăng nhập bằng userinfo, trái với OIDC Core 3.1.3.3",
    "without an ID token it logs in by userinfo, against OIDC Core 3.1.3.3",
)
UNREAD_TYPE = ("không đọc token_type", "does not read token_type")
ANY_AUDIENCE = (
    "nhận aud nhiều giá trị miễn có mình, dù có bên lạ và không có azp",
    "takes an aud with several values where it is among them, though one is unknown and there is no azp",
)
DROPPED = (
    "đăng nhập theo ID token và bỏ toàn bộ userinfo (OIDC Core 5.3.2: không được dùng)",
    "logs in by the ID token and drops userinfo altogether (OIDC Core 5.3.2: it must not be used)",
)
TIMES = ("id_token.issued_in_future", "id_token.issued_long_ago")
FOREIGN_INFO = ("userinfo.another_subject", "userinfo.missing_sub")
NOTES = (
    Note("openid-client", ("id_token.bad_signature", "id_token.unknown_kid"), *UNSIGNED),
    Note("openid-client", TIMES, *UNREAD_TIME),
    Note("openid-client", ("id_token.wrong_azp",), *UNREAD_PARTY),
    Note("openid-client", ("id_token.wrong_at_hash",), *UNREAD_HASH),
    Note("oauth4webapi", TIMES, *UNREAD_TIME),
    Note("oauth4webapi", ("id_token.wrong_azp",), *UNREAD_PARTY),
    Note("oauth4webapi", ("id_token.wrong_at_hash",), *UNREAD_HASH),
    Note("authlib", ("id_token.wrong_aud",), *OWN_PARTY),
    Note("authlib", ("id_token.issued_long_ago",), *UNREAD_TIME),
    Note("authlib", ("callback.repeated_state",), *FIRST_VALUE),
    Note("authlib", ("callback.wrong_iss",), *UNREAD_SENDER),
    Note("authlib", FOREIGN_INFO, *UNCOMPARED),
    Note("idpyoidc", ("id_token.unknown_crit",), *UNREAD_CRIT),
    Note("idpyoidc", ("id_token.not_yet_valid",), *UNREAD_START),
    Note("idpyoidc", ("id_token.wrong_at_hash",), *UNREAD_HASH),
    Note("idpyoidc", ("callback.repeated_state",), *FIRST_VALUE),
    Note("idpyoidc", ("token.missing_id_token",), *NO_TOKEN_NEEDED),
    Note("idpyoidc", ("token.wrong_token_type",), *UNREAD_TYPE),
    Note("mod_auth_openidc", ("id_token.unknown_crit",), *UNREAD_CRIT),
    Note("mod_auth_openidc", ("id_token.not_yet_valid",), *UNREAD_START),
    Note("mod_auth_openidc", ("id_token.aud_with_others",), *ANY_AUDIENCE),
    Note("mod_auth_openidc", FOREIGN_INFO, *DROPPED),
)
