"""A process of its own that sends hops through the load's transport, because importing locust patches the process."""

import json
import sys
from pathlib import Path

from locust.contrib.fasthttp import FastHttpSession
from locust.env import Environment

from conformance.transport import Request, Unreachable
from loadtests.tally import Tally
from loadtests.transport import LocustTransport, Places


def main() -> None:
    told = json.loads(sys.stdin.readline())
    events: list[dict[str, object]] = []
    environment = Environment()
    environment.events.request.add_listener(
        lambda name, request_type, exception, **_: events.append(
            {"name": name, "method": request_type, "failure": None if exception is None else str(exception)}
        )
    )
    session = FastHttpSession(
        base_url="http://nowhere.invalid",
        request_event=environment.events.request,
        user=None,
        network_timeout=told["patience"],
        connection_timeout=told["patience"],
    )
    tally = Tally(Path(told["tally"]))
    send = LocustTransport(session, tally, Places("/cb", "/ret"))
    send.begin("j1")
    replies: list[object] = []
    for operation, method, url, headers, body, expected in told["hops"]:
        request = Request(method, url, tuple((name, value) for name, value in headers), body.encode("latin-1"))
        try:
            with send.expecting(*expected):
                reply = send(operation, request)
        except Unreachable as error:
            replies.append({"unreachable": str(error)})
        else:
            told_body = reply.body.decode("latin-1")
            replies.append({"status": reply.status, "headers": reply.headers, "body": told_body, "url": reply.url})
    sys.stdout.write(json.dumps({"replies": replies, "events": events}) + "\n")


if __name__ == "__main__":
    main()
