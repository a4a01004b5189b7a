"""The suite's TLS context, made once: loading the system's roots costs 80 ms, and most traffic is plain http."""

import ssl
from functools import cache


@cache
def context() -> ssl.SSLContext:
    return ssl.create_default_context()
