"""What rightful callers say to every operation: each story is a run of valid requests, the next from the last answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Generator
from datetime import datetime, timedelta, timezone
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp
from fpdf import FPDF

from tests.fuzz.site import Site
from tests.fuzz.wire import Ask, Reply, get, post

Story = Generator[Ask, Reply, None]
Typing = Generator[Ask, Reply, Reply]
Teller = Callable[[Site, dict[str, Any]], Story]

CALLBACK, HOME = "http://localhost:9/sso/callback", "http://localhost:9/"
NOBODY = "http://127.0.0.1:9/nobody"
"""Nobody listens there: what is delivered there fails at once."""
VIETNAM = timezone(timedelta(hours=7))
TURN = count(1)


def prepared(site: Site) -> dict[str, Any]:
    """A contract for each login profile and the people of the stories; `signer` has a phone that approves by itself,
    which only the hub waits for; nobody answers for `silent`."""
    cast: dict[str, Any] = {}
    for profile in ("vnconnect-2022", "vneid-2026"):
        asked = {"redirect_uris": [CALLBACK], "post_logout_redirect_uris": [HOME], "login_profile": profile}
        cast[profile] = site.control("POST", "/control/contracts", {"name": "Cổng", **asked, "ipn_url": NOBODY})
    for name in ("signer", "silent", "owner", "scripted"):
        cast[name] = _citizen(site)
    site.control("PUT", f"/phone/api/{cast['signer']['id']}/script", {"kind": "*", "choice": "approve"})
    return cast


def _citizen(site: Site) -> dict[str, Any]:
    made: dict[str, Any] = site.control("POST", "/control/citizens", {})["citizens"][0]
    return made


def login(profile: str, leave: str, by: str = "") -> Teller:
    """From the portal's redirect to the end of the session; `leave` is how it ends, `by` another tab than the first."""

    def told(site: Site, cast: dict[str, Any]) -> Story:
        base, sheet, person = f"/portal/{profile}", cast[profile]["login"], _citizen(site)
        asking = {"response_type": "code", "client_id": sheet["client_id"], "redirect_uri": CALLBACK, "scope": "openid"}
        asking |= {"state": "s", "nonce": "n"}
        yield post(f"{base}/oauth2/authorize", tuple(asking.items()))
        begun = yield get(f"{base}/oauth2/authorize", asking)
        key, cookie = _query(begun)["sessionDataKey"], _cookies(begun)
        yield get(f"{base}/authenticationendpoint/oauth2_login.do", {"sessionDataKey": key}, Cookie=cookie)
        way = "IDP BCA" if profile.startswith("vneid") else "Vnconnect DVC"
        yield get(f"{base}/commonauth", {"sessionDataKey": key, "idp": way}, Cookie=cookie)
        typing = WAYS[by or profile]
        page = yield from typing(site, person, base, {"key": key, "cookie": cookie})
        final = {"sessionDataKey": key, "finalCode": _hidden(page, "finalCode")}
        back = yield get(f"{base}/commonauth", final, Cookie=cookie)
        info, token = yield from _tokens(base, sheet, _query(back)["code"])
        yield get(f"/control/login/tokens/{key}", **site.bearer)
        known = {"citizen": person["id"], "contract": cast[profile]["contract"]}
        yield post("/control/login/sessions", known, **site.bearer)
        if leave == "uri":
            yield get(f"{base}/api/idp/third-party/logout", dict(parse_qsl(urlsplit(info["logoutUri"]).query)))
        elif leave == "post":
            yield post(f"{base}/oidc/logout", (("consent", "approve"),), Cookie=_cookies(back))
        else:
            hint = {"id_token_hint": token, "post_logout_redirect_uri": HOME, "state": "s"}
            yield get(f"{base}/oidc/logout", hint, Cookie=_cookies(back))

    return told


def _at_vneid(site: Site, person: dict[str, Any], base: str, at: dict[str, str]) -> Typing:
    cookie = {"Cookie": at["cookie"]}
    typed = {"state": at["key"], "username": person["username"], "password": person["password"]}
    yield get(f"{base}/auth", {"state": at["key"]}, **cookie)
    yield post(f"{base}/auth", tuple(typed.items()), **cookie)
    return (yield get(f"{base}/auth", {"state": at["key"]}, **cookie))


def _at_vnconnect(site: Site, person: dict[str, Any], base: str, at: dict[str, str]) -> Typing:
    cookie, where = {"Cookie": at["cookie"]}, f"{base}/authenticationendpoint/vnconnect-authenticator.jsp"
    yield get(where, {"sessionDataKey": at["key"]}, **cookie)
    seen = yield get(f"/control/login/captcha/{at['key']}", **site.bearer)
    typed = {"sessionDataKey": at["key"], "username": person["username"], "password": person["password"]}
    yield post(f"{base}/commonauth", (*typed.items(), ("captcha", seen.json()["answer"])), **cookie)
    sent = yield get("/messages/otp", {"to": person["phone"]}, **site.bearer)
    code = {f"codeBox{place}": digit for place, digit in enumerate(sent.json()["otp"], 1)}
    yield post(f"{base}/commonauth", (("sessionDataKey", at["key"]), *code.items()), **cookie)
    return (yield get(where, {"sessionDataKey": at["key"]}, **cookie))


