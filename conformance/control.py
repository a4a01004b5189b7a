"""The client of the simulators' control side, phones and inbox: plain HTTP with the run key, never a citizen's browser."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from conformance.failures import NotExercised, Ours
from conformance.journal import Row, row_of
from conformance.tls import context
from conformance.transport import Headers, HttpTransport, Reply, Request, Send, Unreachable

LONGEST_WAIT = 20.0
PATIENCE_SECONDS = 15.0
PAGE_ROWS = 5000


@dataclass(frozen=True)
class Question:
    """Which rows of the journal; an empty field asks for all."""

    word: str = ""
    ref: str = ""
    subject: str = ""
    source: str = ""
    after: int = 0

    def parameters(self) -> dict[str, str | float]:
        told = {"word": self.word, "ref": self.ref, "subject": self.subject, "source": self.source}
        return {name: value for name, value in told.items() if value} | {"after": self.after}


class Control:
    """One contract's view of the control side."""

    def __init__(self, url: str, key: str, contract: str = "", root: str = "", *, send: Send | None = None) -> None:
        self.url, self.contract, self.root = url.rstrip("/"), contract, root
        self._headers = (("Authorization", f"Bearer {key}"),)
        self._own = HttpTransport(patience=LONGEST_WAIT + PATIENCE_SECONDS, tls=context(root))
        self._send = send or self._own

    def get(self, path: str, **parameters: Any) -> Any:
        asked = {name: value for name, value in parameters.items() if value not in {None, ""}}
        return self._ask("GET", f"{path}?{urlencode(asked)}" if asked else path)

    def post(self, path: str, told: Mapping[str, Any] | None = None) -> Any:
        return self._ask("POST", path, told or {})

    def put(self, path: str, told: Mapping[str, Any]) -> Any:
        return self._ask("PUT", path, told)

    def rows(self, question: Question, *, count: int = 1, wait: float = 0.0) -> list[Row]:
        """What matches in this contract; with `wait`, as soon as there are `count` or when the time is over."""
        told = question.parameters() | {"contract": self.contract}
        if wait:
            told |= {"count": count, "wait": min(wait, LONGEST_WAIT)}
        return [row_of(row) for row in self.get("/control/journal", **told)["rows"]]

    def journal(self, *, word: str = "", whole_world: bool = False) -> Iterator[Row]:
        """Every row, a page at a time."""
        after, contract = 0, "" if whole_world else self.contract
        while True:
            told = self.get("/control/journal", contract=contract, word=word, after=after, limit=PAGE_ROWS)
            yield from (row_of(row) for row in told["rows"])
            if not told["rows"]:
                return
            after = told["next"]

    def crashes(self, *, after: int = 0) -> list[Row]:
        """The simulators' own failures behind this row, in this contract or in nobody's."""
        rows = self.journal(word="crashed", whole_world=True)
        return [row for row in rows if row.seq > after and row.contract in {"", self.contract}]

    def quiet(self) -> bool:
        """Whether every delivery of this contract that is due has been answered."""
        return bool(self.get("/control/quiet", contract=self.contract)["quiet"])

    def close(self) -> None:
        self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, path: str, told: Mapping[str, Any] | None = None) -> Any:
        headers: Headers = self._headers
        body = b""
        if told is not None:
            headers, body = (*headers, ("Content-Type", "application/json")), json.dumps(dict(told)).encode()
        try:
            reply = self._send(path, Request(method, self.url + path, headers, body))
        except Unreachable as error:
            raise Ours(f"the simulators at {self.url} do not answer: {error}") from error
        if reply.status < 300:
            return json.loads(reply.body) if reply.body else {}
        why = f"{method} {path.partition('?')[0]}: {reply.status} {_sentence(reply)}"
        if reply.status in {404, 409}:
            raise NotExercised(why)
        raise Ours(f"the control side refused {why}")


def _sentence(reply: Reply) -> str:
    try:
        told = json.loads(reply.body)
    except ValueError:
        told = None
    return (
        str(told["error"]) if isinstance(told, dict) and "error" in told else reply.body.decode(errors="replace")[:300]
    )
