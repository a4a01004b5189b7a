"""What each refusal is called outside: WSO2's codes and sentences, and what a person reads."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.portal import applications, attempts, authorization, sessions
from simulators.portal.spec import CONFIRMED, LIKELY, UNKNOWN


@dataclass(frozen=True)
class Word:
    """`code` is the machine's word, `text` the sentence; `status` only where HTTP carries it."""

    code: str
    text: str
    mark: str
    status: int = 400


ANYTHING_ELSE = "Đã xảy ra lỗi trong quá trình xác thực. Vui lòng thử đăng nhập lại."

A = attempts.Reason
PERSON: dict[attempts.Reason, Word] = {
    A.NO_ATTEMPT: Word("authentication.attempt.failed", ANYTHING_ELSE, CONFIRMED),
    A.NOT_SIMULATED: Word("not.simulated", "Phương thức đăng nhập này chưa được mô phỏng.", UNKNOWN),
    A.WRONG_CAPTCHA: Word("recaptcha.fail.message", "Mã xác thực không đúng. Vui lòng nhập mã mới.", LIKELY),
    A.WRONG_PASSWORD: Word("login.fail.message", "Tên đăng nhập hoặc mật khẩu không đúng.", LIKELY),
    A.LOCKED: Word(
        "user.account.locked", "Tài khoản tạm khóa do nhập sai nhiều lần. Vui lòng thử lại sau ít phút.", CONFIRMED
    ),
    A.NO_PHONE: Word("unable.send.code", "Tài khoản chưa đăng ký số điện thoại nhận mã OTP.", CONFIRMED),
    A.WRONG_CODE: Word("code.mismatch", "Mã OTP không đúng.", CONFIRMED),
    A.CODE_EXPIRED: Word("token.expired", "Mã OTP đã hết hiệu lực. Vui lòng bấm Gửi lại OTP.", CONFIRMED),
    A.RESEND_TOO_SOON: Word("resend.too.soon", "Mã vừa được gửi. Vui lòng chờ trước khi gửi lại.", UNKNOWN),
    A.RESEND_TOO_OFTEN: Word("resent.count.exceeded", "Đã gửi lại mã quá số lần cho phép.", CONFIRMED),
    A.CERTIFICATE_UNKNOWN: Word(
        "certificate.unknown", "Chứng thư số không do tổ chức được công nhận cấp, hoặc không đọc được.", UNKNOWN
    ),
    A.CERTIFICATE_LAPSED: Word("certificate.expired", "Chứng thư số đã hết hạn.", UNKNOWN),
    A.CERTIFICATE_REVOKED: Word("certificate.revoked", "Chứng thư số đã bị thu hồi hoặc tạm dừng.", UNKNOWN),
    A.WRONG_SIGNATURE: Word("signature.mismatch", "Chữ ký số không đúng với mã thách thức của trang này.", UNKNOWN),
    A.NO_ACCOUNT: Word("account.not.found", "Chứng thư số không ứng với tài khoản cá nhân nào.", UNKNOWN),
    A.NO_SIM: Word("sim.not.found", "Số điện thoại này không có Sim ký số.", UNKNOWN),
    A.SIM_BLOCKED: Word("sim.pin.blocked", "Mã PIN của SIM đã bị khoá do nhập sai nhiều lần.", UNKNOWN),
    A.SIM_REFUSED: Word("sim.user.cancel", "Yêu cầu đăng nhập đã bị từ chối trên điện thoại.", UNKNOWN),
    A.SIM_EXPIRED: Word("sim.expired", "Không có trả lời từ điện thoại trong thời gian cho phép.", UNKNOWN),
}