def _by_usb(site: Site, person: dict[str, Any], base: str, at: dict[str, str]) -> Typing:
    cookie, where = {"Cookie": at["cookie"]}, f"{base}/authenticationendpoint/vnconnect-authenticator.jsp"
    shown = yield get(where, {"sessionDataKey": at["key"], "tab": "usb"}, **cookie)
    challenge = re.search(r'id="challenge" value="([^"]+)"', shown.text)
    assert challenge, shown.text
    site.control("PUT", f"/phone/api/{person['id']}/script", {"kind": "token.pin", "choice": "approve"})
    token = site.control("POST", "/control/tokens", {"citizen": person["id"]})
    digest = base64.b64encode(hashlib.sha256(challenge[1].encode()).digest()).decode()
    asked = {"op": "sign", "serial": token["serial"], "digest": digest}
    signed = (yield post(f"/tokens/{person['id']}/agent", asked)).json()
    proof = {name: signed[name] for name in ("certificate", "signature")}
    yield post(f"{base}/commonauth", (("sessionDataKey", at["key"]), *proof.items()), **cookie)
    return (yield get(where, {"sessionDataKey": at["key"]}, **cookie))


def _by_sim(site: Site, person: dict[str, Any], base: str, at: dict[str, str]) -> Typing:
    cookie, where = {"Cookie": at["cookie"]}, f"{base}/authenticationendpoint/vnconnect-authenticator.jsp"
    yield post(f"{base}/commonauth", (("sessionDataKey", at["key"]), ("phone", person["phone"])), **cookie)
    yield get(where, {"sessionDataKey": at["key"]}, **cookie)
    own = f"/phone/api/{person['id']}/prompts"
    prompt = (yield get(own, **site.bearer)).json()["prompts"][-1]["id"]
    yield post(f"{own}/{prompt}", {"choice": "approve", "secret": person["pin"]}, **site.bearer)
    return (yield get(where, {"sessionDataKey": at["key"]}, **cookie))


def _tokens(base: str, sheet: dict[str, Any], code: str) -> Generator[Ask, Reply, tuple[dict[str, Any], str]]:
    """Userinfo and the ID token, and every other use of a token on the way."""
    client = {"client_id": sheet["client_id"], "client_secret": sheet["client_secret"]}
    basic = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **client}
    first = (yield post(f"{base}/oauth2/token", tuple(given.items()))).json()
    again = (("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"]))
    token = (yield post(f"{base}/oauth2/token", again, Authorization=f"Basic {basic}")).json()["access_token"]
    info = (yield get(f"{base}/oauth2/userinfo", Authorization=f"Bearer {token}")).json()
    yield post(f"{base}/oauth2/userinfo", (("access_token", token),))
    yield post(f"{base}/oauth2/introspect", (("token", token),))
    yield post(f"{base}/oauth2/revoke", tuple({"token": token, **client}.items()))
    yield get(f"{base}/oauth2/jwks")
    yield get(f"{base}/oauth2/token/.well-known/openid-configuration")
    yield get(f"{base}/authenticationendpoint/oauth2_error.do", {"oauthErrorCode": "a", "oauthErrorMsg": "b"})
    return info, first["id_token"]


def vnpt(site: Site, cast: dict[str, Any]) -> Story:
    base, sheet, person = "/ca/vnpt/sca/sp769", cast["vnconnect-2022"]["vnpt"], cast["silent"]
    caller = {"sp_id": sheet["sp_id"], "sp_password": sheet["sp_password"]}
    asked = {**caller, "user_id": person["id"], "serial_number": "", "transaction_id": ""}
    yield post(f"{base}/v1/credentials/get_certificate", asked)
    yield post(f"{base}/v2/credentials/get_certificate", asked)
    order = {**caller, "user_id": person["id"], "transaction_desc": "Ký tờ khai", "sign_files": [_file(), _file()]}
    transaction = f"T{next(TURN)}-vnpt"
    yield post(f"{base}/v1/signatures/sign", {**order, "transaction_id": transaction})
    yield post(f"{base}/v1/signatures/sign/{transaction}/status", None)
    yield get(f"{base}/v1/signatures/sign/{transaction}/status")


