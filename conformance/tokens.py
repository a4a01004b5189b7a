"""A citizen's USB token and the agent on that citizen's computer, as the script of the portal's page uses them."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.control import Control
from conformance.failures import Ours
from conformance.journal import TOKEN_ANSWERED
from conformance.noting import Note
from conformance.people import Citizen
from conformance.transport import Request, Send

PROMPT = "token.pin"
WRONG_PIN = "99999999"


@dataclass(frozen=True)
class TokenDesk:
    """What a token is reached by; `origin` is the page's that asks."""

    control: Control
    send: Send
    note: Note
    origin: str


@dataclass(frozen=True)
class UsbToken:
    """In its citizen's computer; `serial` (hex) and `certificate` (base64 DER) are what the agent lists."""

    desk: TokenDesk
    citizen: Citizen
    id: str
    serial: str
    certificate: str
    pin: str

    @classmethod
    def given(cls, desk: TokenDesk, citizen: Citizen) -> "UsbToken":
        told = desk.control.post("/control/tokens", {"citizen": citizen.id})
        return cls(desk, citizen, *(str(told[name]) for name in ("id", "serial", "certificate", "pin")))

    def sign(self, digest: str) -> Mapping[str, str]:
        """The agent's answer to the page when the citizen types the right PIN; `digest` in hex."""
        return self._asked(digest, {"choice": "approve", "secret": self.pin})

    def sign_with_wrong_pin(self, digest: str) -> Mapping[str, str]:
        return self._asked(digest, {"choice": "approve", "secret": WRONG_PIN})

    def cancel(self, digest: str) -> Mapping[str, str]:
        """The citizen closes the PIN dialog."""
        return self._asked(digest, {"choice": "refuse"})

    def sign_taken_out(self, digest: str) -> Mapping[str, str]:
        """The token was taken out of the computer before it could sign; afterwards it is back."""
        self.desk.control.post(f"/control/tokens/{self.id}/remove")
        answer = self.sign(digest)
        self.desk.control.post(f"/control/tokens/{self.id}/insert")
        return answer

    def _asked(self, digest: str, hand: Mapping[str, Any]) -> Mapping[str, str]:
        control = self.desk.control
        control.put(f"/phone/api/{self.citizen.id}/script", {"kind": PROMPT, **hand})
        url = f"{control.url}/tokens/{self.citizen.id}/agent"
        asked = {"op": "sign", "serial": self.serial, "digest": base64.b64encode(bytes.fromhex(digest)).decode()}
        headers = (("Content-Type", "application/json"), ("Origin", self.desk.origin))
        reply = self.desk.send("sim:agent", Request("POST", url, headers, json.dumps(asked).encode()))
        told = json.loads(reply.body)
        if reply.status == 200:
            self.desk.note(TOKEN_ANSWERED, self.serial, self.citizen.id, {"digest": digest})
            return {"signature": told["signature"], "certificate": told["certificate"]}
        if reply.status != 409:
            raise Ours(f"the agent of {self.citizen.id} answers {reply.status}: {reply.body[:200]!r}")
        return {"error": str(told["error"])}
