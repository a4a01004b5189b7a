"""What a walk can end with: something came that no conforming portal may do."""

from conformance.failures import Words


class Finding(Exception):
    """`law` names which expectation broke, so that a shorter walk can be told to break the same one."""

    def __init__(self, law: str, expected: Words, came: Words) -> None:
        super().__init__(f"{law}: expected {expected.en}, came {came.en}")
        self.law, self.expected, self.came = law, expected, came

    def __reduce__(self) -> tuple[type["Finding"], tuple[str, Words, Words]]:
        return type(self), (self.law, self.expected, self.came)


def shall(law: str, expected: tuple[str, str], came: tuple[str, str]) -> Finding:
    """A finding from (Vietnamese, English) pairs."""
    return Finding(law, Words(*expected), Words(*came))
