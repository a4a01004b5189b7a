"""The lab's own status services: one door for every CA of the world.

In the field each CA has its own host; here the certificates name /pki of this server.
OCSP answers are signed by the CA itself, not by a delegate; a request may ask about one certificate.
"""

from __future__ import annotations

from simulators.trust.spec import TrustSpec

PROVIDER = TrustSpec()
