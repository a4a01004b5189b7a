"""The client of the simulators' control side, phones and inbox: plain httpx with the run key, never a citizen's browser."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from conformance.failures import NotExercised, Ours
from conformance.journal import Row, row_of
from conformance.tls import context

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

    def __init__(self, url: str, key: str, contract: str = "", root: str = "") -> None:
        self.url, self.contract, self.root = url.rstrip("/"), contract, root
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(PATIENCE_SECONDS, read=LONGEST_WAIT + PATIENCE_SECONDS),
            verify=context(root),
            trust_env=False,
        )

    def get(self, path: str, **parameters: Any) -> Any:
        asked = {name: value for name, value in parameters.items() if value not in {None, ""}}
        return self._ask("GET", path, params=asked)

    def post(self, path: str, told: Mapping[str, Any] | None = None) -> Any:
        return self._ask("POST", path, json=dict(told or {}))

    def put(self, path: str, told: Mapping[str, Any]) -> Any:
        return self._ask("PUT", path, json=dict(told))

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
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, path: str, **details: Any) -> Any:
        try:
            reply = self._http.request(method, path, **details)
        except httpx.HTTPError as error:
            raise Ours(
                f"the simulators at {self.url} do not answer {method} {path}: {error or type(error).__name__}"
            ) from error
        if reply.status_code < 300:
            return reply.json() if reply.content else {}
        why = f"{method} {path}: {reply.status_code} {_sentence(reply)}"
        if reply.status_code in {404, 409}:
            raise NotExercised(why)
        raise Ours(f"the control side refused {why}")


def _sentence(reply: httpx.Response) -> str:
    try:
        told = reply.json()
    except ValueError:
        told = None
    return str(told["error"]) if isinstance(told, dict) and "error" in told else reply.text[:300]
