"""What an operation may answer to hostile input and what it may write: a row for each, and the judge."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.fuzz.site import Operation, Seen
from tests.fuzz.wire import Ask, Reply

BACKGROUND = frozenset({"delivery"})
"""The courier repeats what nobody took, whatever is asked meanwhile."""
TRACES = re.compile(
    r"Traceback|File \\?\"[^\"]+\", line \d|\bat 0x[0-9a-f]{6,}|simulators/[a-z_/]+\.py|sqlite3\.|msgspec\.|asyncio\."
)
LINE_REFUSED = b"Invalid HTTP request received."
"""What the HTTP server itself says, before any route, to bytes that are no HTTP."""

SLOW = 5.0
"""Seconds; what no caller may make the server work on, whatever is sent."""

Shape = Callable[[Reply], str]
"""Nothing where an answer is of the provider's own form, otherwise what is wrong with it."""
Refusal = Callable[[Reply], bool]


def own_words(reply: Reply) -> str:
    """Control, phone, inbox: {"error": sentence}."""
    told = reply.json()
    if reply.status < 400:
        return ""
    fine = reply.media == "application/json" and isinstance(told, dict) and set(told) == {"error"} and told["error"]
    return "" if fine else "a refusal is {error: sentence}"


def ca_words(reply: Reply) -> str:
    told = reply.json()
    fine = isinstance(told, dict) and isinstance(told.get("status_code"), int) and isinstance(told.get("message"), str)
    if not fine or set(told) != {"status_code", "message", "data"} or not told["message"]:
        return "a CA says {status_code, message, data}"
    return "" if reply.media == "application/json" and reply.status in {200, told["status_code"]} else "another status"


def file_hub_words(reply: Reply) -> str:
    """The hub of whole files: all is nested in `data`; a failure is an empty list."""
    told = reply.json()
    inner = told.get("data") if isinstance(told, dict) else None
    if not isinstance(inner, dict) or set(told) != {"data"} or not isinstance(inner.get("signFiles"), list):
        return "the hub says {data: {status_code, message, …, signFiles}}"
    fine = isinstance(inner.get("status_code"), int) and bool(inner.get("message"))
    fine = fine and (inner["status_code"] == 200) == bool(inner["signFiles"])
    return "" if fine and reply.status in {200, inner["status_code"]} else "files without success, or no word"


def canonical_words(reply: Reply) -> str:
    """Decision 769 as one client has it: a refusal is {code, message}."""
    told = reply.json()
    if not isinstance(told, dict) or "code" not in told:
        return ca_words(reply) or ("" if told["status_code"] < 400 else "a refusal is {code, message}")
    fine = set(told) == {"code", "message"} and isinstance(told["code"], int) and told["code"] >= 400
    if not fine or not told["message"] or not isinstance(told["message"], str):
        return "a refusal is {code, message}"
    return "" if reply.media == "application/json" and reply.status in {200, told["code"]} else "another status"


def oauth_words(reply: Reply) -> str:
    told = reply.json()
    if reply.status == 200 and not reply.body:
        return ""  # revocation says nothing
    if reply.media != "application/json" or not isinstance(told, dict):
        return "an OAuth endpoint answers JSON"
    if reply.status < 400:
        return "" if "error" not in told else "an error with a success's status"
    if set(told) != {"error", "error_description"} or not told["error"].replace("_", "").isalpha():
        return "an OAuth error is {error, error_description}"
    if reply.status == 401 and not reply.header("www-authenticate"):
        return "401 without WWW-Authenticate"
    return "" if reply.header("cache-control") == "no-store" else "an OAuth error is not stored"


def csc_words(reply: Reply) -> str:
    """Cloud Signature Consortium 1.0.4.0: an error is {error, error_description} with its status."""
    told = reply.json()
    if reply.media != "application/json" or not isinstance(told, dict):
        return "the standard answers JSON"
    if reply.status == 200:
        return "" if "error" not in told else "an error with a success's status"
    return "" if set(told) == {"error", "error_description"} else "an error is {error, error_description}"


def mysign_words(reply: Reply) -> str:
    """The same errors; certificates/info answers a bare list."""
    is_list = reply.status == 200 and reply.media == "application/json" and isinstance(reply.json(), list)
    return "" if is_list else csc_words(reply)


