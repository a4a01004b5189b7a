"""What must hold of a signer, whatever he signed: a path to a root, a living certificate, a time that can be true."""

from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from conformance.oracles.chain import Path, key_is_strong, key_usage_of, purpose_of
from conformance.oracles.findings import Assertion, Signer
from conformance.oracles.revocation import SKEW

NO_PATH = Path((), "the signer's certificate is not in the signature")


def signer_rules_of(signer: x509.Certificate | None, path: Path, at: datetime) -> tuple[Assertion, ...]:
    """A path to a root, alive, allowed to sign, strong."""
    chain = Assertion(
        "chain", not path.broken, path.broken or " < ".join(common_name(one) for one in path.certificates)
    )
    if signer is None:
        return (chain,)
    begins, ends = signer.not_valid_before_utc, signer.not_valid_after_utc
    lifetime = Assertion("lifetime", begins <= at <= ends, f"{begins.isoformat()} to {ends.isoformat()}")
    return (chain, lifetime, key_usage_of(signer), purpose_of(signer), key_is_strong(signer))


def claimed_time_of(
    signer: x509.Certificate | None, claimed: datetime | None, moment: datetime, stamped: datetime | None
) -> Assertion:
    """Never of the future; and within the certificate's lifetime, unless a timestamp says better."""
    if claimed is None or signer is None:
        return Assertion("claimed_time", held=None, detail="no signing time is claimed")
    alive = signer.not_valid_before_utc - SKEW <= claimed <= signer.not_valid_after_utc
    within = claimed <= moment + SKEW and (alive or stamped is not None)
    return Assertion("claimed_time", within, f"{claimed.isoformat()}, judged at {moment.isoformat()}")


def signer_of(certificate: x509.Certificate) -> Signer:
    uids = certificate.subject.get_attributes_for_oid(NameOID.USER_ID)
    return Signer(
        name=common_name(certificate),
        identities=tuple(str(one.value) for one in uids),
        serial=f"{certificate.serial_number:x}",
        issuer=certificate.issuer.rfc4514_string(),
    )


def common_name(certificate: x509.Certificate) -> str:
    """CN, or the whole subject where there is none."""
    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else certificate.subject.rfc4514_string()
