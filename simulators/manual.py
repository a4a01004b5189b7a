"""docs/providers.md from the providers' own docstrings, specs and routes: `python -m simulators docs` prints it."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from typing import Any

from simulators import mounting
from simulators.catalog import settable
from simulators.kernel import bounds, faults
from simulators.kernel.citizens import Citizens
from simulators.kernel.courier import Courier
from simulators.kernel.entropy import Entropy
from simulators.kernel.faults import Effects
from simulators.kernel.journal import Journal
from simulators.kernel.pki import Pki
from simulators.kernel.store import Store
from simulators.kernel.wire import Route
from simulators.portal.wires import words as login_words
from simulators.world import Family, World

HEAD = """\
# Nhà cung cấp được mô phỏng · Simulated providers

Tệp này được sinh ra từ mã nguồn (`make docs`, hoặc `python -m simulators docs > docs/providers.md`); đừng sửa tay.
This file is generated from the source; do not edit it.

**CONFIRMED**: the provider's own document, the legal text, or two independent working implementations. **LIKELY**: one
implementation or one secondary source. **UNKNOWN**: looked for and not found, hence a field with a default that a world file
can set (`[provider.<id>]`, then `field = value`; see `python -m simulators serve --help`). **DESIGN**: this lab's
own. Times are milliseconds; at the login, and where a default has a decimal point, seconds.

All paths stand below the simulators' own address (`http://127.0.0.1:8400` in the examples); `/openapi.json` has their types.
"""
TITLES = {
    "portal": "Đăng nhập quốc gia · The national login",
    "ca": "Ký số từ xa · Remote signing",
    "tokens": "USB token, ký tại máy tính · USB tokens, signing at the computer",
    "trust": "Trạng thái chứng thư, dấu thời gian · Status of certificates, timestamps",
    "payment": "Cổng thanh toán · Payment gateways",
    "messages": "Tin nhắn, thư điện tử · Messages",
    "phone": "Điện thoại của công dân · The citizen's phone",
    "control": "Điều khiển · The control side",
}
GENERIC = {
    "messages": "A generic SMS gateway (JSON, HTTP Basic) and a plain SMTP server (AUTH PLAIN, no TLS), of no real provider. "
    "What arrives stays in the inbox. Not simulated: brandnames, delivery reports, lengths and alphabets of SMS, spam filters.",
    "phone": "What a citizen sees and taps: messages and the prompts of the CAs. No provider's application is imitated.",
    "control": "For tests and people, with the run key; no real provider has anything like it.",
}
LOGIN_WORDS = ("APPLICATION", "PERSON", "TOKEN", "LOGOUT")
LABEL = re.compile(
    r"(?:^|(?<=[.)])\s)((?:Not simulated|Confirmed|CONFIRMED|Likely|LIKELY|Unknown|UNKNOWN|DESIGN)\b[^:.]{0,60}:)"
)


@dataclass(frozen=True)
class Provider:
    """One file of a providers folder: its spec, and what its docstring says."""

    spec: Any
    text: str


def printed() -> str:
    """The whole page, from a world that is made for it and forgotten."""
    return asyncio.run(_printed())


async def _printed() -> str:
    store = Store(None)
    pki = None
    try:
        entropy = await Entropy.begin(store, "docs")
        url = "http://127.0.0.1:8400"
        pki = Pki(store, entropy, url)
        world = World(
            store=store,
            journal=Journal(store, {}),
            entropy=entropy,
            courier=Courier(store, {}),
            pki=pki,
            citizens=Citizens(store, entropy),
            url=url,
            smtp=("127.0.0.1", 2525),
            key="",
            nonce="",
        )
        families = {family.name: family for family in mounting.mount(world, {})}
        return "\n".join([HEAD, *(line for name in TITLES for line in _family(families[name]))])
    finally:
        if pki is not None:
            pki.close()
        store.close()


def _family(family: Family) -> Iterator[str]:
    yield f"## {TITLES[family.name]}\n"
    if family.name in GENERIC:
        yield f"{GENERIC[family.name]}\n"
        yield from _routes((*family.routes, *family.control_routes))
        yield from _faults(family.fault_sites)
        return
    told: set[str] = set()
    for provider in _providers(family.name):
        routes = [route for route in family.routes if _is_of(route, provider.spec)]
        told |= {route.path for route in routes}
        sites = {
            site: effects for site, effects in family.fault_sites.items() if site.startswith(f"{provider.spec.id}.")
        }
        yield from _provider(provider, routes, sites)
    rest = [route for route in (*family.routes, *family.control_routes) if route.path not in told]
    shared = {site: effects for site, effects in family.fault_sites.items() if site.startswith("login.")}
    if family.name == "portal":
        yield "### Chung cho mọi hồ sơ đăng nhập · Common to all login profiles\n"
    elif rest:
        yield "### Chung · In common\n"
    yield from _routes(rest)
    if family.name == "portal":
        yield from _words((name.lower(), getattr(login_words, name)) for name in LOGIN_WORDS)
    yield from _faults(shared)


def _providers(family: str) -> list[Provider]:
    home = importlib.import_module(f"simulators.{family}.providers")
    found = [
        importlib.import_module(f"{home.__name__}.{module.name}") for module in pkgutil.iter_modules(home.__path__)
    ]
    return [Provider(module.PROVIDER, module.__doc__ or "") for module in found if hasattr(module, "PROVIDER")]


def _is_of(route: Route, spec: Any) -> bool:
    return f"/{spec.id}/" in route.path or (spec.id == "trust" and route.path.startswith("/pki/"))


def _provider(provider: Provider, routes: Iterable[Route], sites: Mapping[str, Effects]) -> Iterator[str]:
    spec = provider.spec
    yield f"### {spec.name} · `{spec.id}`\n"
    yield from _docstring(provider.text)
    yield f"Nguồn · Source: {spec.source}.\n"
    yield from _routes(routes)
    yield from _words(_told_apart(_tables(spec)))
    yield from _settings(spec)
    yield from _faults(sites)


def _docstring(text: str) -> Iterator[str]:
    """Its paragraphs as they stand, each sentence of facts with its mark on a line of its own."""
    for paragraph in text.strip().split("\n\n"):
        pieces = LABEL.split(" ".join(paragraph.replace("<", "&lt;").split()))
        if pieces[0].strip():
            yield pieces[0].strip() + "\n"
        facts = [f"- **{label}** {fact.strip()}" for label, fact in zip(pieces[1::2], pieces[2::2], strict=True)]
        if facts:
            yield "\n".join(facts) + "\n"


def _routes(routes: Iterable[Route]) -> Iterator[str]:
    rows = [f"| {route.method} | `{re.sub(r':path}', '}', route.path)}` | {_cell(route.text)} |" for route in routes]
    if rows:
        yield "\n".join(["| | đường dẫn · path | |", "|---|---|---|", *rows, ""])


def _tables(value: Any, where: str = "") -> Iterator[tuple[str, Mapping[Any, Any]]]:
    """Every table of the spec whose rows say how well they are known; of several doors, under the door's path."""
    where = getattr(value, "base", where)
    for item in fields(value):
        inner = getattr(value, item.name)
        if isinstance(inner, Mapping) and any(hasattr(row, "mark") for row in inner.values()):
            yield where or item.name, inner
        for part in inner if isinstance(inner, tuple) else (inner,):
            if is_dataclass(part) and not isinstance(part, type):
                yield from _tables(part, where)