def agent_words(reply: Reply) -> str:
    """The generic agent: what was asked for, or PKCS#11's {error, number, message}."""
    told = reply.json()
    if reply.media != "application/json" or not isinstance(told, dict):
        return "the agent answers JSON"
    if reply.status == 200:
        return "" if set(told) in ({"certificates"}, {"signature", "certificate"}) else "neither a list nor a signature"
    fine = set(told) == {"error", "number", "message"} and str(told["error"]).startswith("CKR_")
    return "" if fine else "a refusal is {error: CKR_…, number, message}"


def misa_words(reply: Reply) -> str:
    """A refusal is {error, errorCode, devMsg, userMsg}, at the login inside status; no service is a page."""
    told = reply.json()
    if reply.media == "text/html":
        return "" if reply.status in {200, 405} and "MÔ PHỎNG" in reply.text else "another page"
    if reply.media != "application/json":
        return "MISA answers JSON"
    if isinstance(told, dict) and "status" in told and isinstance(told["status"], dict):
        names = {"type", "code", "message", "error", "errorCode", "devMsg", "userMsg"}
        fine = (
            set(told) == {"status", "data"} and set(told["status"]) == names and told["status"]["code"] == reply.status
        )
        return "" if fine else "a login answers {status, data}"
    if reply.status < 400:
        return "" if not isinstance(told, dict) or "error" not in told else "an error with a success's status"
    fine = isinstance(told, dict) and set(told) == {"error", "errorCode", "devMsg", "userMsg"} and told["userMsg"]
    return "" if fine else "an error is {error, errorCode, devMsg, userMsg}"


def esign_words(reply: Reply) -> str:
    """A responseCode and a text with HTTP 200, whatever it says."""
    told = reply.json()
    fine = reply.status == 200 and reply.media == "application/json" and isinstance(told, dict)
    fine = fine and isinstance(told.get("responseCode"), int) and told.get("responseMessage")
    return "" if fine else "eSignCloud says responseCode and responseMessage, status 200"


def pages(reply: Reply) -> str:
    """A page in HTML or a way on."""
    if 300 <= reply.status < 400:
        where = reply.header("location")
        return (
            "" if where and where.isascii() and not re.search(r"[\x00-\x20\x7f]", where) else f"location {where[:80]!r}"
        )
    if reply.media == "application/json" and reply.status >= 400:
        return own_words(reply)
    fine = reply.media == "text/html" and "MÔ PHỎNG" in reply.text
    return "" if fine else "a page is HTML that says MÔ PHỎNG"


def app_words(reply: Reply) -> str:
    """A CA's app: its reason beside the sentence."""
    told = reply.json()
    if reply.status < 400 or not isinstance(told, dict) or "reason" not in told:
        return own_words(reply)
    fine = set(told) == {"error", "reason"} and told["error"] and str(told["reason"]).replace("_", "").isalpha()
    return "" if fine else "the app's refusal is {error, reason}"


def gateway_words(reply: Reply) -> str:
    told = reply.json()
    fine = reply.status == 200 and reply.media == "application/json" and isinstance(told, dict)
    fine = fine and re.fullmatch(r"\d\d", str(told.get("vnp_ResponseCode"))) and told.get("vnp_Message")
    return "" if fine else "the gateway says vnp_ResponseCode and vnp_Message, status 200"


def octets(*media: str) -> Shape:
    def shape(reply: Reply) -> str:
        if reply.status in {404, 413}:
            return "" if reply.media == "text/plain" else "a refusal in plain text"
        return "" if reply.status == 200 and reply.media in media else f"{reply.status} {reply.media}"

    return shape


def by_status(reply: Reply) -> bool:
    return reply.status >= 400


def by_code(reply: Reply) -> bool:
    told = reply.json()
    return (
        not isinstance(told, dict) or 400 <= told.get("status_code", told.get("code", 400)) < 600
    )  # 102, 1001, 1002 wait for the phone


def by_empty_list(reply: Reply) -> bool:
    told = reply.json()
    return not (isinstance(told, dict) and isinstance(told.get("data"), dict) and told["data"].get("signFiles"))


