"""What citizens do without end at the portal: file, pay, sign, look; each acknowledgement is logged."""

import hashlib
from urllib.parse import quote

from conformance.journal import ACKNOWLEDGED, SHOWN
from conformance.records import Capabilities, Role
from conformance.samples import pdf
from loadtests.kills.client import Lost
from loadtests.kills.errands import approve, checked_out, prompt_of
from loadtests.kills.ground import Ground, Refused, Seat

PDF = {"Content-Type": "application/pdf", "X-File-Name": quote("Giấy tờ.pdf")}
FORM = "to-khai"
"""The required component of the reference portal's test procedures."""
LONG_READ = 10


async def file_and_pay(ground: Ground, seat: Seat, capabilities: Capabilities) -> None:
    dossier = await _drafted(ground, seat, capabilities.procedures["paid"])
    told = (await ground.at_portal(seat, "POST", f"/pti/dossiers/{dossier}/act", json={"action": "submit"})).json()
    ground.log.write("submitted", dossier, whose=seat.citizen.techid, told=told["code"])
    ground.note(ACKNOWLEDGED, dossier, seat.citizen.techid, told["code"])
    begun = (await ground.at_portal(seat, "POST", f"/pti/dossiers/{dossier}/pay", json={"gateway": "vnpay"})).json()
    ground.log.write("portal_payment", begun["ref"], whose=seat.citizen.techid, told=dossier)
    page = (await ground.simulators.ask("GET", begun["url"])).headers.get("Location", "")
    if "vnp_ResponseCode=00" in await checked_out(ground, page):
        ground.log.write("portal_paid", begun["ref"], whose=seat.citizen.techid, told=dossier)


async def look(ground: Ground, seat: Seat) -> None:
    for line in (await ground.at_portal(seat, "GET", "/pti/dossiers")).json()["dossiers"]:
        ground.note(SHOWN, line["id"], seat.citizen.techid)


async def sign(ground: Ground, seat: Seat, capabilities: Capabilities) -> None:
    """Through the CA itself: the hub's one long call cannot be taken up again by anyone."""
    dossier = await _drafted(ground, seat, capabilities.procedures["signed"])
    asked = f"through=direct&ca=VNPT-CA&user_id={seat.citizen.id}"
    found = (await ground.at_portal(seat, "GET", f"/pti/certificates?{asked}")).json()["certificates"]
    choice = {"through": "direct", "ca": "VNPT-CA", "user_id": seat.citizen.id, "serial": found[0]["serial"]}
    path = f"/pti/dossiers/{dossier}/components/{FORM}/sign"
    begun = (await ground.at_portal(seat, "POST", path, json=choice)).json()
    ground.log.write("portal_signing", begun["id"], whose=seat.citizen.techid, told=dossier)
    await _answered(ground, seat, begun["doc_id"], begun["id"])
    while (state := await _state(ground, seat, dossier, begun["id"])) == "waiting":
        continue
    if state == "signed":
        ground.log.write("portal_signed", begun["id"], whose=seat.citizen.techid, told=dossier)


async def _drafted(ground: Ground, seat: Seat, role: Role) -> str:
    asked = {"procedure": role.procedure, "agency": role.agencies[0]}
    dossier = str((await ground.at_portal(seat, "POST", "/pti/dossiers", json=asked)).json()["id"])
    content = pdf(f"to khai {dossier}")
    path = f"/pti/dossiers/{dossier}/components/{FORM}"
    headers = ground.browser(seat) | PDF
    put = await ground.portal.ask("PUT", path, data=content, headers=headers)
    if put.status != 200:
        raise Refused(f"PUT {path}: {put.status} {put.body[:200]!r}")
    digest = hashlib.sha256(content).hexdigest()
    ground.log.write("attached", dossier, whose=seat.citizen.techid, told=digest)
    ground.note(SHOWN, dossier, seat.citizen.techid)
    return dossier


async def _answered(ground: Ground, seat: Seat, doc_id: str, signing: str) -> None:
    """The phone says yes, through any number of deaths; a prompt that is gone was answered, or never came."""
    while True:
        try:
            prompt = await prompt_of(ground, seat.citizen, doc_id, wait=LONG_READ)
            await approve(ground, seat.citizen, prompt)
        except Lost:
            continue
        except Refused:
            return
        ground.log.write("portal_approved", signing, whose=seat.citizen.techid)
        return


async def _state(ground: Ground, seat: Seat, dossier: str, signing: str) -> str:
    path = f"/pti/dossiers/{dossier}?signing={signing}&seconds={LONG_READ}"
    shown = (await ground.portal.until_answered("GET", path, headers=ground.browser(seat))).json()
    return str(next(one["signing"]["state"] for one in shown["components"] if one["id"] == FORM))
