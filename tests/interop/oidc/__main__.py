"""python -m tests.interop.oidc: measures the matrix of deviations anew and rewrites docs/login-deviations.{json,md}."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.interop.oidc.judging import bench
from tests.interop.oidc.stored import DATA, PAGE, write

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, bench(Path(folder)) as opened:
        write(opened.matrix())
    print(f"{DATA}\n{PAGE}")
