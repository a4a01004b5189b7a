"""Decisions about drafts, submission, supplement, refusal and copies."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from reference_portal.catalogue import ComponentRule, Procedure
from reference_portal.components import Component, Version
from reference_portal.dossiers import DRAFT, SUPPLEMENT, Dossier, Step, target

NAME_LENGTH = 150


def _owns(account: str, dossier: Dossier, _deed: str) -> bool:
    return account != "" and dossier.about == account


def _editable(dossier: Dossier, component: str) -> bool:
    """All of a draft; while a supplement is asked only what was asked, until it is sent."""
    if dossier.state == DRAFT:
        return True
    asked = dossier.supplement
    return dossier.state == SUPPLEMENT and asked is not None and not asked.answered and component in asked.components


def _missing(dossier: Dossier, procedure: Procedure) -> tuple[ComponentRule, ...]:
    return tuple(rule for rule in procedure.components if rule.required and not dossier.component(rule.id).present)


def _file_name(name: str) -> str:
    """The last part of the name, all its letters kept, without control characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[-NAME_LENGTH:] or "tep-dinh-kem"


def _agency(procedure: Procedure, asked: str) -> str | None:
    return asked if asked in procedure.agencies else None


def _copied(component: Component) -> Component:
    """Form and unsigned file; of a file that was signed here its unsigned base, of any other signed file nothing."""
    current = component.current
    kept = None
    if current is not None and not current.signatures:
        kept = current
    elif current is not None and current.base is not None:
        kept = next(version for version in component.versions if version.file == current.base)
    versions = () if kept is None else (replace(kept, mark="attached", signatures=(), base=None),)
    return Component(id=component.id, form=component.form, versions=versions, present=kept is not None)


def _homes(dossier: Dossier) -> tuple[str, ...]:
    """The dossiers in which a changed component is written: itself alone."""
    return (dossier.id,)


def _components_named(dossier: Dossier, asked: tuple[str, ...]) -> bool:
    """A supplement request names components, and only such as the dossier has."""
    return bool(asked) and set(asked) <= {component.id for component in dossier.components}


@dataclass(frozen=True)
class FilingRules:
    owns: Callable[[str, Dossier, str], bool] = _owns
    editable: Callable[[Dossier, str], bool] = _editable
    fillable: Callable[[Dossier, str], bool] = _editable
    missing: Callable[[Dossier, Procedure], tuple[ComponentRule, ...]] = _missing
    file_name: Callable[[str], str] = _file_name
    agency: Callable[[Procedure, str], str | None] = _agency
    target: Callable[[int, str], int] = target
    reason_given: Callable[[str, str], bool] = lambda _deed, reason: bool(reason.strip())
    components_named: Callable[[Dossier, tuple[str, ...]], bool] = _components_named
    kept: Callable[[Component, Version], Component] = lambda component, version: component.with_version(version)
    seen: Callable[[Dossier], Dossier] = lambda dossier: dossier
    acts_by_link: bool = False
    listed_state: Callable[[Dossier], int] = lambda dossier: dossier.state
    listed_refusal: Callable[[Dossier], str | None] = lambda dossier: dossier.refusal
    copied: Callable[[Component], Component] = _copied
    homes: Callable[[Dossier], tuple[str, ...]] = _homes
    applicant: Callable[[Dossier], tuple[str, str]] = lambda dossier: (dossier.applicant, dossier.personal_id)
    step: Callable[[Step], Step] = lambda step: step
    code_at_acceptance: Callable[[str], str] = lambda code: code
