"""Everybody whose certificates the corpus needs besides the right citizen: look-alikes, the expired, the suspended."""

from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from conformance.corpus.authorities import (
    CA,
    CITIZEN,
    CITIZEN_NAME,
    CITIZEN_UID,
    DAY,
    NOW,
    OCSP_URL,
    OFFICIAL_CA,
    ROOT,
    Held,
    Wish,
    issue,
    key_of,
    name,
)

RIGHT = Wish()


def citizen(wish: Wish = RIGHT, *, key: str = "citizen", issuer: Held = CA) -> Held:
    """The right citizen's name and number in another certificate."""
    return issue(name(CITIZEN_NAME, CITIZEN_UID), key_of(key), issuer, wish)


# Other keys and other numbers.
STRANGER = citizen(key="stranger")
OTHER = issue(name("Trần Thị Mận", "CCCD:001301000456"), key_of("stranger"), CA)
NAMESAKE = issue(name(CITIZEN_NAME, "CCCD:001201000999"), key_of("stranger"), CA)
IN_ORGANISATION = issue(name(CITIZEN_NAME, "MST:0100109106", CITIZEN_UID), key_of("citizen"), CA)
ORGANISATION = issue(name("CÔNG TY MÔ PHỎNG", "MST:0100109106"), key_of("organisation"), CA)
CURVE = citizen(key="p256")
CURVE_384 = citizen(key="p384")
SMALL_CURVE = citizen(key="p192")
EDWARDS = citizen(key="ed25519")
WEAK = issue(name(CITIZEN_NAME, CITIZEN_UID), key_of("weak", 1024), CA)

# Times and uses.
EXPIRED = citizen(Wish(ends=NOW - DAY))
NOT_YET = citizen(Wish(begins=NOW + DAY))
YOUNG = citizen(Wish(begins=NOW - DAY))
NO_SIGNING = citizen(Wish(signs=False))
NO_PURPOSE = citizen(Wish(purposes=()))
FOR_SERVERS = citizen(Wish(purposes=(ExtendedKeyUsageOID.SERVER_AUTH,)))
FOR_CODE = citizen(Wish(purposes=(ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.OCSP_SIGNING)))
UNKNOWN_EXTENSION = citizen(Wish(critical=ObjectIdentifier("1.2.3.4")))
MICROSOFT = citizen(Wish(critical=ObjectIdentifier("1.3.6.1.4.1.311.21.10")))

# Authorities that are none.
FALSE_ROOT = issue(
    name("Vietnam National Root CA"), key_of("false root"), None, Wish(ca=True, path_length=1, begins=NOW - 900 * DAY)
)
FALSE_CA = issue(name("VNPT-CA", organisation="VNPT GROUP"), key_of("false ca"), FALSE_ROOT, Wish(ca=True))
FALSE_CITIZEN = citizen(issuer=FALSE_CA)
SELF_MADE_CA = issue(name("VNPT-CA", organisation="VNPT GROUP"), key_of("false ca"), None, Wish(ca=True))
SELF_MADE_CITIZEN = citizen(issuer=SELF_MADE_CA)
SELF_SIGNED = issue(name(CITIZEN_NAME, CITIZEN_UID), key_of("citizen"), None)
# It names the real CA as its issuer, whose key never saw it.
BORROWED = citizen(issuer=Held(CA.certificate, key_of("false ca")))
BELOW = issue(name("CA cap duoi"), key_of("below"), CA, Wish(ca=True))
BELOW_CITIZEN = citizen(issuer=BELOW)
UNDER_A_CITIZEN = citizen(issuer=CITIZEN)
OLD_CA = issue(name("CA cu"), key_of("old ca"), ROOT, Wish(begins=NOW - 800 * DAY, ends=NOW - DAY, ca=True))
OLD_CAS_CITIZEN = citizen(issuer=OLD_CA)
REVOKED_CA = issue(name("CA bi thu hoi"), key_of("revoked ca"), ROOT, Wish(ca=True))
REVOKED_CAS_CITIZEN = citizen(issuer=REVOKED_CA)

# What the status services say of them.
SUSPENDED = citizen()
REVOKED = citizen()
REVOKED_LONG_AGO = citizen()
REVOKED_SINCE = {
    SUSPENDED.serial: NOW - DAY,
    REVOKED.serial: NOW - 2 * DAY,
    REVOKED_LONG_AGO.serial: NOW - 10 * DAY,
    REVOKED_CA.serial: NOW - 2 * DAY,
}


def odd(oddity: str, *, crl: str = "") -> Held:
    """A citizen whose OCSP (and, where one is named, CRL) answers oddly."""
    return citizen(Wish(ocsp=f"{OCSP_URL}/{oddity}", crl=crl))


# Time-stamping authorities.
TSA_WISH = Wish(purposes=(ExtendedKeyUsageOID.TIME_STAMPING,))
TSA = issue(name("Dau thoi gian"), key_of("tsa"), CA, TSA_WISH)
PLAIN_TSA = issue(name("Dau thoi gian"), key_of("tsa"), CA)
OLD_TSA = issue(name("Dau thoi gian"), key_of("tsa"), CA, Wish(purposes=TSA_WISH.purposes, ends=NOW - 20 * DAY))
FALSE_TSA = issue(name("Dau thoi gian"), key_of("tsa"), FALSE_CA, TSA_WISH)

# The official-duty tree.
OFFICE = issue(name("UBND xã Mô Phỏng", "MNS:1234567", organisation="UBND"), key_of("office"), OFFICIAL_CA)
OFFICIAL_CITIZEN = issue(name(CITIZEN_NAME, CITIZEN_UID, organisation="UBND"), key_of("office"), OFFICIAL_CA)
FALSE_OFFICE = issue(name("UBND xã Mô Phỏng", "MNS:1234567", organisation="UBND"), key_of("organisation"), CA)
