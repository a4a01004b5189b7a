"""Which providers are believed to be themselves: those with a certificate of the settings sheet's root, for the host asked."""

import ssl
from collections.abc import Sequence


def of_these(roots: Sequence[bytes]) -> ssl.SSLContext:
    """Certificate and host name are verified, against these roots and none of the system's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for root in roots:
        context.load_verify_locations(cadata=root)
    return context


def of_anybody(_roots: Sequence[bytes]) -> ssl.SSLContext:
    """What “verify=False” stands for in real code; only flaws use it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
