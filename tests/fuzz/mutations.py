"""Ways to spoil a rightful request: each takes a request and chance, and gives a hostile one; chance is seeded."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from tests.fuzz.wire import FORM, JSON, Ask

Mutation = Callable[[Ask, Random], Ask]

NUMBERS = (
    "0",
    "-1",
    "1.5",
    "99999999999999999999",
    "9" * 400,
    "1e999",
    "-0",
    "0x10",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "１２",
    "1_0",
    "+1",
)
TEXTS = (
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\r\nSet-Cookie: a=b",
        "\n",
        "\t",
        "'; DROP TABLE records;--",
        "<script>alert(1)</script>",
    ),
    *(
        "../../../../etc/passwd",
        "%00",
        "%2e%2e%2f",
        "${7*7}{{7*7}}",
        "ạ" * 300,
        "x" * 256,
        "x" * 70_000,
        "😀" * 40,
        "\u202e\ufeff",
    ),
    *(
        "null",
        "true",
        "[]",
        "{}",
        "\ud800",
        "é",
        "e\u0301",
        "İ",
        "ﬀ",
        "１２３",
        "http://",
        "http://[",
        "http://127.0.0.1:99999/",
    ),
    *(
        "javascript:alert(1)",
        "//",
        "http://127.0.0.1:9/\x7f",
        "2026-02-30",
        "20261345999999",
        "00000000000000",
        *NUMBERS,
    ),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**40, -(10**400), 1e308),
    *([], {}, [[]], [None], {"": None}, {"$file": "../../x"}, ["x"] * 3000, {str(n): n for n in range(500)}, *TEXTS),
)
MEDIA = (
    *(
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json",
        FORM,
        "",
        "é",
    ),
    *(
        "application/json; charset=utf-16",
        f"{FORM}; charset=\x80",
        "a/" + "b" * 3000,
        "application/octet-stream",
        ";;;",
    ),
)
METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"PROPFIND", b"LOCK")
HOSTS = (
    b"",
    b"evil.example",
    b"127.0.0.1:99999",
    b"[::1",
    b"a b",
    b"\xff",
    b"x" * 3000,
    b"localhost@evil",
    b"..",
    b"${jndi:x}",
)
CREDENTIALS = (
    *(
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer \xff\xfe",
        b"Basic",
        b"Basic ====",
        b"Basic Og==",
        b"Basic /w==",
        b"Basic gICAgA==",
    ),
    *(b"Digest username=a", b"Bearer " + b"x" * 9000, b"\x80", b"bearer a b c", b"Basic YTpiOmM=", b"Negotiate YII="),
)
COOKIES = (
    *(
        b"=",
        b";;;;",
        b"a",
        b"commonAuthId=\xff; opbs=\xfe",
        b"opbs=" + b"x" * 8000,
        b'opbs="a\\',
        b"=;=;=",
        b"a=b; a=c; a=d",
    ),
    *(
        b"sessionNonceCookie=; commonAuthId=; opbs=",
        b"opbs=%00; commonAuthId=%ff",
        b"; ".join(b"c%d=1" % n for n in range(300)),
    ),
)
RAW = (
    *(
        b"",
        b"\x00",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf{}",
        b"\xef\xbb\xbf",
        b"<xml/>",
        b"[]",
        b"null",
        b"12",
        b'"x"',
        b"{",
        b"{}{}",
        b"nul",
    ),
    *(
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e99999}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b'{"a": "\x01"}',
        b"\r\n\r\n",
    ),
    *(
        b"&&&&",
        b"=",
        b"a",
        b"a=%",
        b"a=%zz",
        b"%ff=%fe",
        b"a=1&a=2",
        b"&".join(b"p%d=1" % n for n in range(300)),
        b"a=" + b"x" * 200_000,
    ),
    *(
        b'{"a":' * 50_000,
        b"[" * 100_000,
        b'{"sign_files":' + b"[" * 30_000,
        b"[" * 400 + b"]" * 400,
        b"\x1f\x8b\x08\x00garbage",
        b"--x\r\n\r\n",
    ),
)


def other_method(ask: Ask, chance: Random) -> Ask:
    return replace(ask, method=chance.choice(METHODS))


def other_path(ask: Ask, chance: Random) -> Ask:
    """A piece of the path that says something else, or a path that is written otherwise."""
    path, mark, query = ask.target.partition(b"?")
    pieces = path.split(b"/")
    at = chance.randrange(min(1, len(pieces) - 1), len(pieces))
    odd = chance.choice(TEXTS).encode("utf-8", "surrogatepass")[:3000]
    ways = (
        quote(odd).encode(),
        b"%ff%fe",
        b"%00",
        b"%",
        b"%2F",
        b"..",
        b".",
        b"",
        pieces[at] + b"%20",
        pieces[at].upper(),
        pieces[at] + b";a=b",
    )
    pieces[at] = chance.choice(ways)
    return replace(ask, target=b"/".join(pieces) + mark + query)


def odd_query(ask: Ask, chance: Random) -> Ask:
    path, _, query = ask.target.partition(b"?")
    return replace(ask, target=path + b"?" + _spoilt_pairs(query, chance))


def odd_raw_query(ask: Ask, chance: Random) -> Ask:
    path, _, query = ask.target.partition(b"?")
    odd = chance.choice([raw for raw in RAW if len(raw) < 40_000])
    written = quote(odd, safe="&=%+").encode() if chance.random() < 0.7 else bytes(b for b in odd if 0x21 <= b <= 0x7E)
    return replace(ask, target=path + b"?" + chance.choice((written, query + b"&" + written)))


def odd_field(ask: Ask, chance: Random) -> Ask:
    """One field of a form or of JSON says something else, is gone, is said twice, or is one too many."""
    media = ask.header(b"content-type").decode("latin-1").partition(";")[0]
    if media == FORM:
        return replace(ask, body=_spoilt_pairs(ask.body, chance))
    if media == JSON and (told := _read(ask.body)) is not None:
        return replace(ask, body=_written(_spoilt(told, chance), chance))
    if ask.body:
        return cut_or_flipped(ask, chance)
    return odd_query(ask, chance)


def doubled_key(ask: Ask, chance: Random) -> Ask:
    """A JSON key or a parameter twice, the second otherwise."""
    told = _read(ask.body)
    if isinstance(told, dict) and told:
        name = chance.choice(sorted(told))
        second = json.dumps(chance.choice((told[name], *VALUES[:12])))
        return replace(ask, body=ask.body[:-1] + f", {json.dumps(name)}: {second}}}".encode())
    if ask.body:
        return replace(ask, body=ask.body + b"&" + ask.body)
    path, _, query = ask.target.partition(b"?")
    return replace(ask, target=path + b"?" + (query or b"a=1") + b"&" + (query or b"a=1"))


def nested(ask: Ask, chance: Random) -> Ask:
    """A field of JSON is a deep or a wide thing."""
    depth = chance.choice((20, 500, 5_000, 60_000))
    deep = b"[" * depth + b"]" * depth if chance.random() < 0.5 else b'{"a":' * depth + b"1" + b"}" * depth
    told = _read(ask.body)
    if isinstance(told, dict) and told:
        name = chance.choice([*sorted(told), "extra"])
        rest = {key: value for key, value in told.items() if key != name}
        return replace(ask, body=json.dumps({**rest, name: "@"}).encode().replace(b'"@"', deep, 1))
    return replace(ask, body=deep)


def other_body(ask: Ask, chance: Random) -> Ask:
    return replace(ask, body=chance.choice(RAW))


def cut_or_flipped(ask: Ask, chance: Random) -> Ask:
    """Bytes of the body changed, taken away or put in."""
    if not ask.body:
        return other_body(ask, chance)
    body = bytearray(ask.body)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(body) + 1)
        how = chance.randrange(3)
        if how == 0 and at < len(body):
            body[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            del body[at : at + chance.randrange(1, 2 + len(body))]
        else:
            body[at:at] = chance.randbytes(chance.randrange(1, 9))
    return replace(ask, body=bytes(body))


def with_mark(ask: Ask, _chance: Random) -> Ask:
    return replace(ask, body=b"\xef\xbb\xbf" + ask.body)


def other_encoding(ask: Ask, chance: Random) -> Ask:
    """The same text in UTF-16 or Latin-1, or packed, said or unsaid."""
    text = ask.body.decode("utf-8", "replace")
    ways = (
        text.encode("utf-16"),
        text.encode("utf-32-le"),
        text.encode("latin-1", "replace"),
        gzip.compress(ask.body, mtime=0),
    )
    packed = replace(ask, body=chance.choice(ways))
    said = chance.choice((b"", b"gzip", b"deflate", b"br", b"identity", b"gzip, gzip", b"\xff"))
    return packed.having(b"Content-Encoding", said) if said else packed


def other_media(ask: Ask, chance: Random) -> Ask:
    return ask.having(b"Content-Type", chance.choice(MEDIA).encode("latin-1"))


def no_credentials(ask: Ask, chance: Random) -> Ask:
    bare = ask.without(chance.choice((b"Authorization", b"Cookie", b"Content-Type")))
    return bare if bare != ask else odd_credentials(ask, chance)


def odd_credentials(ask: Ask, chance: Random) -> Ask:
    if chance.random() < 0.5:
        return ask.having(b"Authorization", chance.choice(CREDENTIALS))
    return ask.having(b"Cookie", chance.choice(COOKIES))


def odd_header(ask: Ask, chance: Random) -> Ask:
    odd = (
        (b"Host", chance.choice(HOSTS)),
        (b"X-Forwarded-For", b"1" * chance.randrange(1, 5000)),
        (b"X-Forwarded-Proto", b"javascript"),
        (b"Forwarded", b'for="_\xff";proto=https'),
        (b"Content-Language", b"\xe1\xba\xa1"),
        (b"Accept", b"application/" + b"a" * 8000),
        (b"Accept-Encoding", b"gzip;q=\xff"),
        (b"Range", b"bytes=0-0,-1,99999999999999999999-"),
        (b"If-Modified-Since", b"\x00" * 0 + b"yesterday"),
        (b"X-" + b"a" * 2000, b"b" * 2000),
        (b"Expect", b"100-continue"),
        (b"Upgrade", chance.choice((b"websocket", b"h2c", b"\xff"))),
        (b"X-HTTP-Method-Override", b"DELETE"),
        (b"Origin", b"null"),
        (b"Cookie", chance.choice(COOKIES)),
    )
    name, value = chance.choice(odd)
    if name == b"Upgrade":
        return replace(ask.having(name, value).having(b"Connection", b"Upgrade"), alone=True)
    return ask.having(name, value)


def many_headers(ask: Ask, chance: Random) -> Ask:
    more = tuple((b"X-%d" % number, b"y" * 50) for number in range(chance.choice((50, 200, 1000))))
    return replace(ask, headers=(*ask.headers, *more), alone=True)


def in_pieces(ask: Ask, _chance: Random) -> Ask:
    """The same body in chunks."""
    return replace(ask, framing="chunked")


def odd_framing(ask: Ask, chance: Random) -> Ask:
    """Where the body ends is told twice, or wrongly; what comes after it is nobody's request."""
    size = b"%d" % len(ask.body)
    ways: tuple[tuple[tuple[bytes, bytes], ...], ...] = (
        ((b"Content-Length", size), (b"Content-Length", size)),
        ((b"Content-Length", size), (b"Content-Length", b"0")),
        ((b"Content-Length", b"-1"),),
        ((b"Content-Length", b"+" + size),),
        ((b"Content-Length", b"1e3"),),
        ((b"Content-Length", b"9" * 30),),
        ((b"Content-Length", b"%d" % (len(ask.body) // 2)),),
        ((b"Content-Length", size), (b"Transfer-Encoding", b"chunked")),
        ((b"Transfer-Encoding", b"chunked"), (b"Transfer-Encoding", b"identity")),
        ((b"Transfer-Encoding", b"gzip"),),
    )
    headers = chance.choice(ways)
    body = ask.body
    if any(name == b"Transfer-Encoding" for name, _ in headers):
        body = chance.choice(
            (b"zz\r\nx\r\n0\r\n\r\n", b"-1\r\n\r\n", b"0\r\n\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n")
        )
    return replace(ask, headers=(*ask.headers, *headers), body=body, framing="as is", alone=True)


def odd_line(ask: Ask, chance: Random) -> Ask:
    """The request line itself."""
    ways = (
        replace(ask, target=ask.target.replace(b"/", b"\\")),
        replace(ask, target=b"http://evil.example" + ask.target),
        replace(ask, target=b"*"),
        replace(ask, target=ask.target + b" x"),
        replace(ask, target=ask.target + b"\xff\xc0\x80"),
        replace(ask, target=ask.target + b"?" + b"a" * 70_000),
        replace(ask, target=b"/" * 300 + ask.target),
        replace(ask, target=ask.target + b"#frag"),
        replace(ask, method=b"G" * 200),
        replace(ask, method=b""),
        replace(ask, method=b"get"),
        replace(ask, method=b"PRI"),
    )
    return replace(chance.choice(ways), alone=True)


MUTATIONS: tuple[tuple[Mutation, int], ...] = (
    (odd_field, 30),
    (odd_query, 10),
    (odd_raw_query, 6),
    (other_path, 10),
    (other_method, 5),
    (doubled_key, 5),
    (nested, 3),
    (other_body, 7),
    (cut_or_flipped, 7),
    (with_mark, 1),
    (other_encoding, 3),
    (other_media, 4),
    (no_credentials, 3),
    (odd_credentials, 5),
    (odd_header, 5),
    (many_headers, 1),
    (in_pieces, 1),
    (odd_framing, 2),
    (odd_line, 2),
)


def hostile(ask: Ask, chance: Random) -> tuple[str, Ask]:
    """A spoilt request and what was done to it; one in five is spoilt twice."""
    rows, weights = zip(*MUTATIONS, strict=True)
    chosen = chance.choices(rows, weights, k=2 if chance.random() < 0.2 else 1)
    # Where the body ends is said last: a request that promises more than it brings is waited for (test_bodies.py).
    chosen.sort(key=lambda mutation: mutation is odd_framing)
    spoilt = ask
    for mutation in chosen:
        spoilt = mutation(spoilt, chance)
    return " and ".join(mutation.__name__ for mutation in chosen), spoilt


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _written(told: Any, chance: Random) -> bytes:
    text = json.dumps(told, ensure_ascii=chance.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def _spoilt(told: Any, chance: Random) -> Any:
    """One leaf or branch of a JSON document changed."""
    if isinstance(told, dict) and told:
        name = chance.choice(sorted(told))
        if isinstance(told[name], dict | list) and chance.random() < 0.6:
            return {**told, name: _spoilt(told[name], chance)}
        rest = {key: value for key, value in told.items() if key != name}
        ways = (rest, {**told, name: chance.choice(VALUES)}, {**told, name: chance.choice(VALUES)})
        more = (
            {**told, chance.choice(("extra", "", "\x00", "__class__", "id")): chance.choice(VALUES)},
            {**rest, name.upper(): told[name]},
        )
        return chance.choice((*ways, *more, {**told, name: [told[name]]}))
    if isinstance(told, list) and told:
        at = chance.randrange(len(told))
        return (
            [*told[:at], _spoilt(told[at], chance), *told[at + 1 :]]
            if chance.random() < 0.7
            else told * chance.choice((2, 400))
        )
    return chance.choice(VALUES)


def _spoilt_pairs(written: bytes, chance: Random) -> bytes:
    """One pair of a form or query changed, gone, doubled or added; or its writing spoilt."""
    pairs = parse_qsl(written.decode("latin-1"), keep_blank_values=True, encoding="utf-8")
    if not pairs:
        return _form([(chance.choice(("a", "key", "wait", "")), _text(chance))])
    at = chance.randrange(len(pairs))
    name, value = pairs[at]
    how = chance.randrange(8)
    if how <= 3:
        pairs[at] = (name, _text(chance))
    elif how == 4:
        del pairs[at]
    elif how == 5:
        pairs.insert(at, (name, chance.choice((value, _text(chance)))))
    elif how == 6:
        pairs[at] = (chance.choice((name.upper(), name + "[]", name + "\x00", f" {name}", "")), value)
    else:
        odd = chance.choice((b"%ff", b"%", b"%zz", b"%ED%A0%80", b"%C0%80", b";", b"+%00", b"\xc3"))
        return written.replace(b"=", b"=" + odd, 1)
    return _form(pairs)


def _form(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs, errors="surrogatepass").encode()


def _text(chance: Random) -> str:
    odd = chance.choice(TEXTS)
    return odd if chance.random() < 0.8 else odd + chance.choice(TEXTS)[:200]
