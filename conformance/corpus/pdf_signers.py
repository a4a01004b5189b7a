"""Signed PDFs whose signer, authority, status or timestamp is wrong."""

import re

from asn1crypto import cms as asn1_cms

from conformance.corpus import people
from conformance.corpus.authorities import CA, CITIZEN, CITIZEN_NAME, CRL_URL, DAY, NOW, ROOT, Held
from conformance.corpus.by_pyhanko import ByPyhanko, document_stamped, encrypted
from conformance.corpus.case import bad, good, made_with, unchecked, unreadable
from conformance.corpus.cms import Recipe
from conformance.corpus.pdf import declaration, signed
from conformance.corpus.pdf_values import by
from conformance.forgeries import look_alike

ID = "001201000123"


def stamped(held: Held, days_ago: float, authority: Held = people.TSA) -> bytes:
    return ByPyhanko(held, authority=authority, stamped=NOW - days_ago * DAY).sign(declaration())


def foreign_stamp() -> bytes:
    """The timestamp of one signature put into another."""
    take = re.compile(rb"/Contents ?<([0-9a-fA-F]*)>")
    files = [ByPyhanko(authority=people.TSA, stamped=NOW).sign(declaration(pages)) for pages in (1, 3)]
    holes = [match[1] for match in map(take.search, files) if match is not None]
    other, mine = (asn1_cms.ContentInfo.load(bytes.fromhex(hole.decode())) for hole in holes)
    mine["content"]["signer_infos"][0]["unsigned_attrs"] = other["content"]["signer_infos"][0]["unsigned_attrs"]
    return files[1].replace(holes[1], mine.dump(force=True).hex().upper().ljust(len(holes[1]), "0").encode())


def odd(oddity: str, *, crl: str = "") -> bytes:
    return by(people.odd(oddity, crl=crl))


CHAINS = (
    bad(
        "look-alike",
        "authorities of the same names, with other keys",
        lambda: by(people.FALSE_CITIZEN, people.FALSE_CA, people.FALSE_ROOT),
        reason="chain",
    ),
    bad(
        "self-made-authority",
        "a self-made authority of a real one's name",
        lambda: by(people.SELF_MADE_CITIZEN, people.SELF_MADE_CA),
        reason="chain",
    ),
    bad("self-signed", "a certificate that the citizen made", lambda: by(people.SELF_SIGNED), reason="chain"),
    bad(
        "borrowed-issuer",
        "the real authority's certificate beside one that it never issued",
        lambda: by(people.BORROWED, CA),
        reason="chain",
    ),
    bad(
        "issued-by-a-citizen",
        "issued by somebody who is no authority",
        lambda: by(people.UNDER_A_CITIZEN, CITIZEN, CA),
        reason="chain",
    ),
    bad(
        "path-too-long",
        "an authority below one that may have none below",
        lambda: by(people.BELOW_CITIZEN, people.BELOW, CA),
        reason="chain",
    ),
    bad(
        "authority-expired",
        "the authority's certificate has expired",
        lambda: by(people.OLD_CAS_CITIZEN, people.OLD_CA),
        reason="chain",
    ),
    bad(
        "authority-revoked",
        "the authority's certificate is revoked",
        lambda: by(people.REVOKED_CAS_CITIZEN, people.REVOKED_CA),
        reason="not_revoked",
    ),
    bad("expired", "an expired certificate", lambda: by(people.EXPIRED), reason="lifetime"),
    bad("not-yet-valid", "a certificate that begins tomorrow", lambda: by(people.NOT_YET), reason="lifetime"),
    bad("may-not-sign", "key usage without signing", lambda: by(people.NO_SIGNING), reason="key_usage"),
    bad("for-servers", "a certificate for TLS servers", lambda: by(people.FOR_SERVERS), reason="purpose"),
    bad("for-code", "a certificate for code and status answers", lambda: by(people.FOR_CODE), reason="purpose"),
    bad(
        "unknown-critical-extension",
        "a critical extension that nobody knows",
        lambda: by(people.UNKNOWN_EXTENSION),
        reason="chain",
    ),
    bad("wrong-signer", "another citizen's right signature", lambda: by(people.OTHER), reason="expected_signer"),
    bad("namesake", "a namesake with another number", lambda: by(people.NAMESAKE), reason="expected_signer"),
    bad(
        "organisation",
        "an organisation's seal in place of the citizen's signature",
        lambda: by(people.ORGANISATION),
        reason="expected_signer",
    ),
    *made_with(
        "pyHanko",
        bad(
            "look-alike-pyhanko",
            "look-alikes of the names only",
            lambda: look_alike(declaration(), CITIZEN_NAME, ID),
            reason="chain",
        ),
        bad(
            "look-alike-copied",
            "look-alikes with everything copied but the keys",
            lambda: look_alike(declaration(), CITIZEN_NAME, ID, authorities=[CA.pem, ROOT.pem]),
            reason="chain",
        ),
        unreadable(
            "encrypted",
            "encrypted: nobody can read what was signed",
            lambda: encrypted(declaration()),
            reason="encrypted",
        ),
    ),
)

