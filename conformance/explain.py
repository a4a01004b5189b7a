"""A failed check told to the person who must mend the portal: expected, came, why, how, and the command that repeats it."""

import shlex
from collections.abc import Mapping

from conformance.advice import advice_for
from conformance.failures import Words
from conformance.verdicts import Outcome, Verdict

KEY_VARIABLES = {"simulators-key": "HOPCHUAN_KEY", "portal-key": "HOPCHUAN_PORTAL_KEY"}

TITLES: Mapping[Outcome, Words] = {
    Outcome.PASSED: Words("ĐẠT", "passed"),
    Outcome.WARNED: Words("CẢNH BÁO", "warned"),
    Outcome.FAILED: Words("KHÔNG ĐẠT", "failed"),
    Outcome.NOT_CLAIMED: Words("KHÔNG CÔNG BỐ", "not claimed"),
    Outcome.ERROR: Words("LỖI CỦA BỘ KIỂM THỬ", "our error"),
}


def explained(verdict: Verdict) -> str:
    """Vietnamese first, English beside it."""
    title, advice = TITLES[verdict.outcome], advice_for(verdict.number)
    basis = "; ".join(f"{place['source']}, {place['place']}" for place in verdict.basis)
    rule = Words(f"{advice.why.vi} Căn cứ: {basis}.".strip(), f"{advice.why.en} Basis: {basis}.".strip())
    parts = (
        ("Mong đợi", "Expected", verdict.expected),
        ("Nhận được", "Came", verdict.came),
        ("Vì sao quan trọng", "Why it matters", rule),
        ("Cách sửa", "How to fix", advice.fix),
    )
    lines = [f"{verdict.check} · {verdict.level} · {title.vi} / {title.en}"]
    for vi, en, words in parts:
        lines += _paragraph(vi, words.vi) + (_paragraph(en, words.en) if words.en != words.vi else [])
    lines += _paragraph("Ở", verdict.where)
    return "\n".join([*lines, f"  Chạy lại / Rerun: {verdict.rerun}"])


def rerun_of(nodeid: str, options: Mapping[str, str]) -> str:
    """One command for this check alone; keys are read from the environment, never written."""
    told = [
        f"--{name.replace('_', '-')}" + (f"={shlex.quote(value)}" if value else "") for name, value in options.items()
    ]
    keys = [f'--{option}="${variable}"' for option, variable in KEY_VARIABLES.items()] if "portal" in options else []
    return " ".join(["pytest", shlex.quote(nodeid), *told, *keys])


def _paragraph(name: str, text: str) -> list[str]:
    if not text:
        return []
    first, *rest = text.splitlines() or [""]
    return [f"  {name}: {first}", *(f"    {line}" for line in rest)]
