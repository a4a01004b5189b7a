"""What the Portal Test Interface shows of each record: plain JSON objects, nothing that the citizen should not see."""

from collections.abc import Iterator
from typing import Any

from reference_portal.accounts import Account
from reference_portal.books import Books
from reference_portal.calls.smartca import Offered
from reference_portal.catalogue import AGENCIES, CATALOGUE, MAX_BYTES, MEDIA, Fee
from reference_portal.components import Component, Signing, Version
from reference_portal.dossiers import STATES, Dossier
from reference_portal.fees import Payment, Receipt
from reference_portal.notices import Message
from reference_portal.office import Office
from reference_portal.rules import Rules

Json = dict[str, Any]


def line(dossier: Dossier, rules: Rules) -> Json:
    state = rules.filing.listed_state(dossier)
    return {
        "id": dossier.id,
        "code": dossier.code,
        "procedure": dossier.procedure,
        "agency": dossier.agency,
        "state": state,
        "state_text": STATES[state],
        "refusal": rules.filing.listed_refusal(dossier),
        "copy_of": dossier.copy_of,
    }


def whole(dossier: Dossier, office: Office, signing: str | None = None) -> Json:
    books, rules, now = office.books, office.parts.rules, office.now()
    request, (applicant, personal_id) = dossier.supplement, rules.filing.applicant(dossier)
    asked = request and {"reason": request.reason, "components": request.components, "until": request.until}
    return {
        **line(dossier, rules),
        "state": dossier.state,
        "state_text": STATES[dossier.state],
        "refusal": dossier.refusal,
        "applicant": {"name": applicant, "personal_id": personal_id},
        "supplement": asked,
        "components": [_component(component, signing) for component in dossier.components],
        "fees": [_fee(fee) for fee in dossier.fees],
        "payments": [payment(each) for each in books.find(Payment, about=dossier.id)],
        "receipts": [_receipt(each) for each in books.find(Receipt, about=dossier.id)],
        "history": [
            {"at": s.at, "who": s.who, "role": s.role, "from": s.source, "to": s.target, "reason": s.reason}
            for s in dossier.history
        ],
        "submitted": dossier.submitted,
        "received": dossier.received,
        "due": dossier.due,
        "late": rules.handling.late(dossier, now),
        "overdue": rules.handling.overdue(dossier, now),
        "slips": [rules.handling.slip(_acceptance(dossier))] if dossier.received else [],
    }


def _acceptance(dossier: Dossier) -> Json:
    """The receipt with the due time (form 01 of TT 01/2018/TT-VPCP)."""
    return {
        "kind": "acceptance",
        "at": dossier.received,
        "code": dossier.code,
        "components": [component.id for component in dossier.components if component.present],
        "due": dossier.due,
        "place_of_return": f"Bộ phận một cửa {AGENCIES[dossier.agency]}",
    }


def payment(each: Payment) -> Json:
    return {"ref": each.id, "gateway": each.gateway, "amount": each.amount, "state": each.state}


def signing_view(signing: Signing) -> Json:
    return {
        "id": signing.id,
        "state": signing.state,
        "doc_id": signing.shown,
        "transaction": signing.transaction,
        "message_vi": signing.message_vi,
    }


def certificate(offered: Offered) -> Json:
    return {
        "serial": offered.serial,
        "subject": offered.subject,
        "issuer": offered.issuer,
        "valid_from": offered.not_before.isoformat(),
        "valid_to": offered.not_after.isoformat(),
    }


def procedures() -> list[Json]:
    """One row for each procedure and agency."""
    return [
        {
            "code": procedure.code,
            "name": procedure.name,
            "agency": agency,
            "agency_name": AGENCIES[agency],
            "field": procedure.field,
            "level": procedure.level,
            "fees": [_fee(fee) for fee in procedure.fees],
            "components": [
                {
                    "id": rule.id,
                    "name": rule.name,
                    "required": rule.required,
                    "sign": rule.sign,
                    "form": rule.form,
                    "template": rule.template,
                    "media": MEDIA,
                    "max_bytes": MAX_BYTES,
                }
                for rule in procedure.components
            ],
        }
        for procedure in CATALOGUE.values()
        for agency in procedure.agencies
    ]


def books_rows(books: Books) -> Iterator[Json]:
    """The audit's rows: dossiers with their signatures, payments, receipts, messages."""
    subjects = {account.id: account.subject for account in books.every(Account)}
    for dossier in books.every(Dossier):
        row = {"id": dossier.id, "code": dossier.code, "state": dossier.state, "copy_of": dossier.copy_of}
        yield {"book": "dossier", **row, "subject": subjects.get(dossier.about, "")}
        yield from _signature_rows(dossier, subjects.get(dossier.about, ""))
    for each in books.every(Payment):
        yield {"book": "payment", **payment(each), "dossier": each.about, "proof": each.proof}
    for receipt in books.every(Receipt):
        row = {"id": receipt.id, "payment": receipt.payment, "amount": receipt.amount, "dossier": receipt.about}
        yield {"book": "receipt", **row}
    for message in books.every(Message):
        row = {"channel": message.channel, "to": message.to, "dossier": message.about, "state": message.state}
        yield {"book": "message", **row}


def _signature_rows(dossier: Dossier, subject: str) -> Iterator[Json]:
    for component in dossier.components:
        version = component.current
        for signature in version.signatures if version and version.mark == "signed" else ():
            yield {
                "book": "signature",
                "dossier": dossier.id,
                "component": component.id,
                "subject": subject,
                "personal_id": signature.personal_id,
                "serial": signature.serial,
                "digest": signature.digest,
                "file_sha256": version.sha256 if version else None,
            }


def _component(component: Component, signing: str | None) -> Json:
    current = component.current
    shown = component.signing(signing)
    return {
        "id": component.id,
        "state": component.state(),
        "file": current and current.file,
        "file_name": current and current.name,
        "media": current and current.media,
        "sha256": current and current.sha256,
        "size": current and current.size,
        "form": component.form,
        "versions": [
            {"file": v.file, "sha256": v.sha256, "at": v.at, "signed": v.mark == "signed"} for v in component.versions
        ],
        "signing": signing_view(shown) if shown else None,
        "signatures": _signatures(current) if current else [],
    }


def _signatures(version: Version) -> list[Json]:
    return [
        {
            "valid": signature.valid,
            "signer": signature.signer,
            "personal_id": signature.personal_id,
            "serial": signature.serial,
            "issuer": signature.issuer,
            "at": signature.at,
            **({"reason_vi": signature.problem_vi} if signature.problem_vi else {}),
        }
        for signature in version.signatures
    ]


def _fee(fee: Fee) -> Json:
    return {
        "id": fee.id,
        "name": fee.name,
        "kind": fee.kind,
        "amount": fee.amount,
        "collect": fee.collect,
        "paid": fee.paid,
    }


def _receipt(receipt: Receipt) -> Json:
    return {
        "id": receipt.id,
        "number": receipt.number,
        "amount": receipt.amount,
        "payment": receipt.payment,
        "payer": receipt.payer,
        "dossier_code": receipt.dossier_code,
        "at": receipt.at,
    }
