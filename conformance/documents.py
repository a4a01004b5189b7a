"""A page read as a browser reads it without scripts: its forms, links, words and referrer policy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

from conformance.forms import BUTTONS, FORM_TYPE, Control, Form, Link, NotOnPage
from conformance.sites import resolve

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905 -- reads better
SILENT = frozenset({"script", "style", "template", "title"})
INLINE = frozenset("a abbr b bdi bdo code em i kbd mark q s samp small span strong sub sup u var wbr".split())  # noqa: SIM905 -- the same


@dataclass(frozen=True)
class Document:
    """`words` is all visible text, `text_of` the text within each element that has an id."""

    title: str
    words: str
    forms: tuple[Form, ...]
    links: tuple[Link, ...]
    text_of: Mapping[str, str]

    def form(self, key: str | None = None) -> Form:
        """The form with this id, name, or (end of the) path of its action; without a key, the page's only form."""
        if key is None:
            found = list(self.forms)
        else:
            found = [f for f in self.forms if key in {f.id, f.name} or urlsplit(f.action).path.endswith(key)]
        if len(found) != 1 and not (key and found):
            raise NotOnPage(f"{len(found)} forms {key or ''} on the page {self.title!r}: {self.words[:200]}")
        return found[0]

    def link(self, key: str) -> Link:
        """The first link with this id, text, or (end of the) path."""
        by_end = [link for link in self.links if link.href.endswith(key)]
        found = [link for of in ("id", "text") for link in self.links if getattr(link, of) == key] + by_end
        if not found:
            raise NotOnPage(f"no link {key!r} on the page {self.title!r}: {self.words[:200]}")
        return found[0]


def read(text: str, url: str, policy: str) -> Document:
    reader = _Reader(url, policy)
    reader.feed(text)
    reader.close()
    return reader.document()


@dataclass
class _Open:
    tag: str
    id: str
    start: int
    control: int | None = None
    link: int | None = None


