"""The usual verbs of a unit's people at the State Treasury's part, with tokens as key and certificate in hand."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from tests.reference_portal.authority import Holder, Leaf
from tests.reference_portal.world import Browser, Person, Portal

UNIT_MAIL = "donvi@vidu.example"
DECLARER = Person("Đỗ Thị Kê Khai", "001099000010", "0901000010", "kekhai@vidu.example", "t-10")
OWNER = Person("Trần Chủ Tài Khoản", "001099000011", "0901000011", "ctk@vidu.example", "t-11")
ACCOUNTANT = Person("Lê Kế Toán Trưởng", "001099000012", "0901000012", "ktt@vidu.example", "t-12")
STAFF = Person("Phạm Thị Cán Bộ", "001099000013", "0901000013", "canbo@vidu.example", "t-13")
ROLES = {OWNER: "owner", ACCOUNTANT: "chief_accountant", STAFF: "staff"}
UNIT = {"name": "Trường Mầm non Vàng Anh", "code": "1099001", "address": "Xã Thanh Lương", "email": UNIT_MAIL}
PROJECTS = {"1.code": "1099001", "1.account": "9523.2.1099001"}


@dataclass
class Unit:
    """People at their browsers, each with a token, and the registration that they work on."""

    world: Portal
    tokens: dict[Person, Holder]
    browsers: dict[Person, Browser]
    id: str = ""

    @classmethod
    async def met(cls, world: Portal) -> Unit:
        tokens = {who: token(world, who) for who in ROLES}
        people = (DECLARER, *ROLES)
        unit = cls(world, tokens, {who: await world.citizen(who) for who in people})
        made = await unit.begun()
        unit.id = made["id"]
        return unit

    async def begun(self, **more: str) -> dict[str, Any]:
        asked = {"procedure": "kbnn.dang-ky-dvc", "agency": "KBNN", **more}
        reply = await self.browsers[DECLARER].post("/pti/dossiers", asked)
        assert reply.status_code == 201, reply.text
        return reply.json()

    async def put(self, screen: str, form: dict[str, str], who: Person = DECLARER) -> Any:
        return await self.browsers[who].send("PUT", f"{self.path}/components/{screen}", json={"form": form})

    async def declared(self, *without: Person) -> dict[str, Any]:
        """Every screen saved, the members asked."""
        for screen, form in (("unit", UNIT), ("projects", PROJECTS), ("members", self.members(*without))):
            reply = await self.put(screen, form)
            assert reply.status_code == 200, reply.text
        reply = await self.act(DECLARER, action="submit")
        assert reply.status_code == 200, reply.text
        await self.world.settled()
        return reply.json()

    def members(self, *without: Person) -> dict[str, str]:
        form: dict[str, str] = {}
        for row, (who, role) in enumerate(((w, r) for w, r in ROLES.items() if w not in without), 1):
            told = {"role": role, "name": who.name, "email": who.email, "personal_id": who.number}
            told |= {"serial": f"{self.tokens[who].certificate.serial_number:x}"}
            form |= {f"{row}.{name}": value for name, value in told.items()}
        return form

    async def act(self, who: Person, **told: str) -> Any:
        return await self.browsers[who].post(f"{self.path}/act", told)

    def link(self, who: Person) -> str:
        """The newest in this person's mailbox."""
        return re.findall(r"/kbnn/xac-nhan/[\w-]+/([\w-]+)", " ".join(self.mails(who.email)))[-1]

    def mails(self, address: str) -> list[str]:
        return [text for to, text in self.world.providers.mails if to == address]

    async def confirm(self, who: Person, *, by: Person | None = None, token: Holder | None = None) -> int:
        certificate = as_text((token or self.tokens[who]).der)
        reply = await self.act(by or who, action="confirm", token=self.link(who), certificate=certificate)
        await self.world.settled()
        return reply.status_code

    async def confirmed(self, *without: Person) -> None:
        await self.declared()
        for who in ROLES:
            if who not in without:
                assert await self.confirm(who) == 200

    async def begin_to_sign(self, who: Person = OWNER, token: Holder | None = None) -> Any:
        told = {"through": "token", "certificate": as_text((token or self.tokens[who]).der)}
        return await self.browsers[who].post(f"{self.path}/components/registration/sign", told)

    async def answer(self, signing: dict[str, Any], reply: dict[str, str], who: Person = OWNER) -> Any:
        done = await self.browsers[who].post(f"/pti/signings/{signing['id']}/answer", {"reply": reply})
        await self.world.settled()
        return done

    async def sent(self, who: Person = OWNER, token: Holder | None = None) -> Any:
        """Signed by this token and sent, or the portal's refusal."""
        begun = await self.begin_to_sign(who, token)
        if begun.status_code != 202:
            return begun
        return await self.answer(begun.json(), signature(token or self.tokens[who], begun.json()), who)

    async def read(self, who: Person = DECLARER) -> dict[str, Any]:
        return (await self.browsers[who].get(self.path)).json()

    async def listed(self) -> dict[str, Any]:
        lines = (await self.browsers[DECLARER].get("/pti/dossiers")).json()["dossiers"]
        return next(line for line in lines if line["id"] == self.id)

    async def officer(self, action: str, **told: object) -> int:
        reply = await self.world.officer(action, self.id, **told)
        await self.world.settled()
        return reply.status_code

    async def completed(self) -> None:
        assert (await self.sent()).status_code == 200
        assert [await self.officer(deed) for deed in ("accept", "finish")] == [200, 200]

    def account(self, who: Person) -> tuple[str, str]:
        """Name and first password as they were mailed."""
        found = re.search(r"Tài khoản: (\S+)\nMật khẩu lần đầu: (\S+)", self.mails(who.email)[-1])
        assert found is not None, self.mails(who.email)
        return found[1], found[2]

    async def log_in(self, account: tuple[str, str], new: str = "") -> Any:
        told = {"account": account[0], "password": account[1], **({"new_password": new} if new else {})}
        return await Browser(self.world).post("/pti/member-login", told)

    @property
    def path(self) -> str:
        return f"/pti/dossiers/{self.id}"


def token(world: Portal, who: Person) -> Holder:
    return world.providers.authority.issue(Leaf(name=who.name, uids=(f"CCCD:{who.number}",)))


def signature(token: Holder, signing: dict[str, Any]) -> dict[str, str]:
    value = token.sign(bytes.fromhex(signing["digest"]))
    return {"certificate": as_text(token.der), "signature": as_text(value)}


def as_text(content: bytes) -> str:
    return base64.b64encode(content).decode()
