"""The exchange's `sig` keys as a Python partner knows them, renewed when a message is signed by one that is not among them.

The pinning stays: a set is taken only when each key in it has a certificate of the municipality that leads to a root in exchange-roots.pem.
"""

from __future__ import annotations

import base64
import json
import os
import pathlib
import threading
import time
from collections.abc import Callable

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError
from joserfc.errors import JoseError

import sealing

PAUSE = 60  # seconds: whoever sends nonsense shall not make us ask all day


class KeysNotTold(Exception):
    """The exchange did not tell its keys, so nothing is known of the one looked for: no receipt is given, and the message comes again."""


class KnownKeys:
    def __init__(self, folder: pathlib.Path, exchange: str):
        self.folder, self.exchange = folder, exchange
        self.jwks = json.loads((folder / "exchange-jwks.json").read_text())
        self.ask: Callable[[], bytes] | None = None  # gets /v1/jwks.json, or raises KeysNotTold; without it what is known stays
        self.asked_at: float | None = None
        self.one_at_a_time = threading.Lock()

    def renewing(self, look: Callable[[dict], object]):
        """What `look` gives with the keys known here, and once more with those of now when it misses one."""
        tried = self.jwks
        try:
            return look(tried)
        except sealing.Refused as refused:
            if refused.code != "unknown-key" or not self.renew(tried):
                raise
        return look(self.jwks)

    def renew(self, tried: dict) -> bool:
        """Asks the exchange for its keys of now, at most once a minute; whether others are known than those tried."""
        with self.one_at_a_time:
            if self.jwks is not tried:
                return True  # another message had them renewed
            if self.ask is None:
                return False
            if self.asked_at is not None and time.monotonic() - self.asked_at < PAUSE:
                raise KeysNotTold("asked-before")  # the key may have come since: a refusal would be final
            keys = signing_keys(self.ask())
            self.asked_at = time.monotonic()
            roots = x509.load_pem_x509_certificates((self.folder / "exchange-roots.pem").read_bytes())
            if not all(owner(key, roots) == self.exchange for key in keys):
                return False
            jwks = {"keys": keys}
            write_durably(self.folder / "exchange-jwks.json", json.dumps(jwks, indent=1).encode())
            self.jwks = jwks
            return True


def signing_keys(answer: bytes) -> list[dict]:
    """The `sig` keys of a key set that is well formed; a certificate that comes with a key is that key's."""
    try:
        keys = [key for key in sealing.parse(answer)["keys"] if key.get("use") == "sig"]
        for key in keys:
            loaded, chain = sealing.load_key(key), certificates(key)
            if chain and chain[0].public_key().public_numbers() != loaded.public_key.public_numbers():
                raise KeysNotTold("certificate-mismatch")
    except (sealing.Refused, JoseError, UnsupportedAlgorithm, ValueError, KeyError, TypeError, AttributeError):
        raise KeysNotTold("malformed") from None
    if not 0 < len(keys) <= 8:
        raise KeysNotTold("malformed")
    return keys


def certificates(key: dict) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(base64.b64decode(text, validate=True)) for text in key.get("x5c", [])]


def owner(key: dict, roots: list[x509.Certificate]) -> str | None:
    """The organisation number in the key's certificate, when that leads to one of the roots, counts for signatures and holds now."""
    chain = certificates(key)
    if not chain:
        return None
    leaf = (
        ExtensionPolicy.permit_all()
        .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, no_authority)
        .require_present(x509.KeyUsage, Criticality.AGNOSTIC, signs)
        .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, not_for_tls_alone)
    )
    policy = PolicyBuilder().store(Store(roots)).extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=leaf)
    try:
        policy.build_client_verifier().verify(chain[0], chain[1:])
    except VerificationError:
        return None
    numbers = chain[0].subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return numbers[0].value if len(numbers) == 1 else None


def no_authority(policy, certificate, constraints: x509.BasicConstraints | None):
    if constraints and constraints.ca:
        raise ValueError("an authority's certificate")


def signs(policy, certificate, usage: x509.KeyUsage):
    if not (usage.digital_signature or usage.content_commitment):
        raise ValueError("not for signatures")


def not_for_tls_alone(policy, certificate, usage: x509.ExtendedKeyUsage | None):
    if usage and set(usage) <= {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH}:
        raise ValueError("for TLS alone")


def write_durably(path: pathlib.Path, data: bytes):
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