def _told_apart(tables: Iterable[tuple[str, Mapping[Any, Any]]]) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    """Doors that say the same share one table."""
    told: list[tuple[list[str], Mapping[Any, Any]]] = []
    for name, table in tables:
        same = next((names for names, other in told if other == table), None)
        if same is None:
            told.append(([name], table))
        else:
            same.append(name)
    return ((", ".join(names), table) for names, table in told)


def _words(tables: Iterable[tuple[str, Mapping[Any, Any]]]) -> Iterator[str]:
    for name, table in tables:
        rows = [_word(reason, word) for reason, word in table.items()]
        heads = [f"Lời của nhà cung cấp · The provider's words (`{name}`):", "", "| | code | text | |"]
        yield "\n".join([*heads, "|---|---|---|---|", *rows, ""])


def _word(reason: Any, word: Any) -> str:
    if not hasattr(word, "mark"):
        return f"| {reason.value} | – | {_cell(word.why)} | never |"
    code = f"{word.code} / {word.status}" if reason.__class__.__module__.endswith("payments") else word.code
    return f"| {reason.value} | `{code}` | {_cell(word.text)} | {word.mark.upper()} |"


def _settings(spec: Any) -> Iterator[str]:
    types = settable(type(spec))
    rows = [_setting(item, getattr(spec, item.name), types[item.name]) for item in fields(spec) if item.name in types]
    heads = ["Trường thay được · Fields of a world file:", "", "| | default | allowed | |", "|---|---|---|---|"]
    yield "\n".join([*heads, *rows, ""])


def _setting(item: Field[Any], value: Any, type_: Any) -> str:
    mark = item.metadata.get("mark", "").upper()
    return f"| `{item.name}` | {_default(value)} | {_cell(bounds.allowed(type_))} | {mark} |"


def _default(value: Any) -> str:
    match value:
        case bool():
            shown = str(value).lower()
        case tuple():
            shown = ", ".join(value)
        case Mapping():
            shown = ", ".join(f"{name} = {one}" for name, one in value.items())
        case _:
            shown = str(value)
    return f"`{shown}`" if shown else ""


def _faults(sites: Mapping[str, Effects]) -> Iterator[str]:
    if not sites:
        return
    rows = [f"| `{site}` | {' '.join(f'`{effect}`' for effect in effects)} |" for site, effects in sites.items()]
    yield "\n".join(["Lỗi theo yêu cầu · Faults on demand:", "", "| site | effects |", "|---|---|", *rows, ""])
    rows = [
        f"| `{site}` | `{effect}` | `{name}` | {_cell(phrase)} | {_cell(effects[effect].__doc__ or '')} |"
        for site, effects in sites.items()
        for effect, args in faults.args_of(effects).items()
        for name, phrase in args.items()
    ]
    if rows:
        text = "Tham số của lỗi (`args`); lỗi khác không nhận · What a fault takes as `args`; the others take none:"
        yield "\n".join([text, "", "| site | effect | arg | allowed | |", "|---|---|---|---|---|", *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
