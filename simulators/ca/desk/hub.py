"""The hub's desk: it hands a request to the CA that was named, waits for the phone, and verifies what the CA signed."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from simulators.ca.desk.callers import Caller
from simulators.ca.desk.effects import BROKEN
from simulators.ca.desk.requests import Desk
from simulators.ca.orders import Order
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State, event
from simulators.ca.spec import HubSpec
from simulators.kernel.clock import SECOND
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Key
from simulators.kernel.wire import from_base64
from simulators.world import World


class Hub:
    """One door over several desks."""

    def __init__(self, world: World, spec: HubSpec, desks: Mapping[str, Desk]) -> None:
        self.world = world
        self.spec = spec
        self._desks = desks

    def desk(self, ca_name: str) -> Desk:
        """The CA of that name, or Refused."""
        if (ca := self.spec.routes.get(ca_name)) and ca in self._desks:
            return self._desks[ca]
        why = f"ca_name {ca_name[:40]!r} is not connected to the hub: send one of {', '.join(self.spec.routes)}"
        raise Refused(Reason.CA_UNKNOWN, why)

    async def signed(self, desk: Desk, caller: Caller, order: Order) -> SigningRequest:
        """How it ended, after as long as the citizen took; what is approved is verified, or Refused."""
        opened = (await desk.open(caller, order)).request
        request = await desk.settled(opened, self.spec.patience / SECOND)
        told = event(request, "signing_polled", {"state": request.state.value, "hub": True})
        await self.world.store.note(told)
        if request.state is State.WAITING:
            raise Refused(Reason.CA_FAILED, f"the phone did not answer within {self.spec.patience} ms: the hub gave up")
        if request.state is not State.APPROVED:
            return request
        if request.injected in BROKEN:
            raise Refused(Reason.CA_FAILED, f"{desk.spec.name} did not answer the hub as it should (injected)")
        certificate = await self.world.store.get(Key(Certificate, request.serial))
        assert certificate is not None, "certificates are never removed"
        if not _verifies(request, certificate):
            raise Refused(Reason.NOT_VERIFIED, "what the CA signed does not verify under the chosen certificate")
        return request


def _verifies(request: SigningRequest, certificate: Certificate) -> bool:
    key = x509.load_der_x509_certificate(certificate.der_bytes).public_key()
    assert isinstance(key, rsa.RSAPublicKey), "the lab's certificates are RSA"
    for document in request.documents:
        value, digest = from_base64(document.signature), bytes.fromhex(document.digest)
        try:
            key.verify(value or b"", digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        except InvalidSignature:
            return False
    return True
