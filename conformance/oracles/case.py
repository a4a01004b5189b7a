"""What a PDF is judged with: its bytes, whom the receiver trusts, whom he asks, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from conformance.oracles.revocation import Ask


@dataclass(frozen=True)
class Case:
    """`last` = where the last signature of the file ends."""

    pdf: bytes
    roots: Sequence[x509.Certificate]
    known: Sequence[x509.Certificate]
    ask: Ask
    moment: datetime
    last: int = 0
