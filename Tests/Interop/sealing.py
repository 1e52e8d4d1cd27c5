"""Opening of sealed messages and signing of receipts, after the published contract alone (sections 4 and 5).

Uses joserfc and nothing of Convenant. Every fault is a `Refused` with one of the codes of code-lists.json, and never says anything
of the content.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import pathlib
import re
from datetime import datetime, timezone

import jsonschema
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jwe, jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "Vectors"
JWE_MEMBERS = {"alg", "enc", "kid", "epk", "typ", "cty"}
JWE_MEMBERS_NLGOV = {"alg", "enc", "kid", "typ", "cty"}
JWS_MEMBERS = {"alg", "kid", "typ"}
LIMIT = 1 << 20


class Refused(Exception):
    """A message that is not what the contract says it must be."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """Strict: the one canonical text of any bytes, so that no changed text keeps its signature."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise Refused("malformed")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise Refused("malformed") from None
    if b64u(data) != text:
        raise Refused("malformed")
    return data


def parse(data: bytes) -> dict:
    """A JSON object without duplicate members."""

    def unique(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise Refused("malformed")
        return dict(pairs)

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    if not isinstance(value, dict):
        raise Refused("malformed")
    return value


@functools.cache
def schema(name: str) -> jsonschema.Draft202012Validator:
    text = (VECTORS / "schemas" / f"{name}.schema.json").read_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    return jsonschema.Draft202012Validator(json.loads(text))


def instant(text: str) -> datetime:
    if not isinstance(text, str):
        raise Refused("malformed")
    try:
        at = datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        raise Refused("malformed") from None
    if at.tzinfo is None:
        raise Refused("malformed")
    return at


def rfc3339(at: datetime) -> str:
    at = at.astimezone(timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def load_key(key: dict):
    """A key from its JWK; its `kid` must be its RFC 7638 thumbprint."""
    if key.get("kty") == "EC" and key.get("crv") == "P-256":
        loaded = ECKey.import_key(key)
    elif key.get("kty") == "OKP" and key.get("crv") == "X25519":
        loaded = OKPKey.import_key(key)
    elif key.get("kty") == "RSA":
        loaded = RSAKey.import_key(key)
        numbers = loaded.public_key.public_numbers()
        if not 3072 <= numbers.n.bit_length() <= 8192 or numbers.e != 65537:
            raise Refused("invalid-key")
    else:
        raise Refused("algorithm-not-allowed")
    if key.get("kid", loaded.thumbprint()) != loaded.thumbprint():
        raise Refused("invalid-key")
    return loaded


def header_of(compact: str, parts: int, members: set, algorithms: dict, types: dict) -> dict:
    """The protected header, its members exactly those of the profile; looked at before any key is touched."""
    split = compact.split(".")
    if len(split) != parts:
        raise Refused("malformed")
    for part in split:
        unb64u(part)
    header = parse(unb64u(split[0]))
    if any(header.get(name) != value for name, value in algorithms.items()):
        raise Refused("algorithm-not-allowed")
    if set(header) != members:
        raise Refused("header-not-allowed")
    if any(header.get(name) != value for name, value in types.items()):
        raise Refused("wrong-type")
    return header


def check_ephemeral(epk, curve: str):
    """The sender's key: on the recipient's curve, nothing in it but the key."""
    if not isinstance(epk, dict) or epk.get("crv") != curve:
        raise Refused("algorithm-not-allowed")
    if set(epk) != ({"kty", "crv", "x", "y"} if curve == "P-256" else {"kty", "crv", "x"}):
        raise Refused("header-not-allowed")
    try:
        load_key(epk)  # proves the point before it meets the private key
    except (JoseError, ValueError):
        raise Refused("invalid-key") from None


def open_sealed(sealed: bytes, enc_key: dict, sender_jwks: dict, sender_oin: str | None, own_oin: str, now: datetime) -> dict:
    """Decrypts, verifies and reads a sealed message; returns its payload."""
    if len(sealed) > LIMIT:
        raise Refused("too-long")
    try:
        compact = sealed.decode("ascii")
    except UnicodeDecodeError:
        raise Refused("malformed") from None
    nlgov = enc_key["kty"] == "RSA"
    algorithm = "RSA-OAEP" if nlgov else "ECDH-ES+A256KW"
    header = header_of(
        compact, 5, JWE_MEMBERS_NLGOV if nlgov else JWE_MEMBERS, {"alg": algorithm, "enc": "A256GCM"},
        {"typ": "JWE" if nlgov else "convenant+jwe", "cty": "convenant+jws"},
    )
    key = load_key(enc_key)
    if header["kid"] != key.thumbprint():
        raise Refused("wrong-recipient")
    if nlgov and len(unb64u(compact.split(".")[1])) * 8 != key.public_key.key_size:
        raise Refused("malformed")
    if not nlgov:
        check_ephemeral(header["epk"], enc_key["crv"])
    try:
        signed = jwe.decrypt_compact(compact, key, algorithms=[algorithm, "A256GCM"]).plaintext
    except (JoseError, ValueError):
        raise Refused("not-decryptable") from None

    payload = parse(verify_signed(signed, "convenant+jws", sender_jwks, "PS256" if nlgov else "ES256"))
    if payload.get("v") != 1:
        raise Refused("unknown-version")
    if payload.get("kind") not in ("referral", "invitation", "notice"):
        raise Refused("unknown-kind")
    if payload.get("to") != own_oin:
        raise Refused("wrong-recipient")
    if now >= instant(payload.get("expiresAt")):
        raise Refused("expired")
    if sender_oin is not None and payload.get("from") != sender_oin:
        raise Refused("wrong-sender")
    if schema("message").is_valid(payload) is False:
        raise Refused("malformed")
    return payload


def verify_signed(signed: bytes, typ: str, sender_jwks: dict, algorithm: str) -> bytes:
    """The payload of a JWS that one of the sender's `sig` keys signed, in the algorithm of the profile."""
    try:
        text = signed.decode("ascii")
    except UnicodeDecodeError:
        raise Refused("malformed") from None
    header = header_of(text, 3, JWS_MEMBERS, {"alg": algorithm}, {"typ": typ})
    for candidate in sender_jwks["keys"]:
        if candidate.get("use") == "enc" or (candidate.get("crv") != "P-256" if algorithm == "ES256" else candidate["kty"] != "RSA"):
            continue
        key = load_key(candidate)
        if key.thumbprint() == header["kid"]:
            try:
                return jws.deserialize_compact(signed, key, algorithms=[algorithm]).payload
            except (BadSignatureError, JoseError, ValueError):
                raise Refused("bad-signature") from None
    raise Refused("unknown-key")


def verify_payload(body: bytes, signatures: list[str], digests: list[str], sender_jwks: dict):
    """The NL GOV profile's signature over an HTTP payload: JAdES, detached, by the mechanism HttpHeaders, over the field Digest alone."""
    if len(signatures) != 1 or len(digests) != 1:
        raise Refused("malformed")
    protected, payload, signature = (signatures[0].split(".") + ["", ""])[:3]
    header = parse(unb64u(protected))
    if payload or signatures[0].count(".") != 2:
        raise Refused("malformed")
    if header.get("alg") != "PS256":
        raise Refused("algorithm-not-allowed")
    expected = {"b64": False, "crit": ["b64", "sigD"], "sigD": {"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": ["digest"]}}
    if any(header.get(name) != value for name, value in expected.items()) or not isinstance(header.get("iat"), int):
        raise Refused("header-not-allowed")
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    key = next((key for key in map(load_key, sender_jwks["keys"]) if key.thumbprint() == header["kid"]), None)
    if not isinstance(key, RSAKey):
        raise Refused("unknown-key")
    try:
        key.public_key.verify(
            unb64u(signature), f"{protected}.digest: {digests[0]}".encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()
        )
    except InvalidSignature:
        raise Refused("bad-signature") from None
    if digests[0] != digest:
        raise Refused("bad-signature")


def digest_of(sealed: bytes) -> str:
    return b64u(hashlib.sha256(sealed).digest())


def verify_receipt(compact: bytes, partner_jwks: dict, sender: str, recipient: str) -> dict:
    """The payload of a receipt that the partner `sender` signed for `recipient`."""
    signing = next(key for key in partner_jwks["keys"] if key.get("use") == "sig")
    receipt = parse(verify_signed(compact, "convenant-receipt+jws", partner_jwks, "PS256" if signing["kty"] == "RSA" else "ES256"))
    if receipt.get("v") != 1:
        raise Refused("unknown-version")
    if not schema("receipt").is_valid(receipt):
        raise Refused("malformed")
    if receipt["from"] != sender:
        raise Refused("wrong-sender")
    if receipt["to"] != recipient:
        raise Refused("wrong-recipient")
    return receipt


def sign_receipt(message_id: str, sealed: bytes, own_oin: str, to: str, code: str | None, sig_key: ECKey | RSAKey, at: datetime, **more) -> str:
    """A signed receipt: `opened`, or `refused` with a code."""
    receipt = {
        "v": 1, "messageId": message_id, "digest": digest_of(sealed), "from": own_oin, "to": to,
        "result": "refused" if code else "opened", "at": rfc3339(at), **more,
    }
    if code:
        receipt["code"] = code
    schema("receipt").validate(receipt)
    algorithm = "PS256" if isinstance(sig_key, RSAKey) else "ES256"
    header = {"alg": algorithm, "kid": sig_key.thumbprint(), "typ": "convenant-receipt+jws"}
    return jws.serialize_compact(header, json.dumps(receipt, separators=(",", ":"), sort_keys=True), sig_key, algorithms=[algorithm])


@functools.cache
def known_fields() -> list[str]:
    return json.loads((VECTORS / "code-lists.json").read_text())["fields"]


def field_names(payload: dict) -> list[str]:
    """The names of the fields a message holds, in the closed list's order; no values."""
    fields = payload.get("fields", {})
    names = set()
    for person in [fields, *fields.get("others", [])]:
        for group in ("identification", "contact"):
            names |= {f"{group}.{member}" for member in person.get(group, {})}
    if "household" in fields:
        names.add("household.members")
    for domain, said in fields.get("domains", {}).items():
        names |= {f"domains.{domain}.{member}" for member in said}
    names |= {name for name in ("health", "offences", "freeText") if name in fields}
    return sorted(names, key=known_fields().index)
