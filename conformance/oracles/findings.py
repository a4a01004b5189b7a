"""What a judge of signed files says: named assertions with evidence, one finding a signature, one judgement a file."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

Verdict = Literal["valid", "invalid", "inconclusive", "unparsable", "unsigned"]

# Without an answer to these no signature is called valid.
INDISPENSABLE = frozenset({"message_digest", "signature_value", "chain", "not_revoked"})

# Prefixes of a natural person's number in UID.
PERSONAL = frozenset({"CCCD", "CMND", "PID"})


@dataclass(frozen=True)
class Assertion:
    """`held` None = not checked, and `detail` says why."""

    name: str
    held: bool | None
    detail: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """What was probably done wrong, for the person who must mend it."""

    code: str
    vi: str
    en: str


@dataclass(frozen=True)
class Signer:
    """`identities` are the subject's UID values as they stand: "CCCD:001…", "MST:…"; the name proves nothing."""

    name: str
    identities: tuple[str, ...]
    serial: str
    issuer: str

    def bears(self, uid: str) -> bool:
        """Is "CCCD:001…", "MNS:…" among the UID values? The kinds of a person's number stand for one another."""
        prefix, _, number = uid.partition(":")
        kinds = PERSONAL if prefix in PERSONAL else {prefix}
        return any(kind in kinds and given == number for kind, given in self._pairs())

    def has(self, number: str) -> bool:
        """Is this a personal number of the signer (prefixes CCCD, CMND, PID)?"""
        return any(prefix in PERSONAL and given == number for prefix, given in self._pairs())

    def _pairs(self) -> list[tuple[str, str]]:
        split = [identity.partition(":") for identity in self.identities]
        return [(prefix.strip().upper(), given.strip()) for prefix, _, given in split]


@dataclass(frozen=True)
class Finding:
    """One signature. Digests are lower-case hex; `digest_of_attrs` is what the provider should have been sent."""

    field_name: str
    assertions: tuple[Assertion, ...]
    diagnosis: Diagnosis
    signer: Signer | None = None
    profile: str = ""
    coverage: str = ""
    modification: str = ""
    digest_of_attrs: str | None = None
    recovered_digest: str | None = None
    byterange_digest: str | None = None
    signature_value: str | None = None
    claimed_time: datetime | None = None
    stamped_time: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        if any(one.name == "readable" and one.held is False for one in self.assertions):
            return "unparsable"
        if self.failed:
            return "invalid"
        held = {one.name for one in self.assertions if one.held}
        return "valid" if held >= INDISPENSABLE else "inconclusive"

    @property
    def failed(self) -> tuple[Assertion, ...]:
        return tuple(one for one in self.assertions if one.held is False)

    @property
    def unchecked(self) -> tuple[Assertion, ...]:
        return tuple(one for one in self.assertions if one.held is None)

    def assertion(self, name: str) -> Assertion:
        return next(one for one in self.assertions if one.name == name)


@dataclass(frozen=True)
class Judgement:
    """One file: valid only when it carries a signature and every signature is valid."""

    verdict: Verdict
    findings: tuple[Finding, ...] = field(default=())
    problem: str = ""

    def __str__(self) -> str:
        words = [f"{self.verdict}{f': {self.problem}' if self.problem else ''}"]
        for finding in self.findings:
            who = f"{finding.signer.name} {', '.join(finding.signer.identities)}" if finding.signer else "nobody known"
            words.append(f"{finding.field_name} by {who}: {finding.verdict}; {finding.diagnosis.en}")
            open_ones = [one for one in finding.unchecked if one.name in INDISPENSABLE]
            words += [f"  {one.name}: {one.detail}" for one in (*finding.failed, *open_ones)]
        return "\n".join(words)


def judgement_of(findings: tuple[Finding, ...]) -> Judgement:
    """The worst word of its signatures."""
    order: tuple[Verdict, ...] = ("unparsable", "invalid", "inconclusive", "valid")
    verdicts = {finding.verdict for finding in findings}
    return Judgement(next((word for word in order if word in verdicts), "unsigned"), findings)


def expecting(judgement: Judgement, uid: str) -> Judgement:
    """The same, demanding that somebody with this UID ("CCCD:001…") signed: a namesake is another person."""
    if judgement.verdict in {"unsigned", "unparsable"}:
        return judgement
    there = any(finding.signer is not None and finding.signer.bears(uid) for finding in judgement.findings)
    told = ", ".join(uid for one in judgement.findings if one.signer for uid in one.signer.identities)
    asked = Assertion("expected_signer", there, f"{uid} is expected, signed by {told or 'nobody with a number'}")
    findings = tuple(replace(finding, assertions=(*finding.assertions, asked)) for finding in judgement.findings)
    return replace(judgement, verdict=judgement.verdict if there else "invalid", findings=findings)