def integrated(site: Site, cast: dict[str, Any]) -> Story:
    """VNPT's version 2: no phone; whose account it is, its password and secret are read at /control."""
    base, sheet, person = "/ca/vnpt/sca/sp769", cast["vnconnect-2022"]["vnpt"], _citizen(site)
    caller = {"sp_id": sheet["sp_id"], "sp_password": sheet["sp_password"], "user_id": person["id"]}
    switch = {"ca": "vnpt", "citizen": person["id"], "integrated": True}
    yield post("/control/smartca", switch, **site.bearer)
    account = (yield get(f"/control/smartca/vnpt/{person['id']}", **site.bearer)).json()
    asked = {**caller, "transaction_id": ""}
    listed = (yield post(f"{base}/v1/credentials/get_certificate", asked)).json()["data"]["user_certificates"]
    order = {**caller, "transaction_id": f"T{next(TURN)}-th", "serial_number": listed[0]["serial_number"]}
    typed = {"password": account["password"], "otp": _totp(account["totp_secret"])}
    told = yield post(f"{base}/v2/signatures/sign", {**order, **typed, "sign_files": [_file()]})
    sad = {"sad": told.json()["data"]["sad"], "password": account["password"]}
    yield post(f"{base}/v2/signatures/confirm", {**caller, "transaction_id": order["transaction_id"], **sad})


