"""One hop of the suite's browser or control client over httpx, which `simulators.inprocess` answers without a socket."""

import httpx

from conformance.transport import Reply, Request


def over_httpx(operation: str, request: Request) -> Reply:
    del operation
    reply = httpx.request(
        request.method, request.url, headers=list(request.headers), content=request.body or None, trust_env=False
    )
    return Reply(reply.status_code, tuple(reply.headers.multi_items()), reply.content, request.url)
