"""The suite's TLS contexts, each made once: loading the system's roots costs 80 ms, and most traffic is plain http."""

import ssl
from functools import cache


@cache
def context(root: str = "") -> ssl.SSLContext:
    """Trusts what the system trusts and, where simulators speak TLS, their `root` (PEM)."""
    made = ssl.create_default_context()
    if root:
        made.load_verify_locations(cadata=root)
    return made
