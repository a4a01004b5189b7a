"""A citizen's dossiers as the adapter has them; what the portal tells of them is noted for the laws, whatever the adapter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.adapter import Dossiers
from conformance.journal import ACKNOWLEDGED, SHOWN
from conformance.records import Dossier, Line, Procedure

Note = Callable[[str, str, str, Mapping[str, Any]], None]
"""(word, ref, subject, body): what the portal told the suite, for the laws."""


def unnoted(_word: str, _ref: str, _subject: str, _body: Mapping[str, Any]) -> None:
    """Nobody judges laws here."""


@dataclass(frozen=True)
class NotedDossiers:
    """`subject` is the TechID of whom the suite seated at the browser."""

    inner: Dossiers
    note: Note
    subject: str

    def procedures(self) -> tuple[Procedure, ...]:
        return self.inner.procedures()

    def draft(self, procedure: str, agency: str, *, copy_of: Line | None = None) -> Dossier:
        return self._shown(self.inner.draft(procedure, agency, copy_of=copy_of))

    def list(self) -> tuple[Line, ...]:
        lines = self.inner.list()
        for line in lines:
            self.note(SHOWN, line.id, self.subject, {})
        return lines

    def read(self, dossier: Line) -> Dossier:
        return self._shown(self.inner.read(dossier))

    def file(self, dossier: Line, file: str) -> bytes:
        return self.inner.file(dossier, file)

    def attach(self, dossier: Line, component: str, content: bytes, name: str) -> Dossier:
        return self._shown(self.inner.attach(dossier, component, content, name))

    def fill(self, dossier: Line, component: str, form: Mapping[str, str]) -> Dossier:
        return self._shown(self.inner.fill(dossier, component, form))

    def take_away(self, dossier: Line, component: str) -> Dossier:
        return self._shown(self.inner.take_away(dossier, component))

    def act(self, dossier: Line, action: str) -> Dossier:
        done = self._shown(self.inner.act(dossier, action))
        if action == "submit":
            self.note(ACKNOWLEDGED, done.id, self.subject, {"code": done.code})
        return done

    def _shown(self, dossier: Dossier) -> Dossier:
        signed = [one.id for one in dossier.components if one.state == "signed"]
        self.note(SHOWN, dossier.id, self.subject, {"signed": signed})
        return dossier
