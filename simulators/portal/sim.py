"""A login by SIM: a prompt on the phone, which takes the SIM's PIN; the page waits and goes on; pure."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from simulators.kernel import sims
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import SECOND, in_vietnam
from simulators.kernel.prompts import Line, Prompt
from simulators.kernel.prompts import Refused as NotTaken
from simulators.kernel.records import Change, Instant, Key
from simulators.kernel.sims import Sim
from simulators.portal import otp
from simulators.portal.attempts import Reason, alive, event, turned_back
from simulators.portal.records import Attempt, Stage
from simulators.portal.spec import LoginSpec

PROMPT = "login.sim"
TITLE = "Sim ký số: đăng nhập Cổng Dịch vụ công Quốc gia"
OVER = "Giao dịch đăng nhập đã kết thúc."
LATE = "Yêu cầu đã hết hạn."
BLOCKED = "Mã PIN của SIM đã bị khoá do nhập sai nhiều lần."


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The prompt's id and the number that page and phone both show."""

    prompt: str
    code: str


def ask(
    spec: LoginSpec, attempt: Attempt | None, whose: tuple[Citizen | None, Sim | None], drawn: Drawn, now: Instant
) -> Change:
    """The prompt on the phone; asked anew, the one before it is gone."""
    attempt = alive(attempt, now, Stage.PASSWORD, Stage.SIM)
    citizen, sim = whose
    if citizen is None or not citizen.phone:
        return turned_back(attempt, Reason.NO_SIM, event(attempt, "sim_refused", reason=Reason.NO_SIM.value))
    if sim and sim.wrong >= spec.sim_pin_limit:
        said = event(replace(attempt, citizen=citizen.id), "sim_refused", reason=Reason.SIM_BLOCKED.value)
        return turned_back(attempt, Reason.SIM_BLOCKED, said)
    until = Instant(min(now + spec.sim_ttl * SECOND, attempt.expires))
    asked = replace(
        attempt,
        stage=Stage.SIM,
        username=citizen.id,
        citizen=citizen.id,
        masked=otp.masked(citizen.phone),
        captcha="",
        sim=drawn.prompt,
        sim_code=drawn.code,
        sim_expires=until,
        failure="",
    )
    gone = (Key(Prompt, attempt.sim),) if attempt.sim else ()
    return Change((asked, _question(asked, now)), (event(asked, "sim_asked", masked=asked.masked),), gone=gone)


def answered(spec: LoginSpec, attempt: Attempt | None, sim: Sim, given: tuple[str, bool, str], now: Instant) -> Change:
    """`given` is the choice, whether the PIN was right, and the ticket of the next page; NotTaken is for the phone."""
    choice, right, ticket = given
    if attempt is None or attempt.stage is not Stage.SIM or now >= attempt.expires:
        raise NotTaken(OVER)
    if now >= attempt.sim_expires:
        return _back(attempt, Reason.SIM_EXPIRED, refused=NotTaken(LATE))
    if choice != "approve":
        return _back(attempt, Reason.SIM_REFUSED)
    counted, left = sims.tried(sim, right=right, limit=spec.sim_pin_limit)
    if not left:
        return _back(attempt, Reason.SIM_BLOCKED, counted, refused=NotTaken(BLOCKED))
    if not right:
        said = event(attempt, "sim_refused", reason="wrong_pin", left=left)
        return Change((counted,), (said,), refused=NotTaken(f"Mã PIN không đúng. Bạn còn {left} lần thử."))
    passed = replace(attempt, stage=Stage.PASSED, ticket=ticket, sim="")
    return Change((passed, counted), (event(passed, "sim_accepted"),), gone=(Key(Prompt, attempt.sim),))


def _back(attempt: Attempt, reason: Reason, *counted: Sim, refused: NotTaken | None = None) -> Change:
    """To the form, which says why; `refused` is what the phone says."""
    back = replace(attempt, stage=Stage.PASSWORD, failure=reason.value, sim="", citizen="", username="", masked="")
    said, gone = event(attempt, "sim_refused", reason=reason.value), Key(Prompt, attempt.sim)
    return Change((back, *counted), (said,), gone=(gone,), refused=refused)


def _question(attempt: Attempt, now: Instant) -> Prompt:
    lines = (Line("Ứng dụng", attempt.application), Line("Thời gian", f"{in_vietnam(now):%H:%M, %d/%m/%Y}"))
    return Prompt(
        id=attempt.sim,
        contract=attempt.contract,
        citizen=attempt.citizen,
        kind=PROMPT,
        ref=attempt.id,
        title=TITLE,
        lines=lines,
        code=attempt.sim_code,
        secret="pin",  # noqa: S106  # the name of what is asked for
        expires=attempt.sim_expires,
    )
