"""What mark a component's file gets for the signatures in it; the PDF is read in another process."""

import asyncio

from msgspec.structs import replace

from reference_portal.components import Mark, Signature
from reference_portal.dossiers import Dossier
from reference_portal.office import Office
from reference_portal.revocation import UNREACHABLE
from reference_portal.rules.signing import Occasion
from reference_portal.seals import Seal

# Every PDF signature names its byte range and its kind in plain bytes: a file without them needs no examination.
_TRACES = (b"/ByteRange", b"/Sig", b"ETSI.CAdES", b"adbe.pkcs7")
WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0)
"""Seconds between the questions about revocation: well within the patience of a signing."""


async def examined(
    office: Office, content: bytes, dossier: Dossier, occasion: Occasion
) -> tuple[Mark, tuple[Signature, ...]]:
    """The mark and the signatures, each judged: sound, and the applicant's own."""
    rules = office.parts.rules.signing
    seals: tuple[Seal, ...] = ()
    if any(trace in content for trace in _TRACES):
        seals = await office.workers.run(
            office.parts.sealing.examine,
            content,
            roots=office.settings.roots,
            intermediates=office.settings.authorities,
            now=office.now(),
            strictness=rules.strictness(occasion),
        )
    found = rules.found(content, tuple(_signature(seal) for seal in seals), dossier)
    judged = tuple(_owned(office, signature, dossier) for signature in found)
    if not found:
        return "attached", ()
    if not all(signature.valid for signature in found):
        return "broken", judged
    return ("signed" if any(signature.valid for signature in judged) else "attached"), judged


async def examined_patiently(
    office: Office, content: bytes, dossier: Dossier, occasion: Occasion
) -> tuple[Mark, tuple[Signature, ...]]:
    """A responder that is silent now says nothing against a signature that the citizen has given: it is asked again."""
    for wait in WAITS:
        mark, signatures = await examined(office, content, dossier, occasion)
        if all(signature.problem_vi != UNREACHABLE for signature in signatures):
            return mark, signatures
        await asyncio.sleep(wait)
    return await examined(office, content, dossier, occasion)


async def reexamined(office: Office, dossier: Dossier, components: tuple[str, ...]) -> Dossier:
    """The dossier with the marks that these components' files deserve now."""
    fresh = dossier
    for component_id in components:
        component = dossier.component(component_id)
        version = component.current
        if version is None or version.mark != "signed":
            continue
        content = office.books.file(version.file)
        assert content is not None, f"file {version.file} is lost"
        mark, signatures = await examined(office, content, dossier, "submission")
        judged = replace(version, mark=mark, signatures=signatures)
        fresh = fresh.with_component(replace(component, versions=(*component.versions[:-1], judged)))
    return fresh


def _owned(office: Office, signature: Signature, dossier: Dossier) -> Signature:
    """A sound signature of somebody else is told as such, and does not count."""
    rules = office.parts.rules.signing
    if not signature.valid or rules.is_signer(signature, dossier):
        return signature
    return replace(signature, valid=False, problem_vi=rules.not_theirs(signature))


def _signature(seal: Seal) -> Signature:
    return Signature(
        valid=seal.valid,
        signer=seal.signer,
        personal_id=seal.personal_id,
        serial=seal.serial,
        issuer=seal.issuer,
        at=str(seal.at or ""),
        digest=seal.digest.hex(),
        problem_vi=seal.problem_vi,
    )
