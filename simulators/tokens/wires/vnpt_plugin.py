"""VNPT-CA Plugin's frames: {functionID, funcCallback, args, domain} in, <result>*<callbackName> out."""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

from simulators.kernel.contracts import Settings, settings_id
from simulators.kernel.records import Event, Key
from simulators.kernel.wire import from_base64
from simulators.tokens.desk import papers
from simulators.tokens.desk.papers import Prepared, Signer
from simulators.tokens.desk.signing import Computer
from simulators.tokens.dialogs import State
from simulators.tokens.reasons import Reason, Refused
from simulators.tokens.spec import PluginSpec
from simulators.tokens.wires.plugin_words import word

USUAL = "callbackDefault"
CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
OK, LICENSED = 0, 1


class Frame(msgspec.Struct, frozen=True):
    """What a page sends; `domain` is its host's name, as its own script says it."""

    functionID: int  # noqa: N815  # the plugin's own name
    args: list[str] = msgspec.field(default_factory=list)
    funcCallback: str = USUAL  # noqa: N815  # the plugin's own name
    domain: str = ""


class Item(msgspec.Struct, frozen=True):
    """One of signArrDataAdvanced; raw is RSA over the data's SHA-256 digest. Its fields are UNKNOWN."""

    data: str
    type: Literal["cmsdetached", "raw"] = "cmsdetached"


class Placed(msgspec.Struct, frozen=True):
    """PdfSigner, as far as it is looked at."""

    page: int = 1
    CertificateSerial: str = ""


class Result(msgspec.Struct):
    """`data` is base64, or a list of it."""

    code: int
    data: Any = ""
    error: str = ""


@dataclass
class Seat:
    """Who sits at a port, and the hosts whose licence was taken since."""

    citizen: str
    port: int
    licensed: set[str] = field(default_factory=set)


