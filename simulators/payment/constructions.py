"""How a checksum is made, as data: the right recipe, and the wrong ones that merchants are known to use instead."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote, quote_plus

from simulators.kernel.forms import form_encoded

Pairs = Sequence[tuple[str, str]]
_JS = "!'()*-._~"
"""What encodeURIComponent leaves as it is."""
UNSIGNED = ("vnp_SecureHash", "vnp_SecureHashType")
IN_DOCUMENT_ORDER = (
    *("vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_Amount", "vnp_BankCode", "vnp_CreateDate", "vnp_CurrCode"),
    *("vnp_IpAddr", "vnp_Locale", "vnp_OrderInfo", "vnp_OrderType", "vnp_ReturnUrl", "vnp_ExpireDate", "vnp_TxnRef"),
)
"""As the table of PAY 2.1.0 lists them: who signs in this order has not sorted."""


def _signed(pairs: Pairs) -> Pairs:
    return [(key, value) for key, value in pairs if value and key not in UNSIGNED]


def _form(key: str, value: str) -> str:
    return f"{form_encoded(key)}={form_encoded(value)}"


def _hmac(name: str, secret: bytes, text: bytes) -> str:
    return hmac.digest(secret, text, name).hex()


def _hmac_sha512(secret: bytes, text: bytes) -> str:
    return _hmac("sha512", secret, text)


def _plain(name: str, secret: bytes, text: bytes) -> str:
    return hashlib.new(name, secret + text, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Recipe:
    """Alter the fields, pick those that are signed, order them, write each, join them, hash with the secret."""

    alter: Callable[[Pairs], Pairs] = list
    pick: Callable[[Pairs], Pairs] = _signed
    order: Callable[[Pairs], Pairs] = sorted
    write: Callable[[str, str], str] = _form
    joint: str = "&"
    secret: Callable[[str], bytes] = str.encode
    digest: Callable[[bytes, bytes], str] = _hmac_sha512

    def pieces(self, pairs: Pairs) -> list[tuple[str, str]]:
        """Each signed field with what is written for it."""
        return [(key, self.write(key, value)) for key, value in self.order(self.pick(self.alter(pairs)))]

    def base(self, pairs: Pairs) -> str:
        return self.joint.join(piece for _, piece in self.pieces(pairs))


@dataclass(frozen=True)
class Deviation:
    """One thing that a wrong construction does otherwise than the right one; `part` is the recipe's field."""

    id: str
    part: str
    other: object
    vi: str
    en: str

    def on(self, recipe: Recipe) -> Recipe:
        return replace(recipe, **{self.part: self.other})  # type: ignore[arg-type]  # the table below holds the right types


PAY = Recipe()
"""PAY 2.1.0: non-empty fields, sorted by key, form-encoded, HMAC-SHA512."""


def barred(names: Sequence[str]) -> Recipe:
    """querydr and refund 2.1.0: the values of these fields as they stand, in this order, empty ones too."""

    def pick(pairs: Pairs) -> Pairs:
        fields = dict(pairs)
        return [(name, fields.get(name, "")) for name in names]

    return Recipe(pick=pick, order=list, write=lambda _key, value: value, joint="|")


def _lower_percent(key: str, value: str) -> str:
    parts = _form(key, value).split("%")
    return parts[0] + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts[1:])


def _documented(pairs: Pairs) -> Pairs:
    places = {name: place for place, name in enumerate(IN_DOCUMENT_ORDER)}
    return sorted(pairs, key=lambda pair: places.get(pair[0], len(places)))


def _times(pairs: Pairs, *, up: bool) -> Pairs:
    return [
        (key, (value + "00" if up else value[:-2]) if key == "vnp_Amount" and value.isdigit() else value)
        for key, value in pairs
    ]


def _each(change: Callable[[str], str]) -> Callable[[Pairs], Pairs]:
    return lambda pairs: [(key, change(value)) for key, value in pairs]


def _decoded(secret: str) -> bytes:
    """The secret taken for hexadecimal or base64; itself where it is neither."""
    for decode in (bytes.fromhex, partial(base64.b64decode, validate=True)):
        try:
            return decode(secret)
        except (ValueError, binascii.Error):
            continue
    return secret.encode()


def _with_hash_type(pairs: Pairs) -> Pairs:
    return [(key, value) for key, value in pairs if value and key != "vnp_SecureHash"]


