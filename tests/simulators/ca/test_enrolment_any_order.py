"""Whatever a citizen, the till and the CA do in whatever order: a file moves only as the table says, and never signs too early."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from simulators.ca.enrolment import appraisal, steps, till
from simulators.ca.enrolment.reasons import Refused
from simulators.ca.enrolment.records import Enrolment, Order, Stage
from simulators.ca.enrolment.transitions import TRANSITIONS
from simulators.kernel.clock import DAY, MINUTE
from simulators.kernel.records import Change
from tests.simulators.ca.enrolments import CITIZEN, DETAILS, NOW, PAPER, PREPARED, case, register

ROWS = {(row.action.value, before.value, row.after.value) for row in TRANSITIONS for before in row.before}

LEADS = {
    Stage.IDENTIFIED: "contract",
    Stage.APPROVED: "minutes",
    Stage.REFUSED: "update",
}
REACHED: set[Stage] = set()


class Files(RuleBasedStateMachine):
    """One file, its orders and the time; each rule is an act with right or wrong input at any stage."""

    @initialize()
    def begin(self) -> None:
        self.file: Enrolment | None = None
        self.orders: list[Order] = []
        self.now = int(NOW)

    def act(self, decide: Callable[[], Change]) -> None:
        before = self.file.stage.value if self.file else Stage.NONE.value
        try:
            change = decide()
        except Refused:
            return
        moves = [event.body for event in change.events if event.word == "enrolment_moved"]
        stage = before
        for body in moves:
            assert (body["action"], body["before"], body["stage"]) in ROWS
            assert body["before"] == stage
            stage = body["stage"]
        for record in change.records:
            if isinstance(record, Enrolment):
                assert record.stage.value == stage, "a stage changes with a row of the table alone"
                self.file = record
            if isinstance(record, Order):
                self.orders = [one for one in self.orders if one.id != record.id] + [record]

    @rule(
        name=st.sampled_from([DETAILS.name, "Nguyen Thi Hoa"]),
        price=st.sampled_from(["unlimited-12", "per-signature-12"]),
    )
    def register(self, name: str, price: str) -> None:
        self.act(lambda: register({"name": name, "package": price}, file=self.file, now=self.now))

    @rule(act=st.sampled_from(["pay", "renew", "buy"]))
    def open_order(self, act: str) -> None:
        at, identity = case(self.file, now=self.now), f"order-{len(self.orders)}"
        ways: dict[str, Callable[[], Change]] = {
            "pay": lambda: till.pay(at, "atm", identity),
            "renew": lambda: till.renew(at, "atm", identity),
            "buy": lambda: till.buy(at, "5", "atm", identity),
        }
        self.act(ways[act])

    @rule(which=st.integers(0, 5), ending=st.sampled_from(["pay", "fail", "cancel"]))
    def settle(self, which: int, ending: till.Ending) -> None:
        order = self.orders[-1 - which] if which < len(self.orders) else None
        paid_before = [one.id for one in self.orders if one.state.value == "paid"]
        self.act(lambda: till.settled(case(self.file, now=self.now), order, ending, None, PREPARED))
        assert [one for one in paid_before if one not in {o.id for o in self.orders if o.state.value == "paid"}] == []

    @rule(code=st.sampled_from(["123456", "000000"]))
    def activate(self, code: str) -> None:
        self.act(lambda: steps.activate(case(self.file, now=self.now), code, "mat-khau-1", None, None))

    @rule(face=st.sampled_from(["match", "differs"]))
    def identify(self, face: steps.Face) -> None:
        self.act(lambda: steps.identify(case(self.file, now=self.now), CITIZEN.id, face, PREPARED))

    @rule(act=st.sampled_from(["resend", "contract", "approve", "refuse", "due", "update", "minutes"]))
    def go_on(self, act: str) -> None:
        at = case(self.file, now=self.now)
        ways: dict[str, Callable[[], Change]] = {
            "resend": lambda: steps.resend(at, PREPARED),
            "contract": lambda: steps.sign_contract(at, PAPER, "key"),
            "approve": lambda: appraisal.approve(at, PREPARED),
            "refuse": lambda: appraisal.refuse(at, "Ảnh mờ", PREPARED),
            "due": lambda: appraisal.due(at, PREPARED),
            "update": lambda: steps.update(at, replace(DETAILS, address="mới")),
            "minutes": lambda: steps.sign_minutes(at, PAPER, "5401"),
        }
        self.act(ways[act])

    @rule(steps_on=st.integers(1, 6), decision=st.sampled_from(["approve", "refuse"]))
    def do_what_is_next(self, steps_on: int, decision: str) -> None:
        """So that the walk comes to every stage; a test below holds that it does."""
        for _ in range(steps_on):
            stage = self.file.stage if self.file else Stage.NONE
            if stage is Stage.NONE:
                self.register(DETAILS.name, "per-signature-12")
            elif stage is Stage.REGISTERED:
                self.open_order("pay")
                self.settle(0, "pay")
            elif stage is Stage.PAID:
                self.go_on("resend")
                self.activate("123456")
            elif stage is Stage.ACTIVATED:
                self.identify("match")
            elif stage is Stage.ACTIVE:
                self.open_order("buy")
                self.settle(0, "pay")
            else:
                self.go_on(LEADS.get(stage, decision))

    @rule(minutes=st.sampled_from([1, 20, 2 * DAY // MINUTE + 1]))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @invariant()
    def a_certificate_is_handed_over_exactly_when_everything_was_done(self) -> None:
        file = self.file if hasattr(self, "file") else None
        if file is None:
            return
        REACHED.add(file.stage)
        assert bool(file.serials) == (file.stage is Stage.ACTIVE)
        assert (file.due is not None) == (file.stage is Stage.APPRAISING)
        if file.stage is Stage.ACTIVE:
            assert file.contract_paper
            assert file.minutes
            assert file.password
            assert any(order.state.value == "paid" for order in self.orders)


def test_no_order_of_acts_leaves_the_table_and_the_walk_comes_to_every_stage() -> None:
    how = settings(max_examples=80, stateful_step_count=40, deadline=None, derandomize=True)
    run_state_machine_as_test(Files, settings=how)
    assert set(Stage) - {Stage.NONE} == REACHED
