"""Citizens for Locust; a bare `locust` becomes `python -m loadtests run`, which starts a world and comes back here."""

import itertools
import json
import logging
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant, events, task
from locust.runners import MasterRunner, WorkerRunner

from conformance.lab import Lab
from conformance.people import Citizen
from conformance.transport import PATIENCE_SECONDS, Send
from loadtests.assignment import VARIABLE, Assignment
from loadtests.journeys import Journey
from loadtests.tally import ARRIVED, BROKEN, CUT, Begun, Deed, Over, Tally
from loadtests.transport import LocustTransport, Places

ONLY_SHOWS = {"-l", "--list", "--show-task-ratio", "--show-task-ratio-json"}
BATCH = 10
"""People that a user of Locust is, one after the other."""
ANY_PROMPT = "*"

if VARIABLE not in os.environ and not ONLY_SHOWS & set(sys.argv):
    os.execv(sys.executable, [sys.executable, "-m", "loadtests", "run", "--", *sys.argv[1:]])  # noqa: S606 -- ourselves


logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each question to the control side is no news


class Ground:
    """What the journeys of this process share; made when its test starts, with plain httpx, outside Locust's table."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.control = assignment.control()
        self.tally = Tally(Path(assignment.folder) / "tally")
        self.numbers = itertools.count()
        self.capabilities, self.plan = assignment.survey()
        self.places = Places(self.capabilities.callback_path, self.capabilities.return_path)

    def lab(self, send: Send) -> Lab:
        return Lab(self.control, self.assignment.portal(send), send, self.capabilities, note=self.tally.note)


class Applicant(FastHttpUser):  # type: ignore[misc]  # locust publishes no types
    """One seat; each journey is the next citizen of its batch at a fresh browser."""

    host = "http://localhost"  # Locust wants one; every address is absolute
    wait_time = constant(1)
    network_timeout = PATIENCE_SECONDS
    connection_timeout = PATIENCE_SECONDS
    ground: Ground

    def on_start(self) -> None:
        self._send = LocustTransport(self.client, self.ground.tally, self.ground.places)
        self._lab = self.ground.lab(self._send)
        self._people = itertools.cycle(_batch(self._lab))

    @task  # type: ignore[untyped-decorator]  # locust publishes no types
    def journey(self) -> None:
        tally, citizen, name = self.ground.tally, next(self._people), uuid.uuid4().hex[:12]

        def tell(what: str, ref: str) -> None:
            tally.write(Deed(what=what, ref=ref, journey=name))

        self._send.begin(name)
        tally.write(Begun(journey=name, citizen=citizen.id, techid=citizen.techid, at=time.time()))
        end, why = CUT, ""
        try:
            Journey(self._lab, self.ground.plan, citizen, next(self.ground.numbers), tell).travel()
            end = ARRIVED
        except Exception as error:
            end, why = BROKEN, f"{type(error).__name__}: {error}"
            raise
        finally:
            tally.write(Over(journey=name, end=end, at=time.time(), why=why))


def _batch(lab: Lab) -> tuple[Citizen, ...]:
    """People who share keys and whose phones say yes to whatever they are asked."""
    people = lab.citizens(BATCH, shared_keys=True)
    script = {"citizens": [citizen.id for citizen in people], "kind": ANY_PROMPT, "choice": "approve"}
    lab.control.put("/phone/api/scripts", script)
    return people


@events.init.add_listener  # type: ignore[untyped-decorator]  # locust publishes no types; what fails here is fatal to it
def prepare(environment: Any, **_: Any) -> None:
    """Every process that has users gets its ground; the master of several has none."""
    if VARIABLE in os.environ and not isinstance(environment.runner, MasterRunner):
        Applicant.ground = Ground(Assignment.from_environment())


@events.init.add_listener  # type: ignore[untyped-decorator]  # locust publishes no types
def keep_table(environment: Any, **_: Any) -> None:
    """Locust's own table, for the report beside ours; the audit does without it."""
    if VARIABLE not in os.environ or isinstance(environment.runner, WorkerRunner):
        return
    table = Path(Assignment.from_environment().folder) / "locust.json"

    def write(**_: Any) -> None:
        table.write_text(json.dumps(environment.stats.serialize_stats()), encoding="utf-8")

    environment.events.quit.add_listener(write)
