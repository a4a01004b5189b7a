"""certomancer-csc-dummy: a signature by the CSC protocol, authorised and made, nothing stored and no phone."""

from __future__ import annotations

import base64
import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from benchmarks.client import Connection
from benchmarks.flows import Flow
from benchmarks.peers.install import CSC, HERE
from benchmarks.servers import free_port, reached, running

BLOCK = 6
CREDENTIAL = "bench/signer"


@asynccontextmanager
async def certomancer_csc() -> AsyncIterator[Flow]:
    port = free_port()
    with TemporaryDirectory() as folder:
        shutil.copy(HERE / "certomancer.yml", folder)
        public = [_key(Path(folder) / f"{name}.pem").public_key() for name in ("root", "signer")][1]
        with running([str(CSC), str(Path(folder) / "certomancer.yml"), str(port), "2"], cwd=Path(folder)) as process:
            url = f"http://localhost:{port}"
            await reached(url, process)
            lanes = [await Connection.to(url) for _ in range(2)]

            async def verify(done: Sequence[tuple[bytes, bytes]]) -> None:
                for digest, value in done:
                    public.verify(value, digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))

            does = "credentials/authorize, signatures/signHash; nothing is stored, nobody is asked"
            try:
                yield Flow(
                    "certomancer-csc-dummy", does, (process.pid,), lanes, _one, BLOCK, signatures=1, check=verify
                )
            finally:
                for lane in lanes:
                    lane.close()


async def _one(lane: Connection, _number: int) -> tuple[bytes, bytes]:
    digest = secrets.token_bytes(32)
    told = [base64.b64encode(digest).decode()]
    asked = {"credentialID": CREDENTIAL, "numSignatures": 1, "hash": told}
    sad = (await lane.post("/csc/v1/credentials/authorize", asked)).demand(200).json()["SAD"]
    order = {"credentialID": CREDENTIAL, "SAD": sad, "hash": told, "signAlgo": "1.2.840.113549.1.1.11"}
    (value,) = (await lane.post("/csc/v1/signatures/signHash", order)).demand(200).json()["signatures"]
    return digest, base64.b64decode(value)


def _key(path: Path) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()))
    return key
