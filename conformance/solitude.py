"""What one check alone may do to a whole world: only one marked `alone`, and only where the world is the portal's alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.control import Control


@dataclass(frozen=True)
class Solitude:
    """Handed to a check marked `alone` and to no other."""

    control: Control

    @contextmanager
    def showing(self, certificate: str) -> Iterator["Solitude"]:
        """The login's back channel shows this certificate meanwhile, the right one again afterwards."""
        self._show(certificate)
        try:
            yield self
        finally:
            self._show("trusted")

    @property
    def greeted(self) -> int:
        """How many clients have begun a handshake with what is shown now."""
        return int(self.control.get("/control/tls")["greeted"])

    def _show(self, certificate: str) -> None:
        self.control.post("/control/tls", {"certificate": certificate, "contract": self.control.contract})