class Plugin:
    """Answers frames; every citizen's tokens are those of their computer."""

    def __init__(self, computer: Computer, spec: PluginSpec) -> None:
        self._computer = computer
        self.spec = spec
        self._free: Mapping[int, Callable[[Seat, Frame], Awaitable[str]]] = {
            6: self._license,
            7: self._here,
            11: self._version,
        }
        self._licensed: Mapping[int, Callable[[Seat, Frame, str], Awaitable[str]]] = {
            0: self._certificate,
            2: self._sign_pdf,
            10: self._sign_all,
        }

    async def answer(self, seat: Seat, text: str | bytes, origin: str) -> str:
        """One frame's answer; what cannot be read or done gets a result with its code, and changes nothing."""
        callback = USUAL
        try:
            frame = msgspec.json.decode(text, type=Frame)
            if not CALLBACK.fullmatch(frame.funcCallback):
                raise Refused(Reason.UNREADABLE, "funcCallback: it is not a function's name")  # noqa: TRY301  # one place answers
            callback = frame.funcCallback
            body = {"function": frame.functionID, "domain": frame.domain[:253], "origin": origin, "port": seat.port}
            await self._computer.note(Event(source="token", word="plugin_asked", subject=seat.citizen, body=body))
            told = await self._done(seat, frame, origin)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            told = await self._refusal(seat, Refused(Reason.UNREADABLE, f"the frame cannot be read: {error}"), origin)
        except Refused as error:
            told = await self._refusal(seat, error, origin)
        return f"{told}*{callback}"

    async def _done(self, seat: Seat, frame: Frame, origin: str) -> str:
        if open_to_all := self._free.get(frame.functionID):
            return await open_to_all(seat, frame)
        function = self._licensed.get(frame.functionID)
        if function is None:
            raise Refused(Reason.NOT_SIMULATED, f"functionID {frame.functionID} is not simulated")
        if frame.domain not in seat.licensed:
            raise Refused(Reason.UNLICENSED, f"domain {frame.domain[:253]!r}: setLicenseKey comes first")
        return await function(seat, frame, origin)

    async def _here(self, _seat: Seat, _frame: Frame) -> str:
        return "1"

    async def _version(self, _seat: Seat, _frame: Frame) -> str:
        return self.spec.version

    async def _license(self, seat: Seat, frame: Frame) -> str:
        key = frame.args[0] if frame.args else ""
        found = await self._computer.world.store.get(Key(Settings, settings_id(self.spec.id, key))) if key else None
        if found is None or frame.domain not in found.private["hosts"]:
            why = f"the licence is unknown, or not of the host {frame.domain[:253]!r}: the settings sheet names both"
            raise Refused(Reason.UNLICENSED, why)
        seat.licensed.add(frame.domain)
        return _written(Result(LICENSED))

    async def _certificate(self, seat: Seat, _frame: Frame, origin: str) -> str:
        slot = (await self._computer.slots(seat.citizen, origin))[0]
        parsed = x509.load_der_x509_certificate(slot.certificate.der_bytes)
        told = {"subjectCN": _common(parsed.subject), "issuerCN": _common(parsed.issuer)}
        not_after = parsed.not_valid_after_utc.strftime(self.spec.not_after)
        return _written(told | {"notAfter": not_after, "serial": slot.certificate.id})

    async def _sign_all(self, seat: Seat, frame: Frame, origin: str) -> str:
        if len(frame.args) < 2:  # the data and the serial
            raise Refused(Reason.UNREADABLE, "args: they are [json, serial, clearPIN, showCertList]")
        items = _parsed(frame.args[0], list[Item])
        if not 1 <= len(items) <= self.spec.items:
            raise Refused(Reason.UNREADABLE, f"args: {len(items)} items; 1 to {self.spec.items} are signed at once")
        contents = [_bytes(item.data) for item in items]
        signer = await self._signer(seat, frame.args[1])
        # A raw item is its own digest; nothing is made of it but the value.
        prepared = [
            await papers.prepare_cms(content, signer) if item.type == "cmsdetached" else None
            for item, content in zip(items, contents, strict=True)
        ]
        digests = tuple(
            one.digest if one else papers.digest_of(content) for one, content in zip(prepared, contents, strict=True)
        )
        values = await self._values(seat, frame.args[1], digests, origin)
        made = [await papers.finish(one, value) if one else value for one, value in zip(prepared, values, strict=True)]
        return _written(Result(OK, [base64.b64encode(one).decode() for one in made]))

    async def _sign_pdf(self, seat: Seat, frame: Frame, origin: str) -> str:
        if len(frame.args) < 2:  # the file and PdfSigner
            raise Refused(Reason.UNREADABLE, "args: they are [file in base64, PdfSigner as JSON]")
        placed = _parsed(frame.args[1], Placed)
        signer = await self._signer(seat, placed.CertificateSerial)
        prepared: Prepared = await papers.prepare_pdf(_bytes(frame.args[0]), placed.page, signer)
        (value,) = await self._values(seat, placed.CertificateSerial, (prepared.digest,), origin)
        return _written(Result(OK, base64.b64encode(await papers.finish(prepared, value)).decode()))

    async def _signer(self, seat: Seat, serial: str) -> Signer:
        slots = await self._computer.slots(seat.citizen, "")
        chosen = next((slot.certificate for slot in slots if slot.certificate.id == serial.lower()), None)
        if chosen is None:
            raise Refused(
                Reason.KEY_UNKNOWN, f"serial {serial[:40]!r} is on no token in the computer of {seat.citizen}"
            )
        world = self._computer.world
        return Signer(chosen.der_bytes, await world.pki.chain(chosen.ca), world.store.now())

    async def _values(self, seat: Seat, serial: str, digests: tuple[bytes, ...], origin: str) -> list[bytes]:
        dialog = await self._computer.sign(seat.citizen, serial, digests, origin)
        if dialog.state is not State.SIGNED:
            reason = dialog.reason or Reason.EXPIRED
            raise Refused(reason, f"the PIN dialog {dialog.id} ended: {reason.value}")
        return [base64.b64decode(signature) for signature in dialog.signatures]

    async def _refusal(self, seat: Seat, error: Refused, origin: str) -> str:
        body = {"reason": error.reason.value, "why": error.why, "origin": origin, "port": seat.port}
        await self._computer.note(Event(source="token", word="turned_away", subject=seat.citizen, body=body))
        said = word(error.reason)
        return _written(Result(said.code, "", said.text))


def _written(told: Any) -> str:
    """JSON without a '*', which parts result and callback."""
    return msgspec.json.encode(told).decode().replace("*", "\\u002a")


def _parsed(text: str, type_: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=type_)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(Reason.UNREADABLE, f"args: {error}") from error


def _bytes(text: str) -> bytes:
    content = from_base64(text)
    if content is None:
        raise Refused(Reason.UNREADABLE, "args: the data is not base64")
    return content


def _common(name: x509.Name) -> str:
    return str(name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
