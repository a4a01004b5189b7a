"""What may stand in evidence: secrets are masked by their value wherever it appears, and by the name of their field."""

import re
from typing import Any
from urllib.parse import quote, unquote

MASK = "•••"
SHORTEST = 4

# Fields whose value is a secret whatever it is; `code` only in addresses and forms, where it is the login's.
NAMES = (
    "password|passwd|sp_password|new_password|secret|client_secret|hash_secret|otp|otpcode|pin|captcha|token|"
    "access_token|refresh_token|id_token|id_token_hint|code_verifier|answer|card_number|card_otp"
)
_IN_FORM = re.compile(rf"(?i)(?<![\w.])({NAMES}|code|codeBox\d)=([^&\s\"'<>]+)")
_IN_JSON = re.compile(rf'(?i)("(?:{NAMES})"\s*:\s*)"((?:[^"\\]|\\.)*)"')
_BEARER = re.compile(r"(?i)\b(Bearer|Basic)\s+[\w\-.~+/=]+")
_COOKIE = re.compile(r"([^=;,\s]+)=([^;]*)")
_COOKIE_WORDS = {"path", "domain", "expires", "max-age", "samesite", "priority"}


class Redactor:
    """Learns secrets as they come and never forgets them."""

    def __init__(self) -> None:
        self._known: dict[str, re.Pattern[str]] = {}

    def learn(self, *secrets: object) -> None:
        for secret in secrets:
            text = str(secret or "")
            for form in {text, unquote(text), quote(text, safe="")}:
                if len(form) >= SHORTEST and form not in self._known:
                    self._known[form] = re.compile(rf"(?<![0-9A-Za-z]){re.escape(form)}(?![0-9A-Za-z])")

    def learn_cookies(self, lines: tuple[str, ...]) -> None:
        """From Set-Cookie headers."""
        for line in lines:
            self.learn(line.partition(";")[0].partition("=")[2].strip())

    def text(self, text: str) -> str:
        for secret, pattern in tuple(self._known.items()):
            if secret in text:
                text = pattern.sub(MASK, text)
        text = _BEARER.sub(rf"\1 {MASK}", text)
        return _IN_JSON.sub(rf'\1"{MASK}"', _IN_FORM.sub(rf"\1={MASK}", text))

    def header(self, name: str, value: str) -> str:
        if name.lower() == "authorization":
            return MASK
        if name.lower() == "cookie":
            return _COOKIE.sub(rf"\1={MASK}", value)
        if name.lower() == "set-cookie":
            pair, semicolon, rest = value.partition(";")
            return f"{pair.partition('=')[0]}={MASK}{semicolon}{rest}"
        return self.text(value)

    def tree(self, told: Any, name: str = "") -> Any:
        """JSON, masked: by the field's name, and by value in every text."""
        if isinstance(told, dict):
            return {key: self.tree(value, str(key)) for key, value in told.items()}
        if isinstance(told, list | tuple):
            return [self.tree(value, name) for value in told]
        if isinstance(told, str):
            return MASK if told and re.fullmatch(rf"(?i)(?:{NAMES})", name) else self.text(told)
        return told