def _totp(secret: str) -> str:
    step = int(datetime.now(VIETNAM).timestamp()) // 30
    mac = hmac.new(base64.b64decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def ca2(site: Site, cast: dict[str, Any]) -> Story:
    sheet, person = cast["vnconnect-2022"]["ca2"], cast["silent"]
    caller = {"sp_id": sheet["sp_id"], "sp_password": sheet["sp_password"]}
    yield post("/ca/ca2/rssp/v2/neac/get_certificate", {**caller, "user_id": person["id"]})
    transaction = f"T{next(TURN)}-ca2"
    order = {**caller, "user_id": person["id"], "transaction_id": transaction, "time_stamp": "", "urlWebhook": NOBODY}
    yield post("/ca/ca2/api/data/sign", {**order, "sign_files": [_file()]})
    yield post("/ca/ca2/api/data/status", {**caller, "user_id": "", "transaction_id": transaction})
    yield get("/ca/ca2/api/data/status")


def generic(ca: str) -> Callable[[Site, dict[str, Any]], Story]:
    """A CA of which no wire is known, at the canonical doors of Decision 769."""

    def story(_site: Site, cast: dict[str, Any]) -> Story:
        sheet, person = cast["vnconnect-2022"][ca], cast["silent"]
        caller = {"sp_id": sheet["sp_id"], "sp_password": sheet["sp_password"], "user_id": person["id"]}
        yield post(f"/ca/{ca}/get_certificate", caller)
        transaction = f"T{next(TURN)}-{ca}"
        plain = _file()
        options = {name: plain.pop(name) for name in ("file_type", "sign_type")}
        order = {**caller, "transaction_id": transaction, "sign_files": [{**plain, "file_options": options}]}
        yield post(f"/ca/{ca}/sign", order)
        yield post(f"/ca/{ca}/sign/{transaction}/status", None)
        yield get(f"/ca/{ca}/sign/{transaction}/status")

    return story


def mysign(_site: Site, cast: dict[str, Any]) -> Story:
    """Both prefixes; async 0 waits for the phone, which approves by itself."""
    sheet, person = cast["vnconnect-2022"]["mysign"], cast["signer"]
    client = {name: sheet[name] for name in ("client_id", "client_secret")}
    whose = {**client, "profile_id": sheet["profile_id"], "user_id": f"CMT_{person['id']}"}
    for base in ("/ca/mysign/vtss/service", "/ca/mysign/adss/service"):
        token = (yield post(f"{base}/ras/v1/login", whose)).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        shown = {"certificates": "chain", "certInfo": True, "authInfo": True}
        (row,) = (yield post(f"{base}/certificates/info", {**whose, **shown}, **bearer)).json()
        for mode in (0, 1):
            digest = base64.b64encode(hashlib.sha256(str(next(TURN)).encode()).digest()).decode()
            named = base64.b64encode(b"To khai").decode()
            order = {"credentialID": row["credential_id"], "numSignatures": 1, "hash": [digest], "description": named}
            order |= {"documents": [{"document_id": f"D{next(TURN)}", "document_name": named}], "async": mode}
            algorithms = {"hashAlgo": "2.16.840.1.101.3.4.2.1", "signAlgo": "1.2.840.113549.1.1.1"}
            told = (yield post(f"{base}/signHash", {**client, **order, **algorithms}, **bearer)).json()
        yield post(f"{base}/requests/status", {"transactionId": told["transactionId"]}, **bearer)
        yield from _standard(f"{base}/ras/csc/v1", whose["user_id"], bearer)


def _standard(base: str, user_id: str, bearer: dict[str, str]) -> Story:
    """The variant of MySign that is shaped as CSC; authorize waits for the phone, which approves by itself."""
    (credential,) = (yield post(f"{base}/credentials/list", {"userID": user_id}, **bearer)).json()["credentialIDs"]
    shown = {"credentialID": credential, "certificates": "chain", "certInfo": True, "authInfo": True}
    yield post(f"{base}/credentials/info", shown, **bearer)
    hashed = [base64.b64encode(hashlib.sha256(str(next(TURN)).encode()).digest()).decode()]
    documents = [{"document_id": f"D{next(TURN)}", "document_name": "VG8ga2hhaQ=="}]
    wanted = {"credentialID": credential, "numSignatures": 11, "hash": hashed, "documents": documents}
    sad = (yield post(f"{base}/credentials/authorize", wanted, **bearer)).json()["SAD"]
    asked = {"credentialID": credential, "SAD": sad, "hash": hashed}
    algorithms = {"hashAlgo": "2.16.840.1.101.3.4.2.1", "signAlgo": "1.2.840.113549.1.1.1"}
    yield post(f"{base}/signatures/signHash", {**asked, **algorithms}, **bearer)


def misa(site: Site, cast: dict[str, Any]) -> Story:
    """Whole, with the code from the citizen's phone; then the paths that are no services."""
    sheet, person, base = cast["vnconnect-2022"]["misa"], _citizen(site), "/ca/misa"
    client = {"x-clientid": sheet["client_id"], "x-clientkey": sheet["client_key"]}
    auth, general = f"{base}/webdev/api/auth/api/v1/auth", f"{base}/external/esrm/service/general/api/v1/Certificates"
    signing = f"{base}/external/esrm/service/signing/api/v1/Signing"
    user = {"userName": person["username"]}
    yield post(f"{auth}/login-api", {**user, "password": person["password"]}, **client)
    yield post(f"{auth}/resend-otp-auth", {**user, "language": "vi-VN"}, **client)
    code = (yield get("/messages/otp", {"to": person["phone"]}, **site.bearer)).json()["otp"]
    typed = {**user, "code": code, "otpType": 0, "remember": True}
    session = (yield post(f"{auth}/two-factor-auth", typed, **client)).json()["data"]
    refresh = {"refreshToken": session["refreshToken"]}
    token = (yield post(f"{auth}/refreshtoken", refresh, **client)).json()["remoteSigningAccessToken"]
    bearer = {**client, "AuthorizationRM": f"Bearer {token}"}
    (row,) = (yield get(f"{general}/by-userId", **bearer)).json()
    yield get(f"{general}/by-certId", {"certAlias": row["keyAlias"]}, **bearer)
    digest = base64.b64encode(hashlib.sha256(str(next(TURN)).encode()).digest()).decode()
    document = {"DocumentId": f"D{next(TURN)}", "FileToSign": digest, "DocumentName": "Tờ khai"}
    order = {"DataToBeDisplayed": "<b>Ký</b>", "UserId": row["userId"], "CertAlias": row["keyAlias"]}
    told = (yield post(f"{signing}/hash", {**order, "Documents": [document]}, **bearer)).json()
    yield get(f"{signing}/status/{told['transactionId']}", **bearer)
    for path in ("login-api", "two-factor-auth"):
        yield post(f"{base}/api/auth/api/v1/auth/{path}", user, **client)
    yield get(f"{base}/webdev/external/esrm/service/none", **bearer)
    yield post(f"{base}/webdev/external/esrm/service/none", {}, **bearer)


def enrolment(ca: str) -> Teller:
    """Somebody who enrols by JSON, and somebody by the pages."""

    def told(site: Site, cast: dict[str, Any]) -> Story:
        shown = yield from _enrolling(site, ca, by_page=False)
        assert shown["turns"] == 5
        yield from _enrolling(site, ca, by_page=True)

    return told


def _enrolling(site: Site, ca: str, *, by_page: bool) -> Generator[Ask, Reply, dict[str, Any]]:
    made = site.control("POST", "/control/citizens", {"not_enrolled": [ca]})["citizens"][0]
    person, key, code = made["id"], {"Cookie": _run_key(site)}, {"password": "mat-khau-1"}
    own, shown = f"/ca/{ca}/app/{person}", f"/ca/{ca}/app/api/{person}"

    def act(which: str, /, **fields: str) -> Ask:
        if by_page:
            return post(f"{own}/{which}", tuple(fields.items()), **key)
        return post(f"{shown}/{which}", fields, **site.bearer)

    def order() -> str:
        return str(site.control("GET", shown)["order"]["id"])

    def decide(decision: str) -> Ask:
        return post(f"/control/enrolments/{ca}/{person}", {"decision": decision, "why": "Ảnh mờ"}, **site.bearer)

    details = {name: made[name] for name in ("name", "email", "phone", "address")} | {"card_number": person}
    yield act("register", **details, package="per-signature-12", device=f"may-{person}")
    yield act("pay", means="atm")
    yield act("settle", order=order(), outcome="pay")
    yield get(own, {"key": site.key})
    yield act("resend")
    sent = site.control("GET", f"/messages/otp?to={made['phone']}&wait=1")["otp"]
    yield act("activate", code=sent, **code)
    for decision in ("refuse", "approve"):
        yield act("identify", card_number=person, face="match")
        yield act("contract", agree="yes")
        yield decide(decision)
        if decision == "refuse":
            yield act("update", **details)
    yield act("minutes", **code)
    yield act("turns", pack="5", means="credit")
    yield act("settle", order=order(), outcome="pay")
    yield act("renew", means="atm")
    yield act("settle", order=order(), outcome="cancel")
    yield act("certificate", change="suspend", **code)
    return dict((yield get(shown, **site.bearer)).json())


def esign(site: Site, cast: dict[str, Any]) -> Story:
    """A file and a digest, each signed on the code from the citizen's phone."""
    sheet, person = cast["vnconnect-2022"]["fpt_esign"], _citizen(site)
    told = {"template": "OTP {AuthorizeCode}", "uuid": f"A-{next(TURN)}"}
    key = serialization.load_pem_private_key(sheet["private_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)

    def call(function: str, **fields: Any) -> Ask:
        shown = {name: sheet[name] for name in ("username", "password", "signature")}
        shown["timestamp"] = str(int(datetime.now(VIETNAM).timestamp() * 1000))
        signed = key.sign("".join(shown.values()).encode(), padding.PKCS1v15(), hashes.SHA1())
        shown["pkcs1Signature"] = base64.b64encode(signed).decode()
        body = {"relyingParty": sheet["relying_party"], "agreementUUID": told["uuid"], "credentialData": shown}
        return post(f"/ca/fpt_esign/eSignCloud/restapi/{function}ForSignCloud", {**body, **fields})

    details = {"personalName": person["name"], "citizenID": person["id"], "location": "Quận 1", "country": "VN"}
    details["stateOrProvince"] = "TP Hồ Chí Minh"
    asked = {"mobileNo": person["phone"], "certificateProfile": "PERS.1D", "agreementDetails": details}
    yield call("prepareCertificate", **asked)
    yield call("getCertificateDetail")
    sending = {"authorizeMethod": 1, "messagingMode": 1, "notificationTemplate": told["template"]}
    digest = hashlib.sha256(str(next(TURN)).encode()).hexdigest()
    row = {"hash": digest, "mimeType": "application/sha256-binary", "signingFileName": "x"}
    yield call("prepareHashSigning", **sending, multipleSigningFileData=[row])
    file = {"signingFileData": _pdf(), "signingFileName": "x.pdf", "mimeType": "application/pdf"}
    yield call("prepareFile", **sending, **file)
    bill = (yield call("regenerateAuthorizationCode", **sending)).json()["billCode"]
    code = (yield get("/messages/otp", {"to": person["phone"]}, **site.bearer)).json()["otp"]
    yield call("authorizeSingletonSigning", billCode=bill, authorizeCode=code, messagingMode=3)


def neac(site: Site, cast: dict[str, Any]) -> Story:
    sheet, person = cast["vnconnect-2022"]["neac"], cast["signer"]
    asked = {"sp_id": sheet["sp_id"], "sp_password": sheet["sp_password"], "user_id": person["id"], "ca_name": "CA2"}
    yield post("/ca/neac/sign_v2/get_certificate", asked)
    yield post("/ca/neac/sign_v2/sign", {**asked, "sign_files": [_file()]})


def neacfiles(site: Site, cast: dict[str, Any]) -> Story:
    """Whole files; sign_file waits for the phone, which approves by itself."""
    sheet, person = cast["vnconnect-2022"]["neacfiles"], cast["signer"]
    bearer, asked = {"Authorization": f"Bearer {sheet['token']}"}, {"user_id": person["id"], "ca_name": "CA2"}
    told = (yield post("/ca/neacfiles/get_certificate", asked, **bearer)).json()["data"]
    row, pdf = told["user_certificates"][0], FPDF()
    pdf.add_page()
    file = {"doc_id": f"D{next(TURN)}", "file_name": "to-khai.pdf"}
    file |= {"file_base64": base64.b64encode(bytes(pdf.output())).decode()}
    order = {**asked, "transaction_id": told["transaction_id"], "sign_files": [file]}
    order |= {name: row[name] for name in ("cert_data", "serial_number")}
    yield post("/ca/neacfiles/sign_file", order, **bearer)


def csc(site: Site, cast: dict[str, Any]) -> Story:
    """The standard's door of the same desk; authorize waits for the phone, which approves by itself."""
    base, sheet = "/ca/vnpt/csc/v1", cast["vnconnect-2022"]["vnpt"]
    basic = base64.b64encode(f"{sheet['sp_id']}:{sheet['sp_password']}".encode()).decode()
    yield post(f"{base}/info", {"lang": "vi-VN"})
    token = (yield post(f"{base}/auth/login", {"rememberMe": True}, Authorization=f"Basic {basic}")).json()
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    listed = yield post(f"{base}/credentials/list", {"userID": cast["signer"]["id"], "maxResults": 10}, **bearer)
    (credential,) = listed.json()["credentialIDs"]
    shown = {"credentialID": credential, "certificates": "chain", "certInfo": True, "authInfo": True}
    yield post(f"{base}/credentials/info", shown, **bearer)
    hashed = [base64.b64encode(hashlib.sha256(str(next(TURN)).encode()).digest()).decode() for _ in range(2)]
    wanted = {"credentialID": credential, "numSignatures": 2, "hash": hashed, "description": "Ký tờ khai"}
    sad = (yield post(f"{base}/credentials/authorize", wanted, **bearer)).json()["SAD"]
    asked = {"credentialID": credential, "SAD": sad, "hash": hashed}
    algorithms = {"hashAlgo": "2.16.840.1.101.3.4.2.1", "signAlgo": "1.2.840.113549.1.1.11"}
    yield post(f"{base}/signatures/signHash", {**asked, **algorithms}, **bearer)


def phone(site: Site, cast: dict[str, Any]) -> Story:
    """Prompts of a person who answers by hand, once by the interface and once on the page."""
    person, sheet = _citizen(site), cast["vnconnect-2022"]["ca2"]
    caller = {"sp_id": sheet["sp_id"], "sp_password": sheet["sp_password"]}
    own, page, key = f"/phone/api/{person['id']}", f"/phone/{person['id']}", {"Cookie": _run_key(site)}
    for by_page in (False, True):
        transaction = f"T{next(TURN)}-phone"
        order = {**caller, "user_id": person["id"], "transaction_id": transaction, "sign_files": [_file()]}
        yield post("/ca/ca2/api/data/sign", order)
        shown = yield get(f"{own}/prompts", **site.bearer)
        prompt = shown.json()["prompts"][-1]["id"]
        if by_page:
            yield get(page, {"key": site.key})
            yield post(f"{page}/prompts/{prompt}", (("choice", "refuse"), ("secret", "")), **key)
        else:
            yield post(f"{own}/prompts/{prompt}", {"choice": "approve", "secret": person["pin"]}, **site.bearer)
            yield post("/ca/ca2/api/data/status", {**caller, "user_id": "", "transaction_id": transaction})


def scripts(site: Site, cast: dict[str, Any]) -> Story:
    """Of a person who is never asked: whatever is left there changes nothing later."""
    person = cast["scripted"]["id"]
    yield post(f"/phone/api/{person}/script", {"kind": "*", "choice": "refuse"}, method="PUT", **site.bearer)
    yield post("/phone/api/scripts", {"citizens": [person]}, method="PUT", **site.bearer)


def usb(site: Site, cast: dict[str, Any]) -> Story:
    """A token of a person whose computer types the PIN by itself."""
    citizen = _citizen(site)
    person = citizen["id"]
    site.control("PUT", f"/phone/api/{person}/script", {"kind": "token.pin", "choice": "approve"})
    given = yield post("/control/tokens", {"citizen": person, "tax_code": "0101234567"}, **site.bearer)
    agent, one = f"/tokens/{person}/agent", f"/control/tokens/{given.json()['id']}"
    yield post(agent, {"op": "list"})
    digest = base64.b64encode(hashlib.sha256(str(next(TURN)).encode()).digest()).decode()
    yield post(agent, {"op": "sign", "serial": given.json()["serial"], "digest": digest})
    yield get(f"/control/tokens/of/{person}", **site.bearer)
    yield get(one, **site.bearer)
    unlocking = {"so_pin": given.json()["so_pin"], "pin": citizen["pin"]}
    yield post(f"{one}/unlock", unlocking, **site.bearer)
    yield post(f"{one}/remove", None, **site.bearer)
    yield post(f"{one}/insert", None, **site.bearer)
    yield post(f"{one}/remove", None, **site.bearer)
    yield post("/control/plugins", {"citizen": person, "port": 0}, **site.bearer)
    yield post("/control/plugins/4433/close", None, **site.bearer)


def trust(site: Site, cast: dict[str, Any]) -> Story:
    listing = {name: cast["vnconnect-2022"]["vnpt"][name] for name in ("sp_id", "sp_password")} | {"transaction_id": ""}
    listed = yield post(
        "/ca/vnpt/sca/sp769/v1/credentials/get_certificate", {**listing, "user_id": cast["signer"]["id"]}
    )
    own = x509.load_der_x509_certificate(base64.b64decode(listed.json()["data"]["user_certificates"][0]["cert_data"]))
    yield get("/pki/root.crt")
    yield get("/pki/root.pem")
    issuer = yield get("/pki/ca/vnpt.crt")
    yield get("/pki/crl/vnpt.crl")
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        own, x509.load_der_x509_certificate(issuer.body), hashes.SHA256()
    )
    asked = builder.build().public_bytes(serialization.Encoding.DER)
    yield post("/pki/ocsp/vnpt", asked, media="application/ocsp-request")
    yield get(f"/pki/ocsp/vnpt/{quote_plus(base64.b64encode(asked).decode())}")
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(b"x").digest()}
    stamp = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": 7, "cert_req": True})
    yield post("/pki/tsa", stamp.dump(), media="application/timestamp-query")


def payment(site: Site, cast: dict[str, Any]) -> Story:
    sheet, own = cast["vnconnect-2022"]["vnpay"], "/payment/vnpay/paymentv2"
    ref, now = f"F{next(TURN)}", datetime.now(VIETNAM)
    opened = yield _pay(sheet, ref, now)
    token = _query(opened)["token"]
    where, card = f"{own}/Transaction", {"token": token, "bank": "NCB"}
    yield get(f"{where}/PaymentMethod.html", {"token": token})
    yield get(f"{where}/Card.html", card)
    card |= {"card_number": "9704198526191432198", "card_holder": "NGUYEN VAN A", "card_date": "07/15", "cvv": ""}
    yield post(f"{where}/Card.html", tuple(card.items()))
    yield get(f"{where}/Otp.html", {"token": token})
    yield post(f"{where}/Otp.html", (("token", token), ("otp", "123456")))
    yield get(f"{where}/Result.html", {"token": token})
    yield _querydr(sheet, ref, now)
    yield get(f"/control/payments/{ref}", **site.bearer)
    yield get(f"{own}/Payment/Error.html", {"code": "70"})
    yield get("/payment/vnpay/diagnostics", {"key": site.key})
    other = yield _pay(sheet, f"F{next(TURN)}", now, vnp_BankCode="NCB")
    yield post(f"{where}/Cancel.html", (("token", _query(other)["token"]),))


def _pay(sheet: dict[str, Any], ref: str, now: datetime, **more: str) -> Ask:
    fields = {
        "vnp_Amount": "1000000",
        "vnp_Command": "pay",
        "vnp_CreateDate": f"{now:%Y%m%d%H%M%S}",
        "vnp_CurrCode": "VND",
        "vnp_ExpireDate": f"{now + timedelta(minutes=15):%Y%m%d%H%M%S}",
        "vnp_IpAddr": "127.0.0.1",
        "vnp_Locale": "vn",
        "vnp_OrderInfo": "Nộp lệ phí hồ sơ 123",
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": NOBODY,
        "vnp_TmnCode": sheet["tmn_code"],
        "vnp_TxnRef": ref,
        "vnp_Version": "2.1.0",
        **more,
    }
    base = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in sorted(fields.items()))
    return get(urlsplit(sheet["pay_url"]).path, {**fields, "vnp_SecureHash": _hmac(sheet, base)})


