"""`python -m simulators` whose books may be read while it runs: the server locks its database for itself alone otherwise."""

from __future__ import annotations

import sqlite3
import sys
from functools import partial
from typing import Any

from simulators.__main__ import main


class Windowed(sqlite3.Connection):
    """Everything as the store says it, but for the lock."""

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return super().execute("SELECT 1" if sql == "PRAGMA locking_mode=EXCLUSIVE" else sql, *values)


if __name__ == "__main__":
    sqlite3.connect = partial(sqlite3.connect, factory=Windowed)  # type: ignore[assignment]
    sys.exit(main())
