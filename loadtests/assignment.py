"""What a run hands to the Locust process: where the lab and the portal are, what to plan, where the tally goes."""

import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from conformance.adapter import Portal, Wiring
from conformance.browser import Browser
from conformance.control import Control
from conformance.records import Capabilities
from conformance.transport import HttpTransport, Send
from loadtests.journeys import Plan

VARIABLE = "HOPCHUAN_LOAD"
ADAPTER = "conformance.adapters.http:HttpPortal"


@dataclass(frozen=True)
class Assignment:
    """Over the environment and never in a file of the results: it holds the run key."""

    simulators: str
    run_key: str = field(repr=False)
    contract: str
    origin: str
    portal_key: str = field(repr=False)
    folder: str
    notice_effect: str
    adapter: str = ADAPTER

    def to_environment(self) -> Mapping[str, str]:
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> "Assignment":
        return cls(**json.loads(os.environ[VARIABLE]))

    def control(self) -> Control:
        return Control(self.simulators, self.run_key, self.contract)

    def portal(self, send: Send) -> Portal:
        """The portal behind its adapter, over this transport."""
        module, _, name = self.adapter.partition(":")
        made: Portal = getattr(importlib.import_module(module), name)(Wiring(self.origin, self.portal_key, send))
        return made

    def survey(self) -> tuple[Capabilities, Plan]:
        """What the portal says of itself and what citizens will therefore do, asked outside Locust's table."""
        with HttpTransport() as send:
            portal = self.portal(send)
            capabilities = portal.capabilities()
            catalogue = portal.person(Browser(send, home=portal.origin)).dossiers.procedures()
        return capabilities, Plan.of(capabilities, catalogue, notice_effect=self.notice_effect)