STATUS = (
    bad("suspended", "suspended yesterday", lambda: by(people.SUSPENDED), reason="not_revoked"),
    bad("revoked", "revoked two days ago", lambda: by(people.REVOKED), reason="not_revoked"),
    bad(
        "revoked-backdated",
        "revoked two days ago, a signing time of ten days ago claimed",
        lambda: signed(Recipe(people.REVOKED, signing_certificate=people.REVOKED, claimed=NOW - 10 * DAY)),
        reason="not_revoked",
    ),
    bad("status-unknown", "its authority does not know the certificate", lambda: odd("unknown"), reason="not_revoked"),
    good("status-by-crl", "OCSP is silent, the CRL speaks", lambda: odd("silent", crl=CRL_URL)),
    unchecked("status-silent", "neither OCSP nor CRL answers", lambda: odd("silent")),
    unchecked("status-stale", "the OCSP answer is twenty days old", lambda: odd("stale")),
    unchecked("status-future", "the OCSP answer is of tomorrow", lambda: odd("future")),
    unchecked("status-replayed", "the OCSP answer bears another nonce", lambda: odd("nonce")),
    unchecked("status-wrong-key", "somebody else signed the OCSP answer", lambda: odd("wrong-key")),
    unchecked(
        "crl-wrong-key",
        "OCSP silent, the CRL signed by somebody else",
        lambda: odd("silent", crl=f"{CRL_URL}/wrong-key"),
    ),
    unchecked("crl-stale", "OCSP silent, the CRL twenty days old", lambda: odd("silent", crl=f"{CRL_URL}/stale")),
)

TIMES = made_with(
    "pyHanko",
    good("timestamped", "a trusted timestamp", lambda: stamped(CITIZEN, 0)),
    good("expired-timestamped-before", "expired since, timestamped before", lambda: stamped(people.EXPIRED, 10)),
    good("revoked-timestamped-before", "revoked since, timestamped before", lambda: stamped(people.REVOKED, 10)),
    good(
        "document-timestamp",
        "a document timestamp behind the signature (B-LTA)",
        lambda: document_stamped(ByPyhanko().sign(declaration()), people.TSA),
    ),
    bad(
        "revoked-timestamped-after",
        "timestamped after the revocation",
        lambda: stamped(people.REVOKED_LONG_AGO, 2),
        reason="not_revoked",
    ),
    bad(
        "expired-pyhanko",
        "an expired certificate",
        lambda: ByPyhanko(people.EXPIRED).sign(declaration()),
        reason="lifetime",
    ),
    bad(
        "timestamp-no-authority",
        "stamped by a certificate that is not for time stamping",
        lambda: stamped(CITIZEN, 0, people.PLAIN_TSA),
        reason="timestamp",
    ),
    bad(
        "timestamp-authority-expired",
        "stamped after its authority expired",
        lambda: stamped(CITIZEN, 10, people.OLD_TSA),
        reason="timestamp",
    ),
    bad(
        "timestamp-look-alike",
        "stamped by an authority under a false root",
        lambda: stamped(CITIZEN, 0, people.FALSE_TSA),
        reason="timestamp",
    ),
    bad(
        "timestamp-after-expiry",
        "timestamped after the certificate expired",
        lambda: stamped(people.EXPIRED, 0),
        reason="lifetime",
    ),
    bad(
        "timestamp-before-certificate",
        "timestamped before the certificate began",
        lambda: stamped(people.YOUNG, 5),
        reason="lifetime",
    ),
    bad("timestamp-future", "a timestamp of tomorrow", lambda: stamped(CITIZEN, -1), reason="timestamp"),
    bad("timestamp-of-another", "the timestamp of another signature", foreign_stamp, reason="timestamp"),
    bad(
        "document-timestamp-look-alike",
        "a document timestamp by an authority under a false root",
        lambda: document_stamped(ByPyhanko().sign(declaration()), people.FALSE_TSA),
        reason="document_timestamp",
    ),
)

SIGNER_CASES = (*CHAINS, *STATUS, *TIMES)