Z = authorization.Reason
APPLICATION: dict[authorization.Reason, Word] = {
    Z.REPEATED: Word(
        "invalid_authorization_request", "Invalid authorization request with repeated parameters", CONFIRMED
    ),
    Z.UNREADABLE: Word("invalid_request", "Invalid authorization request", CONFIRMED),
    Z.NO_CLIENT: Word("invalid_request", "Client ID is not present in the authorization request", LIKELY),
    Z.UNKNOWN_CLIENT: Word(
        "invalid_client", "A valid OAuth client could not be found for client_id: {client_id}", CONFIRMED
    ),
    Z.NO_REDIRECT: Word("invalid_request", "Redirect URI is not present in the authorization request", LIKELY),
    Z.WRONG_REDIRECT: Word("invalid_callback", "Registered callback does not match with the provided url.", CONFIRMED),
    Z.NO_RESPONSE_TYPE: Word("invalid_request", "Missing response_type parameter value", LIKELY),
    Z.WRONG_RESPONSE_TYPE: Word("unsupported_response_type", "Invalid response_type parameter value", LIKELY),
    Z.REQUEST_OBJECT: Word("request_not_supported", "Request objects are not supported.", UNKNOWN),
    Z.WRONG_PROMPT: Word(
        "invalid_request", "Invalid prompt variables passed with the authorization request", CONFIRMED
    ),
    Z.PROMPT_COMBINATION: Word(
        "invalid_request",
        "Invalid prompt variable combination. The value 'none' cannot be used with others prompts.",
        CONFIRMED,
    ),
    Z.WRONG_MAX_AGE: Word(
        "invalid_request", "Invalid max_age parameter value sent in the authorization request.", CONFIRMED
    ),
    Z.WRONG_CHALLENGE: Word("invalid_request", "Code challenge used is not up to RFC 7636 specifications.", CONFIRMED),
    Z.WRONG_CHALLENGE_METHOD: Word("invalid_request", "Unsupported PKCE Challenge Method", CONFIRMED),
    Z.LOGIN_REQUIRED: Word("login_required", "Request with 'prompt=none' but user session does not exist", LIKELY),
    Z.DENIED: Word("access_denied", "User denied the consent", LIKELY),
}

S = sessions.Reason
LOGOUT: dict[sessions.Reason, Word] = {
    S.NO_COOKIE: Word("access_denied", "opbs cookie not received. Missing session state.", CONFIRMED),
    S.NO_SESSION: Word("access_denied", "No valid session found for the received session state.", CONFIRMED),
    S.WRONG_HINT: Word("access_denied", "ID token signature validation failed.", CONFIRMED),
    S.UNKNOWN_CLIENT: Word(
        "access_denied", "Error occurred while getting application information. Client id not found.", CONFIRMED
    ),
    S.WRONG_RETURN: Word("access_denied", "Post logout URI does not match with registered callback URI.", CONFIRMED),
    S.DENIED: Word("access_denied", "End User denied the logout request", CONFIRMED),
}

T = applications.Reason
GRANT = "invalid_grant"
CLIENT = "invalid_client"
TOKEN: dict[applications.Reason, Word] = {
    T.UNREADABLE: Word("invalid_request", "Invalid request", LIKELY),
    T.WRONG_CONTENT_TYPE: Word("invalid_request", "Unsupported Media Type", LIKELY, 415),
    T.NO_CREDENTIALS: Word(CLIENT, "Unsupported Client Authentication Method!", CONFIRMED, 401),
    T.TWO_CREDENTIALS: Word(
        "invalid_request", "The client MUST NOT use more than one authentication method in each request", LIKELY
    ),
    T.UNKNOWN_CLIENT: Word(
        CLIENT, "A valid OAuth client could not be found for client_id: {client_id}", CONFIRMED, 401
    ),
    T.WRONG_SECRET: Word(CLIENT, "Client credentials are invalid.", CONFIRMED, 401),
    T.NO_GRANT_TYPE: Word("invalid_request", "Missing grant_type parameter value", LIKELY),
    T.WRONG_GRANT_TYPE: Word("unsupported_grant_type", "Unsupported grant_type value", LIKELY),
    T.NO_CODE: Word("invalid_request", "Missing parameters: code", LIKELY),
    T.UNKNOWN_CODE: Word(GRANT, "Invalid authorization code received from token request", CONFIRMED),
    T.USED_CODE: Word(GRANT, "Inactive authorization code received from token request", CONFIRMED),
    T.EXPIRED_CODE: Word(GRANT, "Expired or Revoked authorization code received from token request", CONFIRMED),
    T.WRONG_REDIRECT: Word(GRANT, "Callback url mismatch", CONFIRMED),
    T.WRONG_VERIFIER: Word(GRANT, "PKCE validation failed", CONFIRMED),
    T.NO_REFRESH_TOKEN: Word("invalid_request", "Missing parameters: refresh_token", LIKELY),
    T.UNKNOWN_REFRESH_TOKEN: Word(GRANT, "Persisted access token data not found", LIKELY),
    T.EXPIRED_REFRESH_TOKEN: Word(GRANT, "Refresh token is expired.", CONFIRMED),
    T.NO_TOKEN: Word("invalid_request", "Missing parameters: token", LIKELY),
    T.NO_BEARER: Word("invalid_request", "Authorization header is missing or is not Bearer", LIKELY),
    T.WRONG_BEARER: Word("invalid_token", "Access token validation failed", LIKELY, 401),
    T.NO_OPENID: Word("insufficient_scope", "Access token does not have the openid scope", CONFIRMED, 403),
    T.FAILED: Word("server_error", "Internal Server Error.", LIKELY, 500),
}
