"""The 34 ways in which a provider may deviate in one login: what is bent, where, and by which text it is wrong."""

from __future__ import annotations

from dataclasses import dataclass

ID_TOKEN, CALLBACK, ANSWER, USERINFO = "login.id_token", "login.callback", "login.token", "login.userinfo"
DISCOVERY = ""
"""No fault of one login: every client of a running login reads one discovery, so this is tried at a door of its own."""


@dataclass(frozen=True)
class Deviation:
    """`name` and `site` name the fault; `everybody` marks those that every client was seen to refuse."""

    name: str
    site: str
    vi: str
    en: str
    basis: str
    everybody: bool = False

    @property
    def id(self) -> str:
        return f"{self.site.removeprefix('login.') or 'discovery'}.{self.name}"


def _refused_by_all(site: str, *rows: tuple[str, str, str, str]) -> tuple[Deviation, ...]:
    return tuple(Deviation(name, site, vi, en, basis, everybody=True) for name, vi, en, basis in rows)


def _others(site: str, *rows: tuple[str, str, str, str]) -> tuple[Deviation, ...]:
    return tuple(Deviation(name, site, vi, en, basis) for name, vi, en, basis in rows)


DEVIATIONS = (
    *_refused_by_all(
        ID_TOKEN,
        ("wrong_iss", "iss của nhà cung cấp khác", "iss of another provider", "OIDC Core 3.1.3.7 (2)"),
        ("missing_iss", "không có iss", "no iss", "OIDC Core 2"),
        ("another_application", "aud và azp là ứng dụng khác", "aud and azp are another application", "OIDC Core 3.1.3.7 (3)"),
        ("missing_aud", "không có aud", "no aud", "OIDC Core 2"),
        ("aud_with_wrong_azp", "aud có thêm bên khác, azp là bên đó", "another in aud, and it is azp", "OIDC Core 3.1.3.7 (4, 5)"),
        ("missing_sub", "không có sub", "no sub", "OIDC Core 2"),
        ("numeric_sub", "sub là số, không phải chuỗi", "sub is a number, no string", "OIDC Core 2"),
        ("missing_iat", "không có iat", "no iat", "OIDC Core 2"),
        ("missing_exp", "không có exp", "no exp", "OIDC Core 2"),
        ("expired", "đã hết hạn hai giờ", "expired two hours ago", "OIDC Core 3.1.3.7 (9)"),
        ("alg_none", "alg là none, không chữ ký", "alg none, no signature", "OIDC Core 3.1.3.7 (7)"),
        (
            "hs256_public_key",
            "HS256 với khóa công khai làm bí mật",
            "HS256 with the public key as secret",
            "OIDC Core 3.1.3.7 (7), RFC 8725 3.1",
        ),
        ("wrong_nonce", "nonce khác", "another nonce", "OIDC Core 3.1.3.7 (11)"),
        ("missing_nonce", "không có nonce", "no nonce", "OIDC Core 3.1.3.7 (11)"),
    ),
    *_refused_by_all(
        CALLBACK,
        ("wrong_state", "state khác", "another state", "RFC 6749 4.1.2, 10.12"),
        ("missing_state", "không có state", "no state", "RFC 6749 4.1.2, 10.12"),
    ),
    *_refused_by_all(
        DISCOVERY,
        (
            "another_issuer",
            "tài liệu cấu hình nêu issuer khác với nơi đã hỏi",
            "the document names another issuer than the one it was asked of",
            "OIDC Discovery 4.3",
        ),
    ),
    *_others(
        ID_TOKEN,
        ("bad_signature", "chữ ký sai", "a signature that does not fit", "OIDC Core 3.1.3.7 (6)"),
        ("unknown_kid", "kid không có trong JWKS", "a kid that is not in the JWKS", "OIDC Core 10.1"),
        ("unknown_crit", "crit nêu phần mở rộng lạ", "crit names an unknown extension", "RFC 7515 4.1.11"),
        ("issued_in_future", "iat ở hai giờ sau", "iat is two hours ahead", "OIDC Core 3.1.3.7 (10)"),
        ("issued_long_ago", "cấp từ hôm trước, còn hạn", "issued a day ago, not expired", "OIDC Core 3.1.3.7 (10)"),
        ("not_yet_valid", "nbf ở hai giờ sau", "nbf is two hours ahead", "RFC 7519 4.1.5"),
        ("wrong_aud", "aud là ứng dụng khác, azp đúng", "aud is another application, azp is ours", "OIDC Core 3.1.3.7 (3)"),
        ("wrong_azp", "azp là ứng dụng khác, aud đúng", "azp is another application, aud is ours", "OIDC Core 3.1.3.7 (5)"),
        ("aud_with_others", "aud có thêm bên khác, không azp", "another in aud, no azp", "OIDC Core 3.1.3.7 (3)"),
        ("wrong_at_hash", "at_hash của access token khác", "at_hash of another access token", "OIDC Core 3.1.3.8"),
    ),
    *_others(
        CALLBACK,
        ("repeated_state", "state hai lần, lần sau sai", "state twice, the second one wrong", "RFC 6749 3.1"),
        ("wrong_iss", "iss của nhà cung cấp khác", "iss of another provider", "RFC 9207 2.4"),
        ("error_beside_code", "vừa code vừa error", "an error beside the code", "RFC 6749 4.1.2.1"),
    ),
    *_others(
        ANSWER,
        ("missing_id_token", "không có id_token", "no id_token", "OIDC Core 3.1.3.3"),
        ("wrong_token_type", "token_type là mac", "token_type is mac", "RFC 6749 7.1, OIDC Core 3.1.3.3"),
    ),
    *_others(
        USERINFO,
        ("another_subject", "sub của người khác", "sub of somebody else", "OIDC Core 5.3.2"),
        ("missing_sub", "không có sub", "no sub", "OIDC Core 5.3.2"),
    ),
)  # fmt: skip
