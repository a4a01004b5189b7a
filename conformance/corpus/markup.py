"""Signed XML made by hand: every part is written in canonical form, so that its bytes are what is hashed."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.corpus.authorities import CA, CITIZEN, CITIZEN_ID, CITIZEN_NAME, Held

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
DIGESTS = {
    "sha1": f"{DS}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_HASHES = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "sha512": hashes.SHA512()}  # noqa: S303 -- planted

Signs = Callable[[Held, bytes, bytes], bytes]
"""(signer, SignedInfo, content) -> the value"""


@dataclass(frozen=True)
class Recipe:
    """A right signature of the citizen over the declaration's content, and what is wrong with it."""

    signer: Held = CITIZEN
    named: Held | None = None
    chain: Sequence[Held] = (CA,)
    uri: str = "#SigningData"
    transforms: Sequence[str] = (C14N,)
    canonical: str = C14N
    digest: str = "sha256"
    hashed: str = "sha256"
    method: str = ""
    sign: Signs | None = None
    key_info: str = "certificates"
    claimed: datetime | None = None


def declaration(name: str = CITIZEN_NAME, fee: str = "50000") -> str:
    """The content that is signed; an id that Vietnamese libraries use (VNPT's XmlHashSigner, specs/signatures.md 4)."""
    return (
        f'<NoiDung Id="SigningData"><HoTen>{name}</HoTen><SoDinhDanh>{CITIZEN_ID}</SoDinhDanh>'
        f"<LePhi>{fee}</LePhi></NoiDung>"
    )


def document(content: str, *signatures: str) -> bytes:
    return f"<ToKhai>{content}<CKyDTu>{''.join(signatures)}</CKyDTu></ToKhai>".encode()


def signed(recipe: Recipe = Recipe(), content: str | None = None) -> bytes:
    """The declaration with one signature."""
    content = content or declaration()
    covered = document(content) if recipe.uri == "" else content.encode()
    return document(content, signature(recipe, covered))


def signature(recipe: Recipe, covered: bytes) -> str:
    """The element over these bytes, which must be canonical."""
    transforms = "".join(f'<Transform Algorithm="{one}"></Transform>' for one in recipe.transforms)
    digest = base64.b64encode(hashlib.new(recipe.digest, covered).digest()).decode()
    method = recipe.method or MORE + ("ecdsa" if isinstance(recipe.signer.key, ec.EllipticCurvePrivateKey) else "rsa")
    method = f"{DS}rsa" if recipe.hashed == "sha1" else method
    method = method if "-" in method.rpartition("#")[2] else f"{method}-{recipe.hashed}"
    info = (
        f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{recipe.canonical}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{method}"></SignatureMethod><Reference URI="{recipe.uri}">'
        f'<Transforms>{transforms}</Transforms><DigestMethod Algorithm="{DIGESTS[recipe.digest]}"></DigestMethod>'
        f"<DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
    )
    value = (recipe.sign or over_info(recipe.hashed))(recipe.signer, info.encode(), covered)
    claimed = f"<SigningTime>{recipe.claimed.isoformat()}</SigningTime>" if recipe.claimed else ""
    thing = f'<Object><Times xmlns="">{claimed}</Times></Object>' if claimed else ""
    written = info.replace(f' xmlns="{DS}"', "", 1)
    told = f"<SignatureValue>{base64.b64encode(value).decode()}</SignatureValue>"
    return f'<Signature xmlns="{DS}">{written}{told}<KeyInfo>{_key_info(recipe)}</KeyInfo>{thing}</Signature>'


def over_info(hashed: str, *, pss: bool = False) -> Signs:
    """As XMLDSig says: over canonical SignedInfo; ECDSA as two numbers side by side."""
    algorithm = _HASHES[hashed]

    def sign(held: Held, info: bytes, covered: bytes) -> bytes:
        del covered
        if isinstance(held.key, rsa.RSAPrivateKey):
            scheme = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size) if pss else padding.PKCS1v15()
            return held.key.sign(info, scheme, algorithm)
        assert isinstance(held.key, ec.EllipticCurvePrivateKey)
        one, other = utils.decode_dss_signature(held.key.sign(info, ec.ECDSA(algorithm)))
        size = (held.key.curve.key_size + 7) // 8
        return one.to_bytes(size) + other.to_bytes(size)

    return sign


def over_digest(digest_of: Callable[[bytes, bytes], bytes]) -> Signs:
    """A provider signs whatever digest it is sent."""

    def sign(held: Held, info: bytes, covered: bytes) -> bytes:
        assert isinstance(held.key, rsa.RSAPrivateKey)
        return held.key.sign(digest_of(info, covered), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))

    return sign


def key_value(held: Held) -> str:
    numbers = held.key.public_key()
    assert isinstance(numbers, rsa.RSAPublicKey)
    public = numbers.public_numbers()
    parts = {"Modulus": public.n.to_bytes(256), "Exponent": public.e.to_bytes(3)}
    inside = "".join(f"<{name}>{base64.b64encode(value).decode()}</{name}>" for name, value in parts.items())
    return f"<KeyValue><RSAKeyValue>{inside}</RSAKeyValue></KeyValue>"


def public_der(held: Held) -> bytes:
    return held.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_info(recipe: Recipe) -> str:
    if recipe.key_info == "key value":
        return key_value(recipe.signer)
    shown = (recipe.named or recipe.signer, *recipe.chain)
    listed = "".join(f"<X509Certificate>{base64.b64encode(one.der).decode()}</X509Certificate>" for one in shown)
    beside = recipe.key_info if recipe.key_info.startswith("<") else ""
    return f"{beside}<X509Data>{listed}</X509Data>"
