"""What the test interface shows of a registration: the dossier's shape, with its members and who of them has confirmed."""

from collections.abc import Iterator
from typing import Any

from reference_portal.accounts import Account
from reference_portal.books import Books
from reference_portal.catalogue import MAX_BYTES
from reference_portal.components import Signature
from reference_portal.kbnn import screens
from reference_portal.kbnn.registrations import Registration, TokenSigning
from reference_portal.rules.kbnn import TreasuryRules

Json = dict[str, Any]
_MEDIA = "application/pdf"


def line(registration: Registration, rules: TreasuryRules) -> Json:
    return {
        "id": registration.id,
        "code": registration.code,
        "procedure": screens.PROCEDURE,
        "agency": screens.AGENCY,
        "state": registration.state,
        "state_text": rules.state_text(registration.state),
        "refusal": rules.listed_refusal(registration),
        "copy_of": registration.copy_of,
    }


def whole(registration: Registration, books: Books, rules: TreasuryRules) -> Json:
    declarer = books.get(Account, registration.about)
    return {
        **line(registration, rules),
        "refusal": registration.refusal,
        "applicant": {"name": declarer.name, "personal_id": declarer.personal_id} if declarer else {},
        "components": [*(_screen(registration, name) for name in _SCREENS), _paper(registration)],
        "members": [
            {"role": m.role, "name": m.name, "personal_id": m.personal_id, "confirmed": m.confirmed}
            for m in registration.members
        ],
        "fees": [],
        "payments": [],
        "receipts": [],
        "history": [
            {"at": s.at, "who": s.who, "role": s.role, "from": s.source, "to": s.target, "reason": s.reason}
            for s in registration.history
        ],
        "submitted": registration.sent,
        "received": None,
        "due": None,
    }


def signing_view(signing: TokenSigning) -> Json:
    return {
        "id": signing.id,
        "state": signing.state,
        "doc_id": signing.doc_id,
        "digest": signing.digest,
        "message_vi": signing.message_vi,
    }


def procedure() -> Json:
    """The catalogue's row."""
    forms = {
        screens.UNIT: list(screens.UNIT_FIELDS),
        screens.PROJECTS: [f"1.{field}" for field in screens.PROJECT_FIELDS],
        screens.MEMBERS: [f"1.{field}" for field in screens.MEMBER_FIELDS],
        screens.PAPER: [],
    }
    return {
        "code": screens.PROCEDURE,
        "name": screens.NAME,
        "agency": screens.AGENCY,
        "agency_name": screens.AGENCY_NAME,
        "field": "Kho bạc",
        "level": "Toàn trình",
        "fees": [],
        "components": [
            {
                "id": name,
                "name": screens.TITLES[name],
                "required": True,
                "sign": name == screens.PAPER,
                "form": form,
                "template": None,
                "media": [],
                "max_bytes": MAX_BYTES,
            }
            for name, form in forms.items()
        ],
    }


def books_rows(books: Books) -> Iterator[Json]:
    """Each registration with all who were ever declared in it, and the signature in its file."""
    for registration in books.every(Registration):
        declarer = books.get(Account, registration.about)
        subject = declarer.subject if declarer else ""
        row = {"id": registration.id, "code": registration.code, "state": registration.state}
        members = {member.personal_id for member in (*registration.members, *registration.removed)}
        told = {"subject": subject, "copy_of": registration.copy_of, "members": sorted(members)}
        yield {"book": "dossier", **row, **told}
        for signature in registration.signatures:
            yield {
                "book": "signature",
                "dossier": registration.id,
                "component": screens.PAPER,
                "subject": subject,
                "personal_id": signature.personal_id,
                "serial": signature.serial,
                "digest": signature.digest,
                "file_sha256": registration.sha256,
            }


_SCREENS = (screens.UNIT, screens.PROJECTS, screens.MEMBERS)


def _screen(registration: Registration, name: str) -> Json:
    form = screens.form_of(registration, name)
    return {
        "id": name,
        "state": "attached" if form else "empty",
        "form": form or None,
        "versions": [],
        "signatures": [],
    }


def _paper(registration: Registration) -> Json:
    signing, file = registration.signing, registration.file
    state = "signed" if registration.signatures else "attached" if file else "empty"
    return {
        "id": screens.PAPER,
        "state": "signing" if signing and signing.state == "waiting" else state,
        "file": file or None,
        "file_name": "Hồ sơ đăng ký.pdf" if file else None,
        "media": _MEDIA if file else None,
        "sha256": registration.sha256 or None,
        "size": None,
        "form": None,
        "versions": [],
        "signing": signing_view(signing) if signing else None,
        "signatures": [_signature(each) for each in registration.signatures],
    }


def _signature(signature: Signature) -> Json:
    return {
        "valid": signature.valid,
        "signer": signature.signer,
        "personal_id": signature.personal_id,
        "serial": signature.serial,
        "issuer": signature.issuer,
        "at": signature.at,
    }
