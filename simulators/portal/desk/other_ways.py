"""USB token and SIM at the login's form: what was presented is verified, and the phone is asked and heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cryptography import x509

from simulators.kernel import prompts
from simulators.kernel.citizens import Citizen
from simulators.kernel.pki import Certificate
from simulators.kernel.prompts import Prompt
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.kernel.sims import Sim
from simulators.kernel.wire import from_base64
from simulators.portal import sim, usb
from simulators.portal.attempts import Reason
from simulators.portal.desk.steps import CHALLENGE_LENGTH, Steps, Visitor, own
from simulators.portal.records import Attempt
from simulators.portal.spec import LoginSpec
from simulators.world import World

CODE_DIGITS = 4
SERIAL_DIGITS = 32


class OtherWays:
    """One profile's."""

    def __init__(self, world: World, spec: LoginSpec, steps: Steps) -> None:
        self._world = world
        self._steps = steps
        self.spec = spec

    async def certificate(self, key: str, visitor: Visitor, given: Mapping[str, str]) -> None:
        """The form of the tab "Usb ký số": `certificate` (base64 DER) and `signature` (base64) over the page's challenge."""
        attempt = await self._steps.attempt(key, visitor)
        der, signature = from_base64(given.get("certificate", "")), from_base64(given.get("signature", ""))
        known, parsed = await self._known(der or b"")
        challenge = Key(Attempt, attempt.id), Key(Certificate, known.id if known else "")
        person = usb.personal_id(parsed) if parsed else ""
        presented = usb.Presented(
            challenge=attempt.challenge,
            failure=self._failure(parsed, signature or b"", attempt.challenge),
            citizen=await self._world.citizens.get(person),
            next_challenge=self._world.entropy.token("login.challenge", CHALLENGE_LENGTH),
            token=self._world.entropy.token("login.ticket"),
        )

        def decide(records: Records, now: Instant) -> Change:
            return usb.enter(own(records[challenge[0]], visitor, self.spec), presented, records[challenge[1]], now)

        await self._world.store.change(challenge, decide)

    async def phone(self, key: str, visitor: Visitor, number: str) -> None:
        """The form of the tab "Sim ký số": the prompt is on that phone when this returns."""
        typed = "".join(number.split())
        national = f"0{typed.removeprefix('+84')}" if typed.startswith("+84") else typed
        found = await self._world.store.find(Citizen, about=national, limit=2) if national else []
        citizen = found[0] if len(found) == 1 else None
        entropy = self._world.entropy
        drawn = sim.Drawn(
            prompt=entropy.token("login.sim_prompt", 20), code=entropy.digits("login.sim_code", CODE_DIGITS)
        )
        keys = Key(Attempt, key), Key(Sim, citizen.id if citizen else "")

        def decide(records: Records, now: Instant) -> Change:
            whose = citizen, records[keys[1]]
            return sim.ask(self.spec, own(records[keys[0]], visitor, self.spec), whose, drawn, now)

        await self._world.store.change(keys, decide)

    async def answer(self, prompt: Prompt, choice: str, secret: str | None, answered: Event) -> None:
        """The phone's; raises kernel.prompts.Refused with its sentence."""
        citizen = await self._world.citizens.get(prompt.citizen)
        if citizen is None or choice not in prompt.choices:
            raise prompts.Refused(sim.OVER)
        given = choice, secret == citizen.pin, self._world.entropy.token("login.ticket")
        keys = Key(Attempt, prompt.ref), Key(Sim, citizen.id)

        def decide(records: Records, now: Instant) -> Change:
            attempt = records[keys[0]]
            mine = attempt if attempt and attempt.sim == prompt.id else None
            change = sim.answered(self.spec, mine, records[keys[1]] or Sim(id=citizen.id), given, now)
            return change if change.refused else replace(change, events=(*change.events, answered))

        await self._world.store.change(keys, decide)

    async def _known(self, der: bytes) -> tuple[Certificate | None, x509.Certificate | None]:
        """The world's own certificate that these bytes are, with what stands in it; anybody else's is none."""
        try:
            serial = x509.load_der_x509_certificate(der).serial_number
        except (ValueError, x509.InvalidVersion):  # the second is no ValueError: a certificate of version 2
            return None, None
        known = await self._world.pki.by_serial(f"{serial:0{SERIAL_DIGITS}x}")
        if known is None or known.der_bytes != der:
            return None, None
        parsed = x509.load_der_x509_certificate(der)
        chain = tuple(x509.load_der_x509_certificate(one) for one in await self._world.pki.chain(known.ca))
        return (known, parsed) if usb.is_vouched_for(parsed, chain) else (None, None)

    @staticmethod
    def _failure(parsed: x509.Certificate | None, signature: bytes, challenge: str) -> Reason | None:
        if parsed is None:
            return Reason.CERTIFICATE_UNKNOWN
        return None if usb.proves(parsed, signature, challenge) else Reason.WRONG_SIGNATURE
