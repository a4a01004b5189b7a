"""What clients do without end, straight at the providers: SMS, mail, payments, signatures; each acknowledgement is logged."""

import asyncio
import hashlib
import smtplib
from datetime import datetime
from uuid import uuid4

from conformance.people import Citizen
from loadtests.kills.client import Lost
from loadtests.kills.ground import Ground, Refused, demanded
from loadtests.kills.merchant import VIETNAM, pay_url

CARD = {"card_number": "9704198526191432198", "card_holder": "NGUYEN VAN A", "card_date": "07/15"}
"""The gateway's published test card."""
UNANSWERED = 4
"""One signing in so many is left on the phone, to be found there after the kills."""


async def sms(ground: Ground) -> None:
    customer, number = _next(ground)
    told = {"to": customer.phone, "text": f"Tin thử số {number}"}
    answer = demanded(
        await ground.simulators.ask("POST", "/messages/sms", json=told, headers={"Authorization": ground.basic}), "sms"
    )
    ground.log.write("sms", answer.json()["id"], whose=str(customer.phone))


async def mail(ground: Ground) -> None:
    """Plain SMTP in a thread; acknowledged is what got 250 after the last line."""
    customer, number = _next(ground)
    await ground.simulators.doors.wait()
    try:
        said = await asyncio.to_thread(_posted, ground.sheet["smtp"], str(customer.email), number)
    except (OSError, smtplib.SMTPException) as error:
        raise Lost(f"mail: {error}") from error
    ground.log.write("mail", said, whose=str(customer.email))


async def payment(ground: Ground) -> None:
    """A payer at the checkout; the gateway says that it is paid by the way on which it sends the browser back."""
    ref, now = f"K{uuid4().hex[:16]}", datetime.now(VIETNAM).replace(microsecond=0)
    gateway = ground.simulators
    first = demanded(await gateway.ask("GET", pay_url(ground.sheet["vnpay"], ref, now)), "pay")
    token = first.headers["Location"].partition("token=")[2]
    if not token:
        raise Refused(f"the gateway let no payment in: {first.headers['Location']}")
    ground.log.write("payment", ref, told=now.isoformat())
    if (back := await checked_out(ground, first.headers["Location"])) and "vnp_ResponseCode=00" in back:
        ground.log.write("paid", ref, told=now.isoformat())


async def checked_out(ground: Ground, page: str) -> str:
    """Where the gateway sends the browser in the end."""
    token, gateway = page.partition("token=")[2], ground.simulators
    card = {"token": token, "bank": "NCB", **CARD}
    asked = demanded(await gateway.ask("POST", page.replace("PaymentMethod", "Card"), data=card), "card")
    otp = asked.headers.get("Location", "")
    paid = demanded(await gateway.ask("POST", otp, data={"token": token, "otp": "123456"}), "otp")
    return paid.headers.get("Location", "")


async def signature(ground: Ground) -> None:
    """A service provider asks, the citizen answers (or leaves it for later)."""
    customer, number = _next(ground)
    vnpt, transaction, doc_id = ground.sheet["vnpt"], uuid4().hex, f"{uuid4().int % 10**8:08d}"
    file = {
        "data_to_be_signed": hashlib.sha256(transaction.encode()).hexdigest(),
        "doc_id": doc_id,
        "file_type": "pdf",
        "sign_type": "hash",
    }
    order = {
        "sp_id": vnpt["sp_id"],
        "sp_password": vnpt["sp_password"],
        "user_id": customer.id,
        "transaction_id": transaction,
        "transaction_desc": "Ký thử",
        "serial_number": "",
        "time_stamp": "20261121101500Z",
        "sign_files": [file],
    }
    url = f"{vnpt['base_url']}/v1/signatures/sign"
    demanded(await ground.simulators.ask("POST", url, json=order), "sign")
    ground.log.write("signing", transaction, whose=customer.id)
    shown = await prompt_of(ground, customer, doc_id)
    ground.log.write("prompt", shown, whose=customer.id, told=transaction)
    if number // len(ground.customers) % UNANSWERED:
        await approve(ground, customer, shown)
        ground.log.write("approved", transaction, whose=customer.id, told=shown)


async def prompt_of(ground: Ground, citizen: Citizen, doc_id: str, *, wait: float = 0) -> str:
    """The id of the prompt that shows this document."""
    path = f"/phone/api/{citizen.id}/prompts?doc_id={doc_id}&wait={wait}"
    found = demanded(await ground.simulators.ask("GET", path, headers=ground.bearer), "phone").json()["prompts"]
    if not found:
        raise Refused(f"the phone of {citizen.id} shows no prompt for {doc_id}")
    return str(found[0]["id"])


async def approve(ground: Ground, citizen: Citizen, prompt: str) -> None:
    path, told = f"/phone/api/{citizen.id}/prompts/{prompt}", {"choice": "approve", "secret": citizen.pin}
    demanded(await ground.simulators.ask("POST", path, json=told, headers=ground.bearer), "approve")


def _next(ground: Ground) -> tuple[Citizen, int]:
    number = ground.number()
    return ground.customers[number % len(ground.customers)], number


def _posted(smtp: dict[str, str], to: str, number: int) -> str:
    with smtplib.SMTP(smtp["host"], int(smtp["port"]), local_hostname="localhost", timeout=15) as server:
        server.login(smtp["user"], smtp["password"])
        server.mail(f"thu@{smtp['from_domain']}")
        server.rcpt(to)
        text = f"From: thu@{smtp['from_domain']}\r\nTo: {to}\r\nSubject: Thu so {number}\r\n\r\nThu so {number}\r\n"
        code, said = server.data(text.encode())
        if code != 250:
            raise smtplib.SMTPDataError(code, said)
        return said.decode().rpartition(" ")[2]
