"""Through the national login as a person goes: chooser, password and captcha, OTP, last form; page by page in the browser."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from conformance.browser import Browser, Page
from conformance.control import Control
from conformance.failures import NotExercised
from conformance.forms import Control as Field
from conformance.forms import Form, Value, request_of
from conformance.people import Citizen, Inbox
from conformance.sites import origin_of

PAGES_LIMIT = 12
KEY = "sessionDataKey"
NOT_SIMULATED = "chưa được mô phỏng"
"""How the login marks a way in that it shows and does not offer."""


@dataclass
class Entrance:
    """One citizen's way in; `inbox` is opened before the password is sent, so that only this login's OTP is read."""

    browser: Browser
    citizen: Citizen
    control: Control
    inbox: Inbox

    def through(self, page: Page) -> Page:
        """From the first page of the login to the page at which the portal puts the browser."""
        for _ in range(PAGES_LIMIT):
            if origin_of(page.url) == self.browser.home:
                return page
            move = self._move(page)
            page = self.browser.submit(move.form, move.values, operation="login")
        raise NotExercised(f"the login did not end after {PAGES_LIMIT} pages; the last one says: {_words(page)}")

    def to_callback(self, page: Page) -> str:
        """The address with the code to which the login sends the browser; it is not visited."""
        for _ in range(PAGES_LIMIT):
            sent = self._fetched(self._move(page))
            if callback := self._homeward(sent):
                return callback
            target = sent.header("Location")
            page = self.browser.navigate(target, operation="login") if target else self._shown(sent)
        raise NotExercised(f"the login gave no callback after {PAGES_LIMIT} pages; the last one says: {_words(page)}")

    def at_once(self, page: Page) -> str:
        """The same for somebody whom the login has come to know meanwhile: it is asked once more what the portal asked.

        Empty where the portal wants everybody asked again (prompt, max_age).
        """
        asked = self.browser.asked_at(origin_of(page.url))
        return self._homeward(self.browser.fetch("GET", asked, operation="login")) if asked else ""

    def _homeward(self, sent: Page) -> str:
        target = sent.header("Location") or ""
        return target if target and origin_of(target) == self.browser.home else ""

    def _move(self, page: Page) -> "_Move":
        """What a person does on this page: fill what it asks, else choose, else go on."""
        forms = page.html.forms
        for form in forms:
            if boxes := _boxes(form):
                return _Move(form, _spread(boxes, self.inbox.otp()))
            if _named(form, "password"):
                return _Move(form, self._password(page, form))
        if usable := [form for form in forms if not _is_only_shown(form)]:
            return _Move(usable[-1], {})
        raise NotExercised(f"the login's page offers no way on ({page.status}): {_words(page)}")

    def _password(self, page: Page, form: Form) -> dict[str, Value]:
        self.inbox = self.inbox.from_now()
        values: dict[str, Value] = {"username": self.citizen.username, "password": self.citizen.password}
        if captcha := _named(form, "captcha"):
            key = form.values().get(KEY) or parse_qs(urlsplit(page.url).query).get(KEY, [""])[0]
            values[captcha.name] = self.control.get(f"/control/login/captcha/{key}")["answer"]
        return {name: value for name, value in values.items() if _named(form, name)}

    def _fetched(self, move: "_Move") -> Page:
        """The same step with the answer held in hand: a redirect to the portal is seen and not followed."""
        request = request_of(move.form, move.values, None)
        return self.browser.fetch(request.method, request.url, request.headers, request.body, operation="login")

    def _shown(self, page: Page) -> Page:
        self.browser.page = page
        return page


@dataclass(frozen=True)
class _Move:
    form: Form
    values: dict[str, Value]


def _named(form: Form, name: str) -> Field | None:
    found = [field for field in form.fields if name in {field.id, field.name} and field.kind != "hidden"]
    return found[0] if found else None


def _is_only_shown(form: Form) -> bool:
    return any(NOT_SIMULATED in button.text for button in form.buttons)


def _boxes(form: Form) -> list[Field]:
    """Where an OTP goes: six boxes, or one field."""
    return [
        field
        for field in form.fields
        if field.kind != "hidden" and (f"{field.id} {field.name}".lower().find("codebox") >= 0 or _is_otp(field))
    ]


def _is_otp(field: Field) -> bool:
    return field.name.lower() in {"otp", "otpcode", "code"}


def _spread(boxes: list[Field], otp: str) -> dict[str, Value]:
    if len(boxes) == 1:
        return {boxes[0].name: otp}
    if len({box.name for box in boxes}) == 1:
        return {boxes[0].name: list(otp)}
    return {box.name: digit for box, digit in zip(boxes, otp, strict=False)}


def _words(page: Page) -> str:
    return page.html.words[:300]