def by_esign_code(reply: Reply) -> bool:
    told = reply.json()
    return not isinstance(told, dict) or told.get("responseCode") not in {0, 1007, 1010}


def by_login_page(reply: Reply) -> bool:
    """The login's error page, a page that is no success, or an error that the application is told."""
    where = reply.header("location")
    return by_status(reply) or "/oauth2_error.do?" in where or "error=" in where or "authFailureMsg=" in where


def by_gateway_page(reply: Reply) -> bool:
    return by_status(reply) or "/Payment/Error.html?code=" in reply.header("location")


def by_response_code(reply: Reply) -> bool:
    told = reply.json()
    return not isinstance(told, dict) or told.get("vnp_ResponseCode") != "00"


@dataclass(frozen=True)
class Rule:
    """`writes`: kinds of records that a success may change; `counts`: those that a refusal may, each for a reason
    that its provider names; `tells`: words of which each refusal leaves one in the journal (none: it leaves none)."""

    shape: Shape
    refuses: Refusal
    writes: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()
    tells: frozenset[str] = frozenset()


def kinds(text: str) -> frozenset[str]:
    return frozenset(text.split())


MADE_AT_FIRST = kinds("authorities certificate keypair login_key shared_key")
"""Keys and certificates of a world are made when somebody first asks for them."""
PEOPLE = "address bank_card citizen citizens"
SIGNING = kinds("certificate keypair prompt signing_request pin_tries signing_turns")
CA = Rule(ca_words, by_code, kinds("certificate keypair"), kinds("certificate keypair"), kinds("turned_away"))
"""A person's first certificate is made when a CA first looks for it, whatever it then says."""
SIGN = Rule(ca_words, by_code, SIGNING, SIGNING, kinds("turned_away"))
CSC = Rule(csc_words, by_status, kinds("certificate keypair csc_token csc_sad"), tells=kinds("turned_away"))
CSC_AUTHORIZE = Rule(csc_words, by_status, SIGNING | kinds("csc_sad"), SIGNING, kinds("turned_away"))
MYSIGN_LOGIN = Rule(mysign_words, by_status, kinds("ca_user_token"), tells=kinds("turned_away"))
MYSIGN_INFO = Rule(mysign_words, by_status, kinds("certificate keypair"), tells=kinds("turned_away"))
MYSIGN_STATUS = Rule(mysign_words, by_status, kinds("signing_request prompt"), tells=kinds("turned_away"))
MYSIGN_SIGN = Rule(mysign_words, by_status, SIGNING, SIGNING, kinds("turned_away"))
TOKEN_SIGNING = kinds("token token_dialog prompt")
AGENT = Rule(agent_words, by_status, TOKEN_SIGNING, TOKEN_SIGNING, kinds("turned_away usb_refused"))
"""A dialog that is closed, or whose PIN is wrong, is remembered and counted."""
MISA = Rule(misa_words, by_status, kinds("certificate keypair"), tells=kinds("turned_away"))
MISA_LOGIN = Rule(
    misa_words,
    by_status,
    kinds("ca_code message ca_account_token ca_remembered password_tries"),
    kinds("ca_code password_tries"),
    kinds("turned_away"),
)
"""A wrong password or code is counted."""
MISA_SIGN = Rule(misa_words, by_status, SIGNING, SIGNING, kinds("turned_away"))
MISA_STATUS = Rule(misa_words, by_status, kinds("signing_request prompt"), tells=kinds("turned_away"))
ESIGN_BILL = kinds("ca_bill ca_code message signing_request")
ESIGN = Rule(esign_words, by_esign_code, kinds("ca_agreement certificate keypair"), tells=kinds("turned_away"))
ESIGN_SENT = Rule(esign_words, by_esign_code, ESIGN_BILL, kinds("keypair"), kinds("turned_away"))
ESIGN_RENEWED = Rule(
    esign_words, by_esign_code, kinds("ca_code message"), kinds("signing_request"), kinds("turned_away")
)
"""A bill whose time is over ends."""
ESIGN_TYPED = Rule(
    esign_words, by_esign_code, kinds("ca_code signing_request"), kinds("ca_code signing_request"), kinds("turned_away")
)
"""A wrong code is counted; a bill whose time is over, or whose certificate no longer serves, ends."""
STATUS = Rule(ca_words, by_code, SIGNING, SIGNING, kinds("turned_away"))
ENROLMENT = kinds(
    "enrolment enrolment_order enrolment_device password_tries signing_turns message certificate keypair withdrawn smartca_account"
)
ENROL_TRIES = kinds("enrolment password_tries message certificate keypair")
"""Refused: a wrong code, password or face is counted, the last face refuses the file by letter; what was prepared is nobody's."""
APP = Rule(app_words, by_status, ENROLMENT, ENROL_TRIES)
APP_PAGE = Rule(pages, by_status, ENROLMENT, ENROL_TRIES)
OWN = Rule(own_words, by_status)
PAGE = Rule(pages, by_status)
AUTHORIZE = Rule(
    pages, by_login_page, kinds("login_attempt login_grant login_session"), tells=kinds("authorization_refused")
)
LOGOUT = Rule(pages, by_login_page, kinds("login_session"), tells=kinds("authorization_refused"))
TYPED = Rule(
    pages,
    by_login_page,
    kinds("login_attempt login_account login_grant login_session message prompt"),
    kinds("login_attempt login_account login_session"),
)
"""Refused: a try of the password or the code is counted, the captcha is a new one; who says no on the last page ends it."""
BACK = Rule(oauth_words, by_status, kinds("login_grant login_token"), tells=kinds("token_refused"))
TOKEN = Rule(
    oauth_words, by_status, kinds("login_grant login_token"), kinds("login_grant login_token"), kinds("token_refused")
)
"""A code that comes a second time ends what came of it (RFC 6749, 4.1.2)."""
PAY = Rule(pages, by_gateway_page, kinds("payment payment_ticket"), kinds("payment_diagnosis"), kinds("turned_away"))
CHECKOUT = Rule(pages, by_gateway_page, kinds("payment"), kinds("payment"))
"""Three wrong cards or codes end a payment; they are counted in it."""
QUERY = Rule(
    gateway_words,
    by_response_code,
    kinds("payment_request payment"),
    kinds("payment_request payment_diagnosis"),
    kinds("turned_away"),
)
"""The id of a well-formed query is used up whatever the answer is."""

