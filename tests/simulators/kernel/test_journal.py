"""Reading the journal: a question that names somebody is answered from an index, whatever else happened meanwhile."""

import asyncio
from contextlib import closing

import pytest

from simulators.kernel.clock import still
from simulators.kernel.journal import KERNEL_WORDS, Journal, Question
from simulators.kernel.records import Change, Event, Instant, Records
from simulators.kernel.store import Store
from tests.simulators.kernel.test_store import TET

NAMED = [
    ({"contract": "hd-1"}, "journal_contract"),
    ({"contract": "hd-1", "word": "delivered"}, "journal_contract"),
    ({"contract": "hd-1", "subject": "079"}, "journal_subject"),
    ({"contract": "hd-1", "subject": "079", "ref": "t1", "word": "delivered"}, "journal_ref"),
]


class Watched(Store):
    """Remembers the plan of its last journal read."""

    plan = ""

    def rows(self, sql, values=()):
        self.plan = " ".join(row[3] for row in super().rows(f"EXPLAIN QUERY PLAN {sql}", values))
        return super().rows(sql, values)


@pytest.mark.parametrize(("named", "index"), NAMED)
def test_who_or_what_is_named_is_looked_up(named: dict[str, str], index: str) -> None:
    def happened(_records: Records, _now: Instant) -> Change:
        told = [Event(source="test", word="delivered", ref=ref, contract="hd-1", subject="079") for ref in ("t1", "t2")]
        return Change.of([*told, Event(source="test", word="delivered")])

    with closing(Watched(None, clock=still(TET))) as store:
        asyncio.run(store.change((), happened))
        found = Journal(store, KERNEL_WORDS).read(Question(**named))
        assert index in store.plan
        assert [row.ref for row in found] == (["t1"] if "ref" in named else ["t1", "t2"])