def _with_empty(pairs: Pairs) -> Pairs:
    return [(key, value) for key, value in pairs if key not in UNSIGNED]


def _own_names_only(pairs: Pairs) -> Pairs:
    return [(key, value) for key, value in _signed(pairs) if key.startswith("vnp_")]


DEVIATIONS = (
    Deviation("raw_values", "write", "{}={}".format, "giá trị để nguyên, không mã hoá URL trước khi băm",
              "values hashed raw, not URL-encoded"),
    Deviation("percent_20", "write", lambda k, v: f"{quote(k, safe='')}={quote(v, safe='')}",
              "dấu cách mã hoá thành %20 thay vì +", "a space written as %20 instead of +"),
    Deviation("encode_uri_component", "write",
              lambda k, v: f"{quote(k, safe=_JS)}={quote(v, safe=_JS)}",
              "mã hoá bằng encodeURIComponent (dấu cách thành %20; giữ nguyên ! ' ( ) *)",
              "encoded by encodeURIComponent (%20 for a space; ! ' ( ) * kept)"),
    Deviation("raw_names", "write", lambda k, v: f"{k}={quote_plus(v)}", "tên tham số để nguyên, chỉ giá trị được mã hoá",
              "names hashed raw, only the values encoded"),
    Deviation("lower_percent", "write", _lower_percent, "%xx viết bằng chữ thường thay vì chữ hoa",
              "percent-encoding in lower-case hexadecimal"),
    Deviation("ascii_question_marks", "write", lambda k, v: _form(k, v.encode("ascii", "replace").decode()),
              "mã hoá US-ASCII (Java): chữ có dấu thành ?", "encoded as US-ASCII (Java): accented letters became ?"),
    Deviation("latin_1", "write",
              lambda k, v: f"{quote_plus(k)}={quote_plus(v, encoding='latin-1', errors='replace')}",
              "mã hoá ISO-8859-1 thay vì UTF-8", "encoded as ISO-8859-1 instead of UTF-8"),
    Deviation("encoded_twice", "write", lambda k, v: f"{quote_plus(k)}={quote_plus(quote_plus(v))}",
              "giá trị bị mã hoá URL hai lần", "values URL-encoded twice"),
    Deviation("values_only", "write", lambda _k, v: quote_plus(v), "chỉ băm giá trị, thiếu tên tham số",
              "only the values hashed, without their names"),
    Deviation("html_escaped", "joint", "&amp;", "dấu & bị đổi thành &amp; (HTML) trước khi băm",
              "the & became &amp; (HTML) before hashing"),
    Deviation("no_joint", "joint", "", "các cặp nối liền nhau, thiếu dấu &", "pairs joined without &"),
    Deviation("as_received", "order", list, "không sắp xếp tham số theo tên", "parameters not sorted by name"),
    Deviation("document_order", "order", _documented, "tham số theo thứ tự trong tài liệu, không sắp xếp theo tên",
              "parameters in the document's order, not sorted by name"),
    Deviation("case_blind_order", "order", lambda pairs: sorted(pairs, key=lambda pair: pair[0].lower()),
              "sắp xếp không phân biệt hoa thường", "sorted without regard to case"),
    Deviation("hash_type_included", "pick", _with_hash_type, "vnp_SecureHashType bị đưa vào chuỗi băm",
              "vnp_SecureHashType included in the hash"),
    Deviation("own_hash_included", "pick", lambda pairs: [*_signed(pairs), ("vnp_SecureHash", "")],
              "vnp_SecureHash (rỗng) bị đưa vào chuỗi băm", "an empty vnp_SecureHash included in the hash"),
    Deviation("empty_included", "pick", _with_empty, "tham số rỗng bị đưa vào chuỗi băm",
              "empty parameters included in the hash"),
    Deviation("foreign_left_out", "pick", _own_names_only, "tham số không bắt đầu bằng vnp_ không được băm",
              "parameters that do not begin with vnp_ left out of the hash"),
    Deviation("amount_too_small", "alter", partial(_times, up=False),
              "chuỗi băm dùng vnp_Amount chưa nhân 100", "hashed with vnp_Amount before it was multiplied by 100"),
    Deviation("amount_too_large", "alter", partial(_times, up=True),
              "chuỗi băm dùng vnp_Amount nhân 100, nhưng URL gửi số chưa nhân",
              "hashed with vnp_Amount times 100, sent without"),
    Deviation("trimmed", "alter", _each(str.strip), "giá trị bị cắt khoảng trắng hai đầu trước khi băm",
              "values trimmed before hashing"),
    Deviation("decomposed", "alter", _each(partial(unicodedata.normalize, "NFD")),
              "chữ có dấu ở dạng Unicode tổ hợp (NFD) khi băm", "accents decomposed (NFD) when hashed"),
    Deviation("composed", "alter", _each(partial(unicodedata.normalize, "NFC")),
              "chữ có dấu ở dạng Unicode dựng sẵn (NFC) khi băm, gửi dạng khác",
              "accents composed (NFC) when hashed, sent otherwise"),
    Deviation("hmac_sha256", "digest", partial(_hmac, "sha256"), "HMAC-SHA256 thay vì HMAC-SHA512",
              "HMAC-SHA256 instead of HMAC-SHA512"),
    Deviation("hmac_sha1", "digest", partial(_hmac, "sha1"), "HMAC-SHA1 thay vì HMAC-SHA512",
              "HMAC-SHA1 instead of HMAC-SHA512"),
    Deviation("hmac_md5", "digest", partial(_hmac, "md5"), "HMAC-MD5 thay vì HMAC-SHA512",
              "HMAC-MD5 instead of HMAC-SHA512"),
    Deviation("plain_md5", "digest", partial(_plain, "md5"), "MD5(khoá bí mật + chuỗi) của bản 2.0.0",
              "MD5(secret + string), as in 2.0.0"),
    Deviation("plain_sha256", "digest", partial(_plain, "sha256"), "SHA-256(khoá bí mật + chuỗi) của bản 2.0.1",
              "SHA-256(secret + string), as in 2.0.1"),
    Deviation("plain_sha512", "digest", partial(_plain, "sha512"), "SHA-512(khoá bí mật + chuỗi), không phải HMAC",
              "SHA-512(secret + string), not an HMAC"),
    Deviation("secret_behind", "digest", lambda secret, text: _plain("sha512", text, secret),
              "SHA-512(chuỗi + khoá bí mật), không phải HMAC", "SHA-512(string + secret), not an HMAC"),
    Deviation("without_secret", "digest", lambda _secret, text: _plain("sha512", b"", text),
              "SHA-512 của chuỗi, không có khoá bí mật", "SHA-512 of the string without any secret"),
    Deviation("base64", "digest", lambda secret, text: base64.b64encode(hmac.digest(secret, text, "sha512")).decode(),
              "kết quả viết bằng base64 thay vì hexa", "written as base64 instead of hexadecimal"),
    Deviation("secret_with_newline", "secret", lambda secret: f"{secret}\n".encode(),
              "khoá bí mật dính ký tự xuống dòng ở cuối", "the secret has a newline at its end"),
    Deviation("secret_with_crlf", "secret", lambda secret: f"{secret}\r\n".encode(),
              "khoá bí mật dính CRLF ở cuối", "the secret has CRLF at its end"),
    Deviation("secret_with_blank", "secret", lambda secret: f"{secret} ".encode(),
              "khoá bí mật dính dấu cách ở cuối", "the secret has a blank at its end"),
    Deviation("secret_after_blank", "secret", lambda secret: f" {secret}".encode(),
              "khoá bí mật dính dấu cách ở đầu", "the secret has a blank before it"),
    Deviation("secret_in_quotes", "secret", lambda secret: f'"{secret}"'.encode(),
              "khoá bí mật còn dấu ngoặc kép của tệp cấu hình", "the secret still has the quotes of its settings file"),
    Deviation("secret_empty", "secret", lambda _secret: b"", "khoá bí mật rỗng (chưa nạp cấu hình)",
              "the secret is empty (settings not loaded)"),
    Deviation("secret_upper", "secret", lambda secret: secret.upper().encode(), "khoá bí mật bị đổi thành chữ hoa",
              "the secret turned to upper case"),
    Deviation("secret_lower", "secret", lambda secret: secret.lower().encode(), "khoá bí mật bị đổi thành chữ thường",
              "the secret turned to lower case"),
    Deviation("secret_decoded", "secret", _decoded, "khoá bí mật bị giải mã hexa hoặc base64 trước khi dùng",
              "the secret decoded from hexadecimal or base64 before use"),
)  # fmt: skip
