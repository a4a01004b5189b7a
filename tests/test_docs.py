"""The docs tell the truth: their commands run, the files and commands that they name exist, the two READMEs agree."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from tests.needs import needs
from tests.source_tree import PACKAGES, ROOT, tracked

TOUR = ROOT / "docs" / "certify-your-portal.md"
READMES = ("README.md", "README.vi.md")
PAGES = [name for name in tracked() if name.endswith(".md")]
BLOCK = re.compile(
    r"<!-- (?P<mark>run|server) -->\n```bash\n(?P<script>.*?)\n```(?:\n```text\n(?P<shown>.*?)\n```)?", re.DOTALL
)
FENCES = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
END = "\x1e"
PATIENCE = 300


@dataclass(frozen=True)
class Block:
    """Commands, and what the page says they print (`…` is anything)."""

    mark: str
    script: str
    shown: str | None

    def agrees(self, output: str) -> bool:
        if self.shown is None:
            return True
        pieces = (re.escape(piece) for piece in self.shown.split("…"))
        return re.fullmatch(".*?".join(pieces), output.strip(), re.DOTALL) is not None


def blocks(text: str) -> list[Block]:
    return [Block(found["mark"], found["script"], found["shown"]) for found in BLOCK.finditer(text)]


def on_free_ports(text: str) -> str:
    """The page with other ports than its own, so that nothing that runs on this machine is in the way."""
    with contextlib.ExitStack() as stack:
        bound = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        ours, theirs = (str(each.getsockname()[1]) for each in bound)
    return text.replace("8400", ours).replace("8080", theirs)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a newcomer has: the files of the project and a .venv."""
    here = tmp_path / "clone"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, here / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, here / name)
    activate = here / ".venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\nexport PYTHONPATH="{here}"\n', encoding="utf-8")
    return here


def in_bash(script: str) -> list[str]:
    return ["bash", "-c", "set -euo pipefail; . .venv/bin/activate; " + script]


@contextlib.contextmanager
def serving(clone: Path, script: str) -> Iterator[None]:
    process = subprocess.Popen(in_bash(f"exec {script}"), cwd=clone, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdout
            assert process.stdout.readline().startswith('{"url":'), script
            yield
        finally:
            process.terminate()


def run_in_order(clone: Path, told: Sequence[Block]) -> list[str]:
    """The output of each block that began; all of them in one bash, as a reader has one terminal."""
    script = f"exec 2>&1; trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\nprintf '{END}'\n"
    script += f"\nprintf '{END}'\n".join(block.script for block in told)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HOPCHUAN", "PYTEST"))}
    done = subprocess.run(
        in_bash(script), cwd=clone, env=environment, stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
    )
    return [*done.stdout.split(END)[1:], *([] if done.returncode == 0 else [f"exit code {done.returncode}"])]


@needs("bash", "curl", "openssl")
def test_the_first_half_hour_of_a_vendor_goes_as_the_page_says(clone: Path) -> None:
    server, *told = blocks(on_free_ports(TOUR.read_text("utf-8")))
    assert (server.mark, {block.mark for block in told}) == ("server", {"run"})
    with serving(clone, server.script):
        printed = run_in_order(clone, told)
    for block, output in zip(told, printed, strict=False):
        assert block.agrees(output), f"{block.script}\n\nshould print\n\n{block.shown}\n\nand printed\n\n{output}"
    assert len(printed) == len(told), printed[-2:]


def test_a_page_is_not_believed_when_its_commands_print_something_else() -> None:
    (block,) = blocks("<!-- run -->\n```bash\ntrue\n```\n```text\na … c\nd\n```\n")
    assert block.agrees("a b c\nd\n")
    assert not block.agrees("a b c\n")
    assert not block.agrees("a b c\ne\n")


def test_the_page_lists_every_operation_of_the_portal_test_interface() -> None:
    described = yaml.safe_load((ROOT / "conformance" / "portal_api.yaml").read_text("utf-8"))["paths"]
    operations = {
        (one["operationId"], f"{method.upper()} {path}")
        for path, ways in described.items()
        for method, one in ways.items()
    }
    listed = set(
        re.findall(r"^\| \d? ?\| `([\w-]+)` \| `([A-Z]+ /pti/[^`]+)` \|", TOUR.read_text("utf-8"), re.MULTILINE)
    )
    assert listed == operations


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_to_a_file(name: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / name).read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"https?:|mailto:|#", target):
            path = (ROOT / name).parent / unquote(target.partition("#")[0])
            assert path.exists(), f"{name} links to {target}"


NAMED = re.compile(r"`((?:simulators|conformance|reference_portal|loadtests|tests|docs)/[\w./-]*\w/?)(?:::\w+)?`")


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_a_page_names_exists(name: str) -> None:
    for path in NAMED.findall((ROOT / name).read_text("utf-8")):
        assert (ROOT / path).exists(), f"{name} names {path}"


@pytest.mark.parametrize("name", [*READMES, "docs/certify-your-portal.md", "docs/providers.md"])
def test_every_make_target_and_module_that_a_page_runs_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    said = set(re.findall(r"(?:`|^|\()make (\w+)", text, re.MULTILINE))
    assert said <= targets, said - targets
    for module in re.findall(r"python -m ([\w.]+)", text):
        path = ROOT / module.replace(".", "/")
        assert module in {"venv", "pip", "pytest"} or path.with_suffix(".py").exists() or path.is_dir(), module


def test_a_decision_is_short_and_tells_context_decision_and_price() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04d}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 40, path.name
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Price")), path.name


def test_the_readmes_say_the_same_commands_in_both_languages() -> None:
    english, vietnamese = (_commands((ROOT / name).read_text("utf-8")) for name in READMES)
    assert english == vietnamese
    assert {"make conform", "make test"} <= english


def _commands(text: str) -> set[str]:
    """Lines of the bash blocks without their comments."""
    lines = (line for language, body in FENCES.findall(text) if language == "bash" for line in body.splitlines())
    return {line.partition("#")[0].strip() for line in lines} - {""}