def _querydr(sheet: dict[str, Any], ref: str, now: datetime) -> Ask:
    told = {
        "RequestId": f"R{next(TURN)}",
        "Version": "2.1.0",
        "Command": "querydr",
        "TmnCode": sheet["tmn_code"],
        "TxnRef": ref,
        "TransactionDate": f"{now:%Y%m%d%H%M%S}",
        "CreateDate": f"{now:%Y%m%d%H%M%S}",
        "IpAddr": "127.0.0.1",
        "OrderInfo": "Truy van",
    }
    hashed = _hmac(sheet, "|".join(told.values()))
    body = {**{f"vnp_{name}": value for name, value in told.items()}, "vnp_SecureHash": hashed}
    return post(urlsplit(sheet["api_url"]).path, body)


def _hmac(sheet: dict[str, Any], text: str) -> str:
    return hmac.new(sheet["hash_secret"].encode(), text.encode(), hashlib.sha512).hexdigest()


def messages(site: Site, cast: dict[str, Any]) -> Story:
    sheet = cast["vnconnect-2022"]["sms"]
    basic = base64.b64encode(f"{sheet['user']}:{sheet['password']}".encode()).decode()
    sms = {"to": cast["owner"]["phone"], "text": "Hồ sơ đã được tiếp nhận. Mã 123456."}
    yield post("/messages/sms", sms, Authorization=f"Basic {basic}")
    yield get("/messages/inbox", {"to": sms["to"]}, **site.bearer)
    yield get("/messages/otp", {"to": sms["to"]}, **site.bearer)
    yield get("/messages", {"to": sms["to"], "key": site.key})


