"""One screen after another as a person sees them: measured, and kept as pictures in results/screens."""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

FOLDER = Path(__file__).parents[2] / "results" / "screens"
MEASURE = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
HEIGHT = {1280: 800, 390: 844}
PHONE = 390
SERIES = 60
# The simulators stand at 127.0.0.1, the portal at localhost; the report is a file.
SAYS_ON_TOP = {"127.0.0.1": "MÔ PHỎNG", "localhost": "CỔNG THỬ NGHIỆM"}


@dataclass
class Screens:
    """The pictures of one walk at one width, numbered in its order; each walk has sixty numbers of its own."""

    width: int
    series: int = 0
    complaints: list[str] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self._folder = FOLDER / str(self.width)
        self._folder.mkdir(parents=True, exist_ok=True)
        for old in self._folder.glob("[0-9]*-*.png"):
            if int(old.name.partition("-")[0]) // SERIES == self.series:
                old.unlink()

    @property
    def size(self) -> tuple[int, int]:
        return self.width, HEIGHT[self.width]

    def keep(self, page: Page, name: str) -> None:
        """A picture of the whole page; what displeases is gathered, so that one run names it all."""
        picture = self._next(name)
        page.screenshot(path=picture, full_page=True)
        found = list(page.evaluate(MEASURE, self.width == PHONE))
        words = page.locator("body").inner_text()
        if (sign := SAYS_ON_TOP.get(urlsplit(page.url).hostname or "", "")) not in words:
            found.append(f"the page does not say {sign}")
        if not unicodedata.is_normalized("NFC", words):
            found.append("a Vietnamese mark stands beside its letter")
        self.complaints += [f"{picture.name}: {sentence}" for sentence in found]

    def keep_paper(self, page: Page, name: str) -> None:
        """What the browser's own viewer shows: nothing of ours to measure."""
        page.screenshot(path=self._next(name))

    def _next(self, name: str) -> Path:
        self._count += 1
        return self._folder / f"{self.series * SERIES + self._count:02d}-{name}.png"
