"""What a page offers to a citizen's hand: forms, buttons, links and words, read with the standard library's parser."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus

from conformance.transport import Request

FORM_TYPE = "application/x-www-form-urlencoded"

Value = str | bool | Sequence[str]


class NotOnPage(LookupError):
    """The page has no such form, field, button, choice or link."""


@dataclass(frozen=True)
class Control:
    """One field or button; `choices` are a select's (value, chosen at first); `on` is a box's tick."""

    kind: str
    name: str
    value: str
    id: str = ""
    text: str = ""
    on: bool = False
    many: bool = False
    choices: tuple[tuple[str, bool], ...] = ()
    action: str = ""
    method: str = ""


@dataclass(frozen=True)
class Form:
    """`page` is the address of the page it stands on: who began the hop; `policy` is that page's referrer policy."""

    page: str
    policy: str
    id: str
    name: str
    action: str
    method: str
    enctype: str
    controls: tuple[Control, ...] = ()

    @property
    def fields(self) -> tuple[Control, ...]:
        return tuple(control for control in self.controls if control.kind not in BUTTONS)

    @property
    def buttons(self) -> tuple[Control, ...]:
        return tuple(control for control in self.controls if control.kind == "submit")

    def button(self, key: str) -> Control:
        found = [
            button for of in ("id", "name", "value", "text") for button in self.buttons if getattr(button, of) == key
        ]
        if not found:
            raise NotOnPage(f"no button {key!r} in the form {self.id or self.action}")
        return found[0]

    def values(self) -> dict[str, str]:
        return {name: value for control in self.fields for name, value in _entries(control)}


@dataclass(frozen=True)
class Link:
    page: str
    policy: str
    href: str
    text: str = ""
    id: str = ""


BUTTONS = frozenset({"submit", "button", "reset", "image"})


def request_of(form: Form, values: Mapping[str, Value], button: Control | None) -> Request:
    """What pressing the button sends; without one, Enter presses the form's first button, as in a browser."""
    pressed = button or next(iter(form.buttons), None)
    if unknown := set(values) - {control.name for control in form.fields}:
        raise NotOnPage(f"no field {', '.join(sorted(unknown))} in the form {form.id or form.action}")
    left = {name: _as_list(value) for name, value in values.items()}
    filled = [_fill(control, left) if control.name in values else control for control in form.fields]
    if wrong := [name for name, rest in left.items() if isinstance(rest, list) and rest]:
        raise NotOnPage(f"no such choice for {', '.join(wrong)} in the form {form.id or form.action}")
    entries = [entry for control in filled for entry in _entries(control)]
    if pressed and pressed.name:
        entries.append((pressed.name, pressed.value))
    body = urlencoded(entries)
    action = (pressed.action if pressed else "") or form.action
    if ((pressed.method if pressed else "") or form.method) != "post":
        address, mark, fragment = action.partition("#")
        return Request("GET", f"{address.partition('?')[0]}?{body}{mark}{fragment}")
    if form.enctype != FORM_TYPE:
        raise NotOnPage(f"the form {form.id or form.action} is {form.enctype}, which this browser does not send")
    return Request("POST", action, (("Content-Type", FORM_TYPE),), body.encode())


def urlencoded(entries: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in entries)


def _quoted(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return quote_plus(lines, safe="*").replace("~", "%7E")


def _as_list(value: Value) -> list[str] | bool:
    if isinstance(value, bool):
        return value
    return [value] if isinstance(value, str) else list(value)


def _fill(control: Control, left: dict[str, list[str] | bool]) -> Control:
    """The control as filled; what it takes leaves the list, so that six boxes of one name share a list of six."""
    wanted = left[control.name]
    if isinstance(wanted, bool):
        return replace(control, on=wanted)
    if control.kind in {"checkbox", "radio"}:
        return replace(control, on=_take(wanted, control.value))
    if control.kind == "select":
        return replace(control, choices=tuple((value, _take(wanted, value)) for value, _ in control.choices))
    return replace(control, value=wanted.pop(0)) if wanted else control


def _take(wanted: list[str], value: str) -> bool:
    if value not in wanted:
        return False
    wanted.remove(value)
    return True


def _entries(control: Control) -> list[tuple[str, str]]:
    if not control.name:
        return []
    if control.kind in {"checkbox", "radio"}:
        return [(control.name, control.value)] if control.on else []
    if control.kind == "select":
        return [(control.name, value) for value, chosen in control.choices if chosen]
    return [(control.name, control.value)]
