"""`python -m benchmarks peers`: fetches the tools, pinned, into an ignored folder; never done by itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.servers import ROOT

HERE = Path(__file__).parent
FOLDER = ROOT / ".peers"
NODE, PYTHON = FOLDER / "node", FOLDER / "python"
JAR = NODE / "node_modules/wiremock/build/wiremock-standalone-3.13.2.jar"
MOUNTEBANK = NODE / "node_modules/mountebank/bin/mb"
OIDC_PROVIDER = NODE / "node_modules/oidc-provider/lib/index.js"
OIDC_MOCK = PYTHON / "bin/oidc-provider-mock"
CSC = PYTHON / "bin/certomancer-csc"


def install() -> int:
    """Both package managers as they are; what fails is said, and measured as missing."""
    NODE.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", NODE)
    npm = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    pip = [str(PYTHON / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = (
        (npm, NODE),
        ([sys.executable, "-m", "venv", str(PYTHON)], FOLDER),
        ([*pip, "-r", str(HERE / "requirements.txt")], FOLDER),
    )
    return max(_ran(command, folder) for command, folder in steps)


def missing(path: Path, *programs: str) -> str:
    """Why a tool cannot be started, or nothing."""
    if absent := [program for program in programs if shutil.which(program) is None]:
        return f"{absent[0]} is not on this machine"
    return "" if path.exists() else "not installed: python -m benchmarks peers"


def _ran(command: list[str], folder: Path) -> int:
    sys.stderr.write(f"{' '.join(command[:4])} …\n")
    try:
        return subprocess.run(command, cwd=folder, check=False, stdout=sys.stderr).returncode
    except FileNotFoundError:
        sys.stderr.write(f"{command[0]} is not on this machine\n")
        return 1
