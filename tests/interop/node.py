"""npm packages of exact versions in this user's cache folder, fetched once: after that no network is needed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

INSTALL = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
PATIENCE = 180


def cache() -> Path:
    given = os.environ.get("XDG_CACHE_HOME")
    return (Path(given) if given else Path.home() / ".cache") / "hopchuan" / "npm"


def packages(manifest: Path) -> Path:
    """node_modules of this package.json; whoever comes first installs, a folder that is there is complete."""
    wanted = cache() / hashlib.sha256(manifest.read_bytes()).hexdigest()[:24]
    if not wanted.exists():
        wanted.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=wanted.parent) as made:
            place = Path(made) / "place"
            place.mkdir()
            shutil.copy(manifest, place)
            done = subprocess.run(INSTALL, cwd=place, capture_output=True, text=True, timeout=PATIENCE, check=False)
            assert done.returncode == 0, done.stderr
            with contextlib.suppress(OSError):  # another worker was faster
                place.rename(wanted)
    return wanted / "node_modules"


def workshop(folder: Path, manifest: Path, *scripts: Path) -> Path:
    """The scripts in `folder`, beside the packages that they import."""
    for script in (manifest, *scripts):
        shutil.copy(script, folder / script.name)
    (folder / "node_modules").symlink_to(packages(manifest), target_is_directory=True)
    return folder
