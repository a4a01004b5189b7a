"""python -m tests.interop.signed_files: asks every judge about every file and rewrites docs/signed-files.{json,md}."""

from __future__ import annotations

from conformance.corpus.files import CASES
from tests.interop.signed_files.asking import TOOLS, answers, status_services
from tests.interop.signed_files.stored import DATA, PAGE, write
from tests.needs import path_of

if __name__ == "__main__":
    if missing := [tool for tool in TOOLS if not path_of(tool)]:
        raise SystemExit(f"this machine lacks {', '.join(missing)}: the table would be half empty")
    with status_services():
        write({case.file: answers(case) for case in CASES})
    print(f"{DATA}\n{PAGE}")