INTEGRATED = Rule(
    ca_words,
    lambda reply: by_code(reply) or reply.json().get("status_code") == 1003,
    SIGNING | kinds("smartca_account integrated_sad shared_key"),
    SIGNING | kinds("smartca_account shared_key"),
    kinds("turned_away"),
)
"""An account, and the key of all SADs, are made when first looked at; a wrong password or code is counted."""
ANSWERED = kinds("prompt signing_request pin_tries signing_turns token token_dialog login_attempt sim")
"""A prompt's answer; a wrong PIN is counted."""


GIVEN = Rule(own_words, by_status, kinds("token keyring certificate keypair authorities"), kinds("certificate keypair"))
"""Who has sixteen tokens is told so when the certificate of the seventeenth is made."""


def writing(text: str, base: Rule = OWN) -> Rule:
    return Rule(base.shape, base.refuses, kinds(text), base.counts, base.tells)


RULES: tuple[tuple[str, Rule], ...] = (
    (r"\w+ /portal/[\w-]+/oauth2/authorize", AUTHORIZE),
    (r"\w+ /portal/[\w-]+/oidc/logout", LOGOUT),
    (r"GET /portal/[\w-]+/authenticationendpoint/.*", PAGE),
    (r"GET /portal/vneid-2026/auth", PAGE),
    (r"\w+ /portal/[\w-]+/(commonauth|auth)", TYPED),
    (r"GET /portal/[\w-]+/api/idp/third-party/logout", Rule(pages, by_login_page, kinds("login_session"))),
    (r"POST /portal/[\w-]+/oauth2/token", TOKEN),
    (r"GET /portal/[\w-]+/oauth2/jwks", Rule(oauth_words, by_status, MADE_AT_FIRST)),
    (r"\w+ /portal/[\w-]+/oauth2/.*", BACK),
    (r"\w+ /ca/\w+/app/api/.*", APP),
    (r"\w+ /ca/\w+/app/.*", APP_PAGE),
    (r"POST /ca/neacfiles/sign_file", Rule(file_hub_words, by_empty_list, SIGNING, SIGNING, kinds("turned_away"))),
    (r"POST /ca/neacfiles/.*", replace(CA, writes=CA.writes | kinds("hub_transaction"))),
    (r"POST /ca/vnpt/csc/v1/credentials/authorize", CSC_AUTHORIZE),
    (r"POST /ca/vnpt/csc/v1/.*", CSC),
    (r"POST /ca/mysign/.*/csc/v1/credentials/authorize", CSC_AUTHORIZE),
    (r"POST /ca/mysign/.*/csc/v1/.*", CSC),
    (r"POST /ca/mysign/.*/signHash", MYSIGN_SIGN),
    (r"POST /ca/mysign/.*/login", MYSIGN_LOGIN),
    (r"POST /ca/mysign/.*/info", MYSIGN_INFO),
    (r"POST /ca/mysign/.*/status", MYSIGN_STATUS),
    (r"POST /ca/fpt_esign/.*/(prepareFile|prepareHashSigning)ForSignCloud", ESIGN_SENT),
    (r"POST /ca/fpt_esign/.*/regenerate\w+", ESIGN_RENEWED),
    (r"POST /ca/fpt_esign/.*/authorize\w+", ESIGN_TYPED),
    (r"POST /ca/fpt_esign/.*", ESIGN),
    (r"POST /ca/misa/.*/auth/.*", MISA_LOGIN),
    (r"POST /ca/misa/external/.*/hash", MISA_SIGN),
    (r"GET /ca/misa/external/.*/status/.*", MISA_STATUS),
    (r"\w+ /ca/misa/.*", MISA),
    (r"POST /ca/(fpt|bkav|mobifone)/sign", replace(SIGN, shape=canonical_words)),
    (r"\w+ /ca/(fpt|bkav|mobifone)/.*/status", replace(STATUS, shape=canonical_words)),
    (r"POST /ca/(fpt|bkav|mobifone)/.*", replace(CA, shape=canonical_words)),
    (r"POST /ca/vnpt/sca/sp769/v2/signatures/.*", INTEGRATED),
    (r"POST /ca/.*/sign", SIGN),
    (r"\w+ /ca/.*/status", STATUS),
    (r"POST /ca/.*", CA),
    (r"POST /tokens/\{citizen\}/agent", AGENT),
    (r"GET /pki/root\..*", Rule(octets("application/pkix-cert", "application/x-pem-file"), by_status, MADE_AT_FIRST)),
    (r"GET /pki/(ca|crl)/.*", Rule(octets("application/pkix-cert", "application/pkix-crl"), by_status, MADE_AT_FIRST)),
    (r"\w+ /pki/ocsp/.*", Rule(octets("application/ocsp-response"), by_status)),
    (r"POST /pki/tsa", Rule(octets("application/timestamp-reply"), by_status, kinds("certificate keypair"))),
    (r"GET /payment/vnpay/paymentv2/vpcpay\.html", PAY),
    (r"POST /payment/vnpay/merchant_webapi/.*", QUERY),
    (r"\w+ /payment/vnpay/paymentv2/Transaction/.*", CHECKOUT),
    (r"GET /payment/vnpay/.*", Rule(pages, by_gateway_page)),
    (r"POST /messages/sms", Rule(own_words, by_status, kinds("message"), tells=kinds("turned_away"))),
    (r"GET /messages", PAGE),
    (r"GET /messages/\w+", OWN),
    (r"POST /control/contracts", Rule(own_words, by_status, kinds("contract settings") | MADE_AT_FIRST)),
    (r"POST /control/login/sessions", writing("login_session")),
    (r"POST /control/citizens", writing(f"{PEOPLE} shared_key keypair")),
    (r"POST /control/certificates/.*", writing("certificate withdrawn")),
    (r"POST /control/faults", writing("fault")),
    (r"POST /control/turns", writing("signing_turns")),
    (r"\w+ /control/smartca.*", writing("smartca_account")),
    (
        r"POST /control/expire",
        writing("payment login_attempt login_grant login_token signing_request prompt enrolment"),
    ),
    (r"POST /control/deliver-now", writing("")),
    (r"POST /control/enrolments/.*", writing("enrolment message")),
    (r"POST /control/clock", writing("clock")),
    (
        r"POST /control/tokens",
        Rule(
            own_words, by_status, kinds("token keyring certificate keypair authorities"), kinds("certificate keypair")
        ),
    ),
    (r"POST /control/tokens/.*/unlock", Rule(own_words, by_status, kinds("token"), kinds("token"))),
    (r"POST /control/tokens/.*", writing("token token_dialog prompt")),
    (r"POST /control/plugins.*", OWN),
    (r"\w+ /control/.*", OWN),
    (r"POST /phone/api/\{citizen\}/prompts/.*", Rule(own_words, by_status, ANSWERED, kinds("pin_tries sim"))),
    (r"PUT /phone/api/.*", writing("script")),
    (r"GET /phone/api/.*", OWN),
    (r"POST /phone/\{citizen\}/prompts/.*", Rule(pages, by_status, ANSWERED, kinds("pin_tries sim"))),
    (r"GET /phone/.*", PAGE),
    (r"POST /", Rule(pages, by_status, kinds("contract settings") | MADE_AT_FIRST)),
    (r"POST /citizens", writing(PEOPLE, PAGE)),
    (r"GET /(journal)?", PAGE),
    (r"GET /openapi\.json", OWN),
)