def control(site: Site, cast: dict[str, Any]) -> Story:
    yield get("/control/health")
    yield get("/control/words", **site.bearer)
    yield get("/control/variance", **site.bearer)
    yield get("/control/journal", {"limit": "20", "word": "contract_made", "count": "1", "wait": "0.01"}, **site.bearer)
    yield get("/control/quiet", **site.bearer)
    asked = {"name": "Cổng", "redirect_uris": [CALLBACK], "ipn_url": NOBODY, "login_profile": "vneid-2026"}
    made = (yield post("/control/contracts", asked, **site.bearer)).json()
    yield get(f"/control/contracts/{made['contract']}", **site.bearer)
    yield get(f"/control/contracts/{made['contract']}/env", **site.bearer)
    people = yield post("/control/citizens", {"count": 1, "name": "Đặng Thị Ưởng"}, **site.bearer)
    yield get(f"/control/citizens/{people.json()['citizens'][0]['id']}", **site.bearer)
    fault = {"site": "vnpay.notice", "effect": "parallel", "about": f"F{next(TURN)}", "times": 1, "args": {"count": 2}}
    yield post("/control/faults", fault, **site.bearer)
    listing = {name: cast["vnconnect-2022"]["vnpt"][name] for name in ("sp_id", "sp_password")} | {"transaction_id": ""}
    listed = yield post(
        "/ca/vnpt/sca/sp769/v1/credentials/get_certificate", {**listing, "user_id": cast["owner"]["id"]}
    )
    serial = listed.json()["data"]["user_certificates"][0]["serial_number"]
    yield post(f"/control/certificates/{serial}/suspend", None, **site.bearer)
    yield post(f"/control/certificates/{serial}/unsuspend", None, **site.bearer)
    yield post("/control/turns", {"ca": "vnpt", "citizen": cast["owner"]["id"], "left": 3}, **site.bearer)
    yield get(f"/control/turns/vnpt/{cast['owner']['id']}", **site.bearer)
    ref = f"F{next(TURN)}"
    yield _pay(cast["vnconnect-2022"]["vnpay"], ref, datetime.now(VIETNAM))
    yield post("/control/expire", {"ref": ref}, **site.bearer)
    # Its notice meets nobody, so that a repetition waits, which can be made due.
    site.control("GET", f"/control/journal?ref={ref}&word=undelivered&wait=10")
    yield post("/control/deliver-now", {"ref": ref}, **site.bearer)


