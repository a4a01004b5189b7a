"""What nobody foresaw: a row in the journal and the traceback on stderr; a run that meets it is void."""

from __future__ import annotations

import sys
import traceback

from simulators.kernel.records import Event
from simulators.kernel.store import Store


async def crashed(store: Store, where: str, error: BaseException) -> None:
    traceback.print_exception(error, file=sys.stderr)
    sys.stderr.flush()
    body = {"where": where, "error": f"{type(error).__name__}: {error}"}
    await store.note(Event(source="control", word="crashed", body=body))
