"""docs/requirements.md from the checks themselves: `python -m conformance.catalogue` writes it, a test says it is fresh."""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.advice import advice_for
from conformance.profiles import FOLDER as PROFILES
from conformance.profiles import Profile, load, untested
from conformance.requirement import Requirement, requirement_of

CHECKS = Path(__file__).with_name("checks")
PAGE = Path(__file__).resolve().parent.parent / "docs" / "requirements.md"

SECTIONS = {
    "A": "Đăng nhập và phiên làm việc · Login and session",
    "B": "OTP, captcha, đăng ký · One-time passwords, captcha, registration",
    "C": "Danh mục, bản nháp, nộp hồ sơ · Catalogue, draft, submission",
    "D": "Ký số · Signing",
    "E": "Tiếp nhận, bổ sung, từ chối, nộp lại · Acceptance, supplement, refusal, resubmission",
    "F": "Phí, lệ phí, thanh toán · Fees and payment",
    "G": "Thông báo · Messages",
    "J": "Kho bạc Nhà nước · State Treasury",
    "L": "Riêng tư, quyền truy cập · Privacy and access",
}


@dataclass(frozen=True)
class Entry:
    """A check and what it claims."""

    requirement: Requirement
    file: str
    test: str


def entries() -> list[Entry]:
    """Every check, by number; two checks never share an id."""
    found = [entry for path in sorted(CHECKS.glob("test_*.py")) for entry in _of(path)]
    ids = [entry.requirement.id for entry in found]
    assert len(ids) == len(set(ids)), f"two checks share an id: {sorted(one for one in ids if ids.count(one) > 1)}"
    return sorted(found, key=lambda entry: entry.requirement.id)


def page() -> str:
    found = entries()
    profiles = [load(path.stem) for path in sorted(PROFILES.glob("*.toml"))]
    numbers = sorted({entry.requirement.number for entry in found})
    lines = [
        "# Danh mục yêu cầu · Requirements",
        "",
        "Tệp này được sinh ra từ các phép kiểm (`python -m conformance.catalogue`); đừng sửa tay.",
        "This file is generated from the checks; do not edit it.",
        "",
        f"{len(numbers)} yêu cầu, {len(found)} phép kiểm · {len(numbers)} requirements, {len(found)} checks.",
    ]
    for letter, title in SECTIONS.items():
        own = [entry for entry in found if entry.requirement.id.startswith(letter)]
        if own:
            lines += ["", f"## {title}", "", *(line for entry in own for line in _told(entry, profiles))]
    lines += ["", "## Chưa kiểm thử · Not tested", "", "| Yêu cầu | Vì sao · Why |", "|---|---|"]
    lines += [f"| {', '.join(row.requirements)} | {row.why_vi} {row.why_en} |" for row in untested()]
    return "\n".join(lines) + "\n"


def _told(entry: Entry, profiles: list[Profile]) -> Iterator[str]:
    asked, advice = entry.requirement, advice_for(entry.requirement.number)
    scored = ", ".join(profile.name for profile in profiles if asked.number in profile.scored) or "–"
    yield f"### {asked.id} · {asked.level}"
    yield ""
    yield asked.vi
    yield ""
    yield f"*{asked.en}*"
    yield ""
    yield f"- Căn cứ · Basis: {'; '.join(str(place) for place in asked.basis)}"
    if advice.why.vi:
        yield f"- Vì sao · Why: {advice.why.vi} *{advice.why.en}*"
    yield f"- Hồ sơ kiểm thử · Profiles: {scored}"
    yield f"- `{entry.file}::{entry.test}`"
    yield ""


def _of(path: Path) -> Iterator[Entry]:
    spec = importlib.util.spec_from_file_location(f"conformance_checks_{path.stem}", path)
    assert spec is not None, path
    assert spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, value in vars(module).items():
        if name.startswith("test_") and (asked := requirement_of(value)) is not None:
            yield Entry(asked, f"conformance/checks/{path.name}", name)


def main() -> None:
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
