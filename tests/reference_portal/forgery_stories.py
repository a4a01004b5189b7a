"""What right and flawed portals make of files forged around a signature, and of pages that nobody was shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from conformance.drawing import drawn
from conformance.forgeries import borrowed, pasted
from conformance.samples import pdf
from conformance.shadows import revealed, shadow_form
from reference_portal import seals
from tests.reference_portal.authority import NOW, Leaf
from tests.reference_portal.paper_stories import content
from tests.reference_portal.stories import SIGNED, a_draft, acted, attached, read, signed
from tests.reference_portal.world import Browser, Portal

OWN, OTHER = "001099000001", "001099000002"
Story = Callable[[Portal, bytes], Awaitable[Any]]


async def signed_file(browser: Browser, paper: bytes) -> bytes:
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, paper)
    await signed(browser, dossier, OWN)
    return await content(browser, dossier)


async def taken(browser: Browser, file: bytes) -> tuple[str, int]:
    """State of the component, and how a submission ends."""
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, file)
    return (await read(browser, dossier))["components"][0]["state"], (await acted(browser, dossier)).status_code


async def same_pages(world: Portal, _paper: bytes) -> Any:
    seen = pdf("to khai")
    return drawn(await signed_file(await world.citizen(), seen)) == drawn(seen)


async def reasons(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    authority = world.providers.authority
    holder = authority.issue(Leaf(uids=(f"CCCD:{OTHER}",)))
    chain = (authority.ca.certificate.public_bytes(Encoding.DER),)
    prepared = seals.prepare(paper, certificate=holder.der, chain=chain, doc_id="1", now=NOW)
    file = seals.finish(prepared, holder.sign(prepared.digest))
    told = []
    for each in (file, file.replace(b"/Producer", b"/Producen", 1)):
        dossier = await a_draft(browser, SIGNED)
        await attached(browser, dossier, each)
        component = (await read(browser, dossier))["components"][0]
        told.append(component["signatures"][0]["reason_vi"])
    return len(set(told))


async def pasted_in(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    return await taken(browser, pasted(await signed_file(browser, paper), pdf("mot to khai khac")))


async def filled_after_signing(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    return await taken(browser, revealed(await signed_file(browser, shadow_form("to khai", "50000")), "0"))


async def under_a_borrowed_issuer(world: Portal, paper: bytes) -> Any:
    issuer = world.providers.authority.ca.certificate.public_bytes(Encoding.PEM)
    return await taken(await world.citizen(), borrowed(paper, "Nguyễn Thị Mỹ Dưỡng", OWN, issuer))


ENDS: tuple[tuple[str, Story, Any, Any], ...] = (
    ("marked_before_signing", same_pages, True, False),
    ("reason_of_refusal_unnamed", reasons, 2, 1),
    ("digest_not_compared", pasted_in, ("broken", 422), ("signed", 200)),
    ("filling_forms_is_no_change", filled_after_signing, ("broken", 422), ("signed", 200)),
    ("issuer_compared_by_name", under_a_borrowed_issuer, ("broken", 422), ("signed", 200)),
)
