"""Certified copies and results of state bodies: they are signed under the official-duty tree, and only under that."""

from dataclasses import replace

from conformance.corpus import people
from conformance.corpus.authorities import CA, CITIZEN, OFFICIAL_CA, ROOT
from conformance.corpus.case import Case, bad, good
from conformance.corpus.cms import Recipe
from conformance.corpus.pdf import declaration, overlaid, signed
from conformance.corpus.pdf_values import by

OFFICE_UID = "MNS:1234567"


def _official(*cases: Case) -> tuple[Case, ...]:
    return tuple(replace(case, tree="official", expects=OFFICE_UID) for case in cases)


COPY_CASES = (
    *_official(
        good("copy-certified", "a copy certified by a commune's office", lambda: by(people.OFFICE, OFFICIAL_CA)),
        bad(
            "copy-under-public-authority",
            "a public CA's certificate claims to certify a copy",
            lambda: by(people.FALSE_OFFICE, CA, ROOT),
            reason="chain",
        ),
        bad("copy-by-citizen", "a citizen certifies his own copy", lambda: by(CITIZEN, CA, ROOT), reason="chain"),
        bad(
            "copy-by-another-key",
            "the office's certificate, another key",
            lambda: signed(
                Recipe(people.STRANGER, named=people.OFFICE, signing_certificate=people.OFFICE, chain=(OFFICIAL_CA,)),
                declaration(),
            ),
            reason="signature_value",
            diagnosis="wrong_key",
        ),
        bad(
            "copy-changed",
            "a certified copy written over",
            lambda: overlaid(by(people.OFFICE, OFFICIAL_CA)),
            reason="file_end",
        ),
    ),
    bad(
        "official-as-citizen",
        "an official's certificate in a citizen's declaration",
        lambda: by(people.OFFICIAL_CITIZEN, OFFICIAL_CA),
        reason="chain",
    ),
)
