"""The suite as an application of the national login: what another client, or a thief of the portal's, holds of a citizen."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from conformance.failures import NotExercised, Ours
from conformance.forms import FORM_TYPE
from conformance.lab import Lab, Visitor
from conformance.sites import origin_of
from conformance.tls import context
from conformance.transport import HttpTransport, Request, Unreachable

ELSEWHERE = "http://ung-dung-khac.localhost:9/quay-ve"
"""Where the other application would be answered; nobody goes there."""
PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Stolen:
    """Tokens of a real login of this citizen, rightly issued, to `client_id`."""

    client_id: str
    access_token: str = field(repr=False)
    id_token: str = field(repr=False)


def stolen_from_portal(lab: Lab, victim: Visitor, redirect_uri: str) -> Stolen:
    """Issued to the portal itself, in a login that the portal knows nothing of."""
    return _logged_in(lab, victim, lab.control.get(f"/control/contracts/{lab.control.contract}"), redirect_uri)


def given_to_another(lab: Lab, victim: Visitor) -> Stolen:
    """Issued to another application, at which the citizen logged in."""
    profile = lab.control.get(f"/control/contracts/{lab.control.contract}")["login"]["profile"]
    request = {
        "name": "Ứng dụng khác",
        "redirect_uris": [ELSEWHERE],
        "login_profile": profile,
        "beside": lab.control.contract,
    }
    return _logged_in(lab, victim, lab.control.post("/control/contracts", request), ELSEWHERE)


def _logged_in(lab: Lab, victim: Visitor, sheet: Mapping[str, Any], redirect_uri: str) -> Stolen:
    login = sheet["login"]
    nonce = secrets.token_urlsafe(16)
    asked = {"response_type": "code", "client_id": login["client_id"], "redirect_uri": redirect_uri}
    asked |= {"scope": "openid", "state": secrets.token_urlsafe(16), "nonce": nonce}
    elsewhere = lab.visitor(victim.citizen, lab.browser_of(origin_of(redirect_uri)))
    page = elsewhere.browser.navigate(f"{login['authorization_endpoint']}?{urlencode(asked)}", operation="login")
    code = parse_qs(urlsplit(lab.answered(elsewhere, page)).query).get("code", [""])[0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    form |= {"client_id": login["client_id"], "client_secret": login["client_secret"]}
    told = _asked(login["token_endpoint"], form, lab.control.root)
    lab.learn(login["client_secret"], told["access_token"], told["id_token"])
    return Stolen(login["client_id"], told["access_token"], told["id_token"])


def _asked(endpoint: str, form: Mapping[str, str], root: str) -> Any:
    try:
        with HttpTransport(patience=PATIENCE_SECONDS, tls=context(root)) as send:
            body = urlencode(form).encode()
            reply = send("", Request("POST", endpoint, (("Content-Type", FORM_TYPE),), body))
    except Unreachable as error:
        raise Ours(f"{endpoint} does not answer: {error}") from error
    if reply.status != HTTPStatus.OK:
        raise NotExercised(f"the login gave the suite no token: {reply.status} {reply.body[:200].decode('latin-1')}")
    return json.loads(reply.body)