def clock(site: Site, cast: dict[str, Any]) -> Story:
    yield post("/control/clock", {"advance_seconds": 1}, **site.bearer)


def front(site: Site, cast: dict[str, Any]) -> Story:
    key = {"Cookie": _run_key(site)}
    yield get("/", {"key": site.key})
    yield post("/", (("name", "Cổng"), ("redirect_uris", CALLBACK), ("ipn_url", NOBODY)), **key)
    yield post("/citizens", (("count", "1"),), **key)
    yield get("/journal", {"key": site.key, "word": "contract_made"})
    yield get("/openapi.json")


def _pdf() -> str:
    page = FPDF()
    page.add_page()
    return base64.b64encode(bytes(page.output())).decode()


def _file() -> dict[str, str]:
    turn = next(TURN)
    digest = hashlib.sha256(str(turn).encode()).hexdigest()
    return {"data_to_be_signed": digest, "doc_id": f"D{turn}", "file_type": "pdf", "sign_type": "hash"}


def _query(reply: Reply) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(reply.header("location")).query))


def _cookies(reply: Reply) -> str:
    return "; ".join(line.partition(";")[0] for line in reply.headers.get("set-cookie", []))


def _hidden(page: Reply, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return unescape(found[1])


def _run_key(site: Site) -> str:
    return f"hopchuan_{urlsplit(site.url).port}={site.key}"


WAYS = {"vnconnect-2022": _at_vnconnect, "vneid-2026": _at_vneid, "usb": _by_usb, "sim": _by_sim}
GROUPS: dict[str, tuple[Teller, ...]] = {
    "login 2022": (
        login("vnconnect-2022", "get"),
        login("vnconnect-2022", "post"),
        login("vnconnect-2022", "get", "usb"),
        login("vnconnect-2022", "post", "sim"),
    ),
    "login 2026": (login("vneid-2026", "get"), login("vneid-2026", "post"), login("vneid-2026", "uri")),
    "signing": (
        vnpt,
        integrated,
        ca2,
        *map(generic, ("fpt", "bkav", "mobifone")),
        neac,
        neacfiles,
        csc,
        trust,
        phone,
        scripts,
    ),
    "signing for one user": (mysign, misa, esign),
    "tokens": (usb,),
    "enrolment": (enrolment("vnpt"), enrolment("misa")),
    "payment and messages": (payment, messages),
    "control": (control, front, clock),
}
