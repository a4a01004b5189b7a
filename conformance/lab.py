"""The control side in a check's words: people and their phones, faults about somebody, waiting for what the journal says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.adapter import Dossiers, Login, Payments, Person, Portal, Signings, Started, Treasury
from conformance.browser import Browser, Page
from conformance.checkout import Checkout
from conformance.control import LONGEST_WAIT, Control, Question
from conformance.entrance import Entrance
from conformance.failures import Missed, NotExercised, Words
from conformance.journal import SEATED, Row, known
from conformance.noting import Note, NotedDossiers, unnoted
from conformance.people import Citizen, Inbox, Phone, read
from conformance.records import Capabilities
from conformance.tokens import TokenDesk, UsbToken
from conformance.transport import Send

UNANSWERED = 1000
"""More queries than a portal sends about one payment while a check runs."""


def unlearned(*_secrets: object) -> None:
    """Nobody keeps evidence here."""


@dataclass(frozen=True)
class Visitor:
    """A citizen at a browser of their own, with the portal's parts on that browser's cookies."""

    citizen: Citizen
    browser: Browser
    login: Login
    dossiers: Dossiers
    signing: Signings | None
    payments: Payments | None
    treasury: Treasury | None = None

    @classmethod
    def seated(cls, citizen: Citizen, person: Person, note: Note) -> "Visitor":
        dossiers = NotedDossiers(person.dossiers, note, citizen.techid)
        treasury = getattr(person, "treasury", None)  # an adapter of before has no such part
        return cls(citizen, person.browser, person.login, dossiers, person.signing, person.payments, treasury)


@dataclass(frozen=True)
class CertificateState:
    """One certificate at its CA, changed from now on; serial in hexadecimal."""

    control: Control
    serial: str

    def suspend(self) -> None:
        self._change("suspend")

    def unsuspend(self) -> None:
        self._change("unsuspend")

    def revoke(self) -> None:
        self._change("revoke")

    def _change(self, change: str) -> None:
        self.control.post(f"/control/certificates/{self.serial}/{change}")


@dataclass(frozen=True)
class Lab:
    """One contract's lab: `control` is asked directly, the portal through browsers over `send`.

    `note` and `learn` are evidence's: facts for the laws, and secrets that it must mask.
    """

    control: Control
    portal: Portal
    send: Send
    capabilities: Capabilities
    note: Note = unnoted
    learn: Callable[..., None] = unlearned

    def citizen(self, **overrides: Any) -> Citizen:
        """A new person, the same in login, CAs, bank and inbox; any field may be given."""
        return self.citizens(1, **overrides)[0]

    def citizens(self, count: int, **overrides: Any) -> tuple[Citizen, ...]:
        told = self.control.post("/control/citizens", {"count": count, **overrides})
        made = tuple(read(list[Citizen], told["citizens"]))
        for citizen in made:
            self.learn(*citizen.secrets)
        return made

    def visitor(self, citizen: Citizen | None = None, browser: Browser | None = None) -> Visitor:
        """Somebody at a fresh browser, not logged in."""
        who = citizen or self.citizen()
        self.note(SEATED, who.techid, who.id, {})
        seat = browser or Browser(self.send, home=self.portal.origin)
        return Visitor.seated(who, self.portal.person(seat), self.note)

    def log_in(self, who: Citizen | Visitor | None = None) -> Visitor:
        """Signed in at the portal, by somebody whom the national login knows already from an earlier visit.

        A portal that wants them asked again (prompt, max_age) has its way: then they go through the login's pages.
        """
        visitor = who if isinstance(who, Visitor) else self.visitor(who)
        self._sign_on(visitor)
        return self._entered(visitor)

    def log_in_anew(self, citizen: Citizen | None = None) -> Visitor:
        """Signed in at the portal through every page of the national login."""
        return self._entered(self.visitor(citizen))

    def _entered(self, visitor: Visitor) -> Visitor:
        """Until the portal says who is signed in."""
        page = self._entrance(visitor).through(visitor.login.begin())
        if not visitor.login.session().signed_in:
            raise NotExercised(f"the login left no session; the portal shows ({page.status}): {page.html.words[:300]}")
        return visitor

    def try_to_log_in(self, visitor: Visitor, *, target: str | None = None) -> Page:
        """One attempt, wherever it ends: the page at which the portal puts the browser."""
        return self.answer(visitor, self.callback_of(visitor, target=target))

    def answer(self, visitor: Visitor, callback: str) -> Page:
        """Bring the login's answer to the portal.

        The login has forgotten this browser meanwhile: a portal that begins anew when it turns an answer away gets no
        second, good one behind the check's back.
        """
        visitor.browser.keep_own_cookies()
        return visitor.browser.get(callback, operation="callback")

    def through(self, visitor: Visitor, page: Page) -> Page:
        """From a page of the login at which the browser is already to the page at which the portal puts it."""
        return self._entrance(visitor).through(page)

    def callback_of(self, visitor: Visitor, *, target: str | None = None) -> str:
        """The address with code and state to which the login sends this browser; nobody has visited it yet."""
        return self.answered(visitor, visitor.login.begin(target))

    def answered(self, visitor: Visitor, page: Page) -> str:
        """The same from the first page of the login, to somebody whom it comes to know meanwhile (in another tab)."""
        self._sign_on(visitor)
        entrance = self._entrance(visitor)
        return entrance.at_once(page) or entrance.to_callback(page)

    def browser_of(self, home: str) -> Browser:
        """A fresh browser whose home is another than the portal's."""
        return Browser(self.send, home=home)

    def tokens_of(self, issued: Row) -> tuple[str, ...]:
        """The access and refresh tokens that the portal got for this code."""
        tokens = tuple(self.control.get(f"/control/login/tokens/{issued.ref}")["tokens"])
        self.learn(*tokens)
        return tokens

    def phone(self, citizen: Citizen) -> Phone:
        return Phone(self.control, citizen)

    def inbox(self, citizen: Citizen) -> Inbox:
        """What comes from now on."""
        return self._unopened(citizen).from_now()

    def token(self, citizen: Citizen) -> UsbToken:
        """One more USB token in this citizen's computer."""
        desk = TokenDesk(self.control, self.send, self.note, self.portal.origin)
        token = UsbToken.given(desk, citizen)
        self.learn(token.pin)
        return token

    def certificate(self, serial: str) -> CertificateState:
        return CertificateState(self.control, serial)

    def checkout(self, started: Started, payer: Citizen | None = None) -> Checkout:
        """The browser goes to the gateway, where the payer has a card."""
        page = started.browser.get(started.payment.url, operation="checkout")
        return Checkout(started.payment, payer or self.citizen(), started.browser, page)

    def order(self, started: Started, payer: Citizen | None = None) -> Checkout:
        """The same, and the gateway answers no query about it: only a notice can tell the portal that money came."""
        self.fault("vnpay.query", "server_error", about=started.ref, times=UNANSWERED)
        return self.checkout(started, payer)

    def answer_queries(self, order: Checkout) -> None:
        """From now on the gateway answers: a portal may confirm a notice by a query before it books."""
        self.fault("vnpay.query", "server_error", about=order.ref, times=0)

    def tell_again(self, order: Checkout) -> None:
        """The order's put-off notice comes now, and queries about it are answered."""
        self.answer_queries(order)
        self.deliver_now(order.ref)
        self.wait_for("delivered", order.ref, count=2)

    def fault(
        self, site: str, effect: str, *, about: str, times: int = 1, args: Mapping[str, Any] | None = None
    ) -> None:
        """Plan a fault about somebody: a citizen's id, a transaction or order, the contract."""
        order = {"site": site, "effect": effect, "about": about, "times": times, "args": dict(args or {})}
        self.control.post("/control/faults", {**order, "contract": self.control.contract})

    def expire(self, ref: str) -> None:
        """End one thing now: a signing request, a login attempt, an OTP, a payment."""
        self.control.post("/control/expire", {"ref": ref, "contract": self.control.contract})

    def deliver_now(self, ref: str) -> None:
        """Make the put-off deliveries of one reference due now."""
        self.control.post("/control/deliver-now", {"ref": ref, "contract": self.control.contract})

    def rows(self, word: str, ref: str = "", *, subject: str = "", source: str = "") -> list[Row]:
        """What the journal holds of this word now."""
        return self.control.rows(Question(known(word), ref, subject, source))

    def wait_for(self, word: str, ref: str = "", *, subject: str = "", source: str = "", count: int = 1) -> list[Row]:
        """The rows, as soon as there are `count`; fewer within 20 seconds fail the check in one sentence."""
        question = Question(known(word), ref, subject, source)
        rows = self.control.rows(question, count=count, wait=LONGEST_WAIT)
        if len(rows) < count:
            about = " ".join(part for part in (ref, subject) if part)
            raise Missed(
                Words(f"{count} lần “{word}” {about}".strip(), f"{count} × {word} {about}".strip()),
                Words(
                    f"{len(rows)} lần trong {LONGEST_WAIT:.0f} giây",
                    f"{len(rows)} within {LONGEST_WAIT:.0f} seconds",
                ),
            )
        return rows

    def never(self, word: str, ref: str = "", *, subject: str = "", source: str = "") -> None:
        """The journal holds none; ask after something that proves that it would be there by now."""
        if rows := self.rows(word, ref, subject=subject, source=source):
            raise Missed(
                Words(f"không có “{word}” {ref or subject}", f"no {word} {ref or subject}"),
                Words(f"{len(rows)} lần, lần đầu lúc {rows[0].at}", f"{len(rows)}, the first at {rows[0].at}"),
            )

    def _sign_on(self, visitor: Visitor) -> None:
        told = self.control.post(
            "/control/login/sessions", {"citizen": visitor.citizen.id, "contract": self.control.contract}
        )
        visitor.browser.take(told["set_cookie"], told["url"])

    def _entrance(self, visitor: Visitor) -> Entrance:
        return Entrance(visitor.browser, visitor.citizen, self.control, self._unopened(visitor.citizen))

    def _unopened(self, citizen: Citizen) -> Inbox:
        return Inbox(self.control, citizen, patience=self.capabilities.notice_patience_seconds)
