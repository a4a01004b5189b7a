"""Does a dossier, as the portal shows it, agree with the model's? Its state, what lies in it, what is signed, what is paid."""

import hashlib
from collections.abc import Iterator, Mapping

from conformance import records
from conformance.exploration.finding import Finding, shall
from conformance.exploration.model import Dossier, Part, World

Contents = Mapping[int, bytes | Mapping[str, str]]


def differences(world: World, shown: Mapping[int, records.Dossier], contents: Contents) -> list[Finding]:
    """Every dossier that is shown beside the model's, by number."""
    return [
        found for number, one in sorted(shown.items()) for found in _of_dossier(number, world.of(number), one, contents)
    ]


def _of_dossier(number: int, due: Dossier, shown: records.Dossier, contents: Contents) -> Iterator[Finding]:
    if shown.state != due.state:
        yield shall(
            "state",
            (f"hồ sơ {number} ở trạng thái {due.state}", f"dossier {number} in state {due.state}"),
            (f"{shown.state} “{shown.state_text}”", f"{shown.state} “{shown.state_text}”"),
        )
    if shown.is_paid != due.paid:
        yield shall(
            "paid",
            (f"hồ sơ {number} {_paid_vi(due.paid)}", f"dossier {number} {_paid_en(due.paid)}"),
            (f"cổng ghi {_paid_vi(shown.is_paid)}", f"the portal says {_paid_en(shown.is_paid)}"),
        )
    for place, (part, component) in enumerate(zip(due.parts, shown.components, strict=False), 1):
        yield from _of_part(f"{number}/c{place}", part, component, contents)


def _of_part(name: str, due: Part, shown: records.Component, contents: Contents) -> Iterator[Finding]:
    if (shown.state == "signed") != due.signed:
        yield shall(
            "signed",
            (f"{name} {'đã ký' if due.signed else 'chưa ký'}", f"{name} {'signed' if due.signed else 'not signed'}"),
            (f"cổng ghi “{shown.state}”", f"the portal says “{shown.state}”"),
        )
    given = contents.get(due.given)
    if not due.given and shown.file:
        yield shall("content", (f"{name} còn trống", f"{name} empty"), ("có một tập tin", f"a file, {shown.file_name}"))
    elif isinstance(given, bytes) and not due.signed:
        if not shown.file or shown.sha256 not in {None, hashlib.sha256(given).hexdigest()}:
            yield shall(
                "content",
                (f"{name} đúng tập tin đã đính kèm", f"{name} as it was attached"),
                (
                    "không còn tập tin" if not shown.file else "tập tin khác",
                    "no file" if not shown.file else "another file",
                ),
            )
    elif isinstance(given, Mapping) and shown.form != given:
        yield shall(
            "content",
            (f"{name} đúng dữ liệu đã khai", f"{name} with the values that were filled in"),
            (f"{len(shown.form or {})} ô, có ô khác", f"{len(shown.form or {})} fields, not all the same"),
        )


def _paid_vi(paid: bool) -> str:  # noqa: FBT001 -- a word for a truth value
    return "đã nộp phí" if paid else "chưa nộp phí"


def _paid_en(paid: bool) -> str:  # noqa: FBT001
    return "paid" if paid else "not paid"
