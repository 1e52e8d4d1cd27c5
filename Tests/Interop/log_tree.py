"""The log's tree and its signed notes, after RFC 6962, C2SP tlog-checkpoint and C2SP signed-note. Nothing of Convenant is used."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TILE = 256


class BadNote(Exception):
    """A text that is not a checkpoint signed by the key it was held against."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, bottom up: a hash without a neighbour goes up as it is, which gives the same tree."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    row = leaves
    while len(row) > 1:
        pairs = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = pairs + row[len(pairs) * 2 :]
    return row[0]


def full_tiles(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    """Every full tile of 256 hashes, by level and index."""
    tiles, row, level = {}, leaves, 0
    while len(row) >= TILE:
        whole = len(row) // TILE
        for index in range(whole):
            tiles[level, index] = b"".join(row[index * TILE : (index + 1) * TILE])
        row = [root_of(row[index * TILE : (index + 1) * TILE]) for index in range(whole)]
        level += 1
    return tiles


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def canonical_base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("base64") from None
    if base64.b64encode(data).decode() != text:
        raise BadNote("base64")
    return data


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def open_note(note: str, keys: list[Ed25519PublicKey], origin: str | None = None) -> Checkpoint:
    """The checkpoint in a signed note that one of `keys` signed; lines of other signers may stand beside it."""
    form = re.fullmatch(r"(?P<text>(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]*)\n(?P<root>[^\n]+)\n)\n(?P<lines>(— [^ \n]+ [^ \n]+\n)+)", note)
    if not form:
        raise BadNote("form")
    root = canonical_base64(form["root"])
    if len(root) != 32 or (origin is not None and form["origin"] != origin):
        raise BadNote("origin or root")
    for line in form["lines"].splitlines():
        _, name, blob = line.split(" ")
        signature = canonical_base64(blob)
        for key in keys:
            public = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
            if name != form["origin"] or signature[:4] != key_id(name, public):
                continue
            try:
                key.verify(signature[4:], form["text"].encode())
            except InvalidSignature:
                raise BadNote("signature") from None
            return Checkpoint(form["origin"], int(form["size"]), root)
    raise BadNote("no signature by the log's key")


def verifier_key(text: str) -> Ed25519PublicKey:
    """A key from its text `<name>+<key id>+<base64>` (C2SP signed-note)."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise BadNote("verifier key")
    blob = canonical_base64(parts[2])
    if len(blob) != 33 or blob[0] != 1 or key_id(parts[0], blob[1:]).hex() != parts[1]:
        raise BadNote("verifier key")
    return Ed25519PublicKey.from_public_bytes(blob[1:])