def rule_of(operation: Operation) -> Rule | None:
    return next((rule for told, rule in RULES if re.fullmatch(told, f"{operation.method} {operation.path}")), None)


def findings(ask: Ask, operation: Operation | None, seen: Seen) -> list[str]:
    """Everything that is wrong about what the server did."""
    reply = seen.reply
    if reply is None:
        return [f"no answer: {seen.silence}"]
    found = _failures(reply, seen)
    touched = seen.touched - BACKGROUND
    if operation is None and not nowhere(reply):
        found.append(f"reaches no operation, and is answered {reply.status} {reply.text[:100]!r}")
    rule = rule_of(operation) if operation else None
    if operation is None or nowhere(reply):
        # What stands behind a request that was whole is no HTTP; that one may have been taken before, its answer lost.
        if rule and ask.framing == "as is" and reply.body == LINE_REFUSED:
            touched -= rule.writes | rule.counts
        return found + ([f"reaches no operation, and changes {sorted(touched)}"] if touched else [])
    assert rule is not None, f"{operation.method} {operation.path} has no rule"
    if ask.method == b"HEAD":  # an answer without its body tells neither words nor refusal
        return found + ([f"changes {sorted(touched - rule.writes)}"] if touched - rule.writes - rule.counts else [])
    if wrong := rule.shape(reply):
        found.append(f"not the provider's own words ({wrong}): {reply.status} {reply.media} {reply.text[:200]!r}")
    refused = rule.refuses(reply)
    if more := touched - (rule.counts if refused else rule.writes | rule.counts):
        found.append(f"{'refused' if refused else 'taken'} ({reply.status}), and changes {sorted(more)}")
    if refused and rule.tells and not rule.tells & seen.words:
        found.append(f"refused ({reply.status}), and the journal has none of {sorted(rule.tells)}")
    return found


def _failures(reply: Reply, seen: Seen) -> list[str]:
    """What no answer may be, whoever was asked."""
    found = []
    if reply.status >= 500:
        found.append(f"status {reply.status}: {reply.text[:300]}")
    if "crashed" in seen.words:
        found.append(f"crashed: {next(row.body for row in seen.rows if row.word == 'crashed')[:600]}")
    if trace := TRACES.search(reply.text):
        around = reply.text[max(0, trace.start() - 80) : trace.end() + 80]
        found.append(f"a trace of the program: {trace[0]!r} in {around!r}")
    if seen.seconds > SLOW:
        found.append(f"took {seen.seconds:.1f} s")
    return found


def nowhere(reply: Reply) -> bool:
    """The server's own word for what no route takes, or for what is no HTTP."""
    if reply.status in {404, 405}:
        told = reply.json()
        return (
            isinstance(told, dict) and "/openapi.json lists every operation" in str(told.get("error"))
        ) or not reply.body
    return reply.status == 400 and reply.media == "text/plain" and reply.body in {LINE_REFUSED, b""}  # HEAD has no body
