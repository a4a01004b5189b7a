"""What can go wrong in a check, and whose it is: the portal's (AssertionError) or ours (Ours)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One sentence in both languages."""

    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.vi} / {self.en}"


BETWEEN = " ∥ "


def came(vi: str, en: str) -> str:
    """An assertion's message: `assert refused, came("cổng đã nhận", "the portal took it")`."""
    return f"{vi}{BETWEEN}{en}"


class Missed(AssertionError):
    """Something was awaited and did not come, or came and must not."""

    def __init__(self, expected: Words, came: Words) -> None:
        super().__init__(f"expected {expected.en}, came {came.en} / mong đợi {expected.vi}, nhận được {came.vi}")
        self.expected, self.came = expected, came

    def __reduce__(self) -> tuple[type["Missed"], tuple[Words, Words]]:
        return type(self), (self.expected, self.came)


class NotExercised(AssertionError):
    """The check could not do what it needs to judge: a failure, never a pass."""


class NotThere(NotExercised):
    """What is only recommended is not there, so nothing about it can be judged: a warning, never a pass."""


class Ours(Exception):
    """The simulators, the network between or the suite itself failed: no statement about the portal."""


class WrongOption(Exception):
    """An option, an address or an adapter cannot be used; one sentence that names it and the cure."""
