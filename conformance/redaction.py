"""What may stand in evidence: secrets are masked by their value wherever it appears, and by the name of their field."""

import re
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

MASK = "•••"
SHORTEST = 4

# Fields whose value is a secret whatever it is; `code` only in addresses and forms, where it is the login's.
NAMES = (
    "password|passwd|sp_password|new_password|secret|client_secret|hash_secret|otp|otpcode|pin|captcha|token|"
    "access_token|refresh_token|id_token|id_token_hint|code_verifier|answer|card_number|card_otp"
)
_SECRET = re.compile(rf"(?i)(?:{NAMES})")
_SECRET_IN_FORM = re.compile(rf"(?i)(?:{NAMES}|code|codeBox\d)")
_IN_FORM = re.compile(r"(?<![\w.])(\w+)=([^&\s\"'<>]+)")
_IN_JSON = re.compile(r'("(\w+)"\s*:\s*)"((?:[^"\\]|\\.)*)"')
_BEARER = re.compile(r"(?i)\b(Bearer|Basic)\s+[\w\-.~+/=]+")
_RUN = re.compile(r"[0-9A-Za-z]+")
_COOKIE = re.compile(r"([^=;,\s]+)=([^;]*)")
_COOKIE_WORDS = {"path", "domain", "expires", "max-age", "samesite", "priority"}


class Redactor:
    """Learns secrets as they come and never forgets them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._by_run: dict[str, list[str]] = {}

    def learn(self, *secrets: object) -> None:
        for secret in secrets:
            text = str(secret or "")
            for form in {text, unquote(text), quote(text, safe="")}:
                if len(form) >= SHORTEST and form not in self._known:
                    self._known.add(form)
                    self._by_run.setdefault(_first_run(form), []).append(form)

    def learn_cookies(self, lines: tuple[str, ...]) -> None:
        """From Set-Cookie headers."""
        for line in lines:
            self.learn(line.partition(";")[0].partition("=")[2].strip())

    def text(self, text: str) -> str:
        for secret in self._candidates(text):
            text = _alone(secret).sub(MASK, text)
        if " " in text and ("bearer" in (folded := text.lower()) or "basic" in folded):
            text = _BEARER.sub(rf"\1 {MASK}", text)
        if "=" in text:
            text = _IN_FORM.sub(_field_of_form, text)
        return _IN_JSON.sub(_field_of_json, text) if '"' in text else text

    def _candidates(self, text: str) -> list[str]:
        """Known secrets of which the first run of letters and digits stands in the text, the longest first.

        A secret is masked where no letter or digit touches it, so its first run is a whole run of the text: a look-up
        for each run, where trying thousands of secrets took a quarter of a check's time.
        """
        runs = {*_RUN.findall(text), ""}
        found = [secret for run in runs & self._by_run.keys() for secret in self._by_run[run] if secret in text]
        return sorted(found, key=len, reverse=True)

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
            return MASK if told and _SECRET.fullmatch(name) else self.text(told)
        return told


def _field_of_form(found: re.Match[str]) -> str:
    """A value may itself hold fields: `next=/callback?code=…`."""
    if _SECRET_IN_FORM.fullmatch(found[1]):
        return f"{found[1]}={MASK}"
    return f"{found[1]}={_IN_FORM.sub(_field_of_form, found[2])}" if "=" in found[2] else found[0]


def _field_of_json(found: re.Match[str]) -> str:
    return f'{found[1]}"{MASK}"' if _SECRET.fullmatch(found[2]) else found[0]


@cache
def _alone(secret: str) -> re.Pattern[str]:
    """Made when the secret is met: most never are."""
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])")


def _first_run(secret: str) -> str:
    """ "" for a secret without letters and digits."""
    run = _RUN.search(secret)
    return run.group() if run else ""