class _Reader(HTMLParser):
    """Collects while it parses; a control knows its form by `form=` or by the form that is open around it."""

    def __init__(self, url: str, policy: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.url, self.policy = url, url, policy
        self.open: list[_Open] = []
        self.words: list[str] = []
        self.title: list[str] = []
        self.forms: list[tuple[Form, str]] = []
        self.controls: list[tuple[Control, int | str | None]] = []
        self.options: list[tuple[str | None, bool, list[str]]] = []
        self.links: list[Link] = []
        self.text_of: dict[str, str] = {}
        self.form_open: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in reversed(attrs)}
        if tag == "option":
            self._close("option")
        self._part(tag)
        element = _Open(tag, at.get("id", ""), len(self.words))
        if (begin := getattr(self, f"_begin_{tag}", None)) is not None:
            begin(at, element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        self._close(tag)
        self._part(tag)

    def updatepos(self, i: int, j: int) -> int:
        """Nobody asks for line numbers."""
        del i
        return j

    def _part(self, tag: str) -> None:
        """A block begins or ends: words on both sides of it are not one word."""
        if tag not in INLINE:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        silent = {element.tag for element in self.open} & SILENT
        if "title" in silent:
            self.title.append(data)
        elif not silent:
            self.words.append(data)
            if self.options and any(element.tag == "option" for element in self.open):
                self.options[-1][2].append(data)

    def _close(self, tag: str) -> None:
        """The innermost of this tag, with all that is open in it; nothing where none is open."""
        depth = len(self.open)
        while depth and self.open[depth - 1].tag != tag:
            depth -= 1
        while depth and len(self.open) >= depth:
            self._end(self.open.pop())

    def _end(self, element: _Open) -> None:
        if element.tag == "form":
            self.form_open = None
        if not element.id and element.link is None and element.control is None:
            return
        text = " ".join("".join(self.words[element.start :]).split())
        if element.id:
            self.text_of.setdefault(element.id, text)
        if element.link is not None:
            self.links[element.link] = replace(self.links[element.link], text=text)
        if element.control is not None:
            self._finish(element, text)

    def _finish(self, element: _Open, text: str) -> None:
        assert element.control is not None
        control, owner = self.controls[element.control]
        if control.kind == "textarea":
            raw = "".join(self.words[element.start :])
            control = replace(control, value=raw.removeprefix("\n"))
            del self.words[element.start :]
        elif control.kind == "select":
            control = replace(control, choices=_choices(self.options, many=control.many))
            self.options = []
        else:
            control = replace(control, text=text)
        self.controls[element.control] = (control, owner)

    def _begin_base(self, at: dict[str, str], _: _Open) -> None:
        if "href" in at:
            self.base = resolve(self.url, at["href"])

    def _begin_meta(self, at: dict[str, str], _: _Open) -> None:
        if at.get("name", "").lower() == "referrer" and at.get("content"):
            self.policy = at["content"].lower()

    def _begin_form(self, at: dict[str, str], _: _Open) -> None:
        if self.form_open is not None:
            return
        self.form_open = len(self.forms)
        form = Form(
            page=self.url,
            policy="",
            id=at.get("id", ""),
            name=at.get("name", ""),
            action=resolve(self.base, at["action"]) if at.get("action") else self.url,
            method="post" if at.get("method", "").lower() == "post" else "get",
            enctype=at.get("enctype", FORM_TYPE).lower(),
        )
        self.forms.append((form, at.get("rel", "")))

    def _begin_a(self, at: dict[str, str], element: _Open) -> None:
        if "href" in at:
            element.link = len(self.links)
            policy = (
                "no-referrer" if "noreferrer" in at.get("rel", "").lower().split() else at.get("referrerpolicy", "")
            )
            self.links.append(Link(self.url, policy, resolve(self.base, at["href"]), id=element.id))

    def _begin_input(self, at: dict[str, str], element: _Open) -> None:
        kind = at.get("type", "text").lower()
        default = "on" if kind in {"checkbox", "radio"} else ""
        self._add(Control(kind, at.get("name", ""), at.get("value", default), on="checked" in at), at, element)

    def _begin_button(self, at: dict[str, str], element: _Open) -> None:
        kind = at.get("type", "submit").lower()
        kind = kind if kind in BUTTONS else "submit"
        self._add(Control(kind, at.get("name", ""), at.get("value", "")), at, element)

    def _begin_textarea(self, at: dict[str, str], element: _Open) -> None:
        self._add(Control("textarea", at.get("name", ""), ""), at, element)

    def _begin_select(self, at: dict[str, str], element: _Open) -> None:
        self._add(Control("select", at.get("name", ""), "", many="multiple" in at), at, element)

    def _begin_option(self, at: dict[str, str], _: _Open) -> None:
        if "disabled" not in at:
            self.options.append((at.get("value"), "selected" in at, []))

    def _add(self, control: Control, at: dict[str, str], element: _Open) -> None:
        if "disabled" in at:
            return
        if element.tag != "input":
            element.control = len(self.controls)
        action = resolve(self.base, at["formaction"]) if at.get("formaction") else ""
        control = replace(control, id=element.id, action=action, method=at.get("formmethod", "").lower())
        self.controls.append((control, at.get("form", self.form_open)))

    def document(self) -> Document:
        while self.open:
            self._end(self.open.pop())
        forms = tuple(
            replace(
                form,
                policy="no-referrer" if "noreferrer" in rel.lower().split() else self.policy,
                controls=tuple(c for c, owner in self.controls if owner == at or (form.id and owner == form.id)),
            )
            for at, (form, rel) in enumerate(self.forms)
        )
        links = tuple(replace(link, policy=link.policy or self.policy) for link in self.links)
        words = " ".join("".join(self.words).split())
        return Document(" ".join("".join(self.title).split()), words, forms, links, self.text_of)


def _choices(options: list[tuple[str | None, bool, list[str]]], *, many: bool) -> tuple[tuple[str, bool], ...]:
    """Each option's value (its text where it names none); a plain select shows its last chosen option or its first."""
    values = [(" ".join("".join(text).split()) if value is None else value, on) for value, on, text in options]
    if many or not values:
        return tuple(values)
    shown = max((at for at, (_, on) in enumerate(values) if on), default=0)
    return tuple((value, at == shown) for at, (value, _) in enumerate(values))
