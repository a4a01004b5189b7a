"""Notices to citizens: SMS through the gateway's JSON, e-mail by SMTP."""

import asyncio
import re
import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

import httpx

from reference_portal.calls.bodies import object_of

PATIENCE = 10.0
ADDRESS = re.compile(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,190}")
"""One plain address: a list, a display name or a line break is none."""
PHONE = re.compile(r"\+?[0-9]{8,15}")


class SendFailed(Exception):
    """Nothing was sent, or nobody can say whether it was; `why` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def send_sms(http: httpx.AsyncClient, sms: Mapping[str, str], to: str, text: str) -> None:
    if not PHONE.fullmatch(to):
        raise SendFailed("the phone number is none")
    try:
        reply = await http.post(
            sms["url"], json={"to": to, "text": text}, auth=(sms["user"], sms["password"]), timeout=PATIENCE
        )
        reply.raise_for_status()
        taken = object_of(reply).get("id")
    except (httpx.HTTPError, ValueError) as error:
        raise SendFailed(f"{type(error).__name__} {error}") from error
    if reply.status_code != 200 or not isinstance(taken, str) or not taken:
        raise SendFailed(f"HTTP {reply.status_code} without a message's id")


async def send_mail(smtp: Mapping[str, Any], to: str, subject: str, text: str) -> None:
    mail = compose(smtp["from_domain"], to, subject, text)
    try:
        await asyncio.to_thread(_deliver, smtp, mail)
    except (OSError, smtplib.SMTPException) as error:
        raise SendFailed(f"{type(error).__name__} {error}") from error


def compose(domain: str, to: str, subject: str, text: str) -> EmailMessage:
    """UTF-8 throughout; what people typed cannot become a header or a recipient."""
    if not ADDRESS.fullmatch(to):
        raise SendFailed("the address is none")
    mail = EmailMessage()
    mail["From"] = f"Cổng dịch vụ công <khong-tra-loi@{domain}>"
    mail["To"] = to
    mail["Subject"] = " ".join("".join(c if c.isprintable() else " " for c in subject).split())
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = make_msgid(domain=domain)
    mail.set_content(text, charset="utf-8", cte="base64")
    return mail


def _deliver(smtp: Mapping[str, Any], mail: EmailMessage) -> None:
    # Named, so that no name service is asked who we are.
    with smtplib.SMTP(smtp["host"], int(smtp["port"]), local_hostname="localhost", timeout=PATIENCE) as server:
        server.login(smtp["user"], smtp["password"])
        server.send_message(mail)
