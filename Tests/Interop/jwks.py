#!/usr/bin/env python3
"""Turns PEM keys and certificates into what a partner registers and keeps.

    jwks.py --sig sig.pem --sig-chain sig-chain.pem --enc enc.pem --enc-chain enc-chain.pem --root root.pem --out DIR

Writes DIR/jwks.json (public, with x5c up to the root) and DIR/enc.jwk (private, mode 0600). The enc key is on P-256 or X25519,
or RSA for the NL GOV profile.
With --sig and --out alone it writes a JWK Set of the one sig key, as an exchange publishes it.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey


def load(path: pathlib.Path):
    pem = path.read_text()
    for kind in (ECKey, OKPKey, RSAKey):
        try:
            return kind.import_key(pem)
        except (ValueError, TypeError, JoseError):
            continue
    raise ValueError(f"`{path}` holds no key on P-256, on X25519, or of RSA")


def x5c(paths: list[pathlib.Path]) -> list[str]:
    certificates = [one for path in paths if path for one in x509.load_pem_x509_certificates(path.read_bytes())]
    return [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in certificates]


def public(key, use: str, chain: list[str]) -> dict:
    algorithms = {"sig": "PS256", "enc": "RSA-OAEP"} if isinstance(key, RSAKey) else {"sig": "ES256", "enc": "ECDH-ES+A256KW"}
    jwk = {**key.as_dict(private=False), "kid": key.thumbprint(), "use": use, "alg": algorithms[use]}
    return {**jwk, "x5c": chain} if chain else jwk


def write(path: pathlib.Path, value: dict, mode: int):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        json.dump(value, file, indent=1)
    os.chmod(path, mode)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("sig", "out"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ("sig-chain", "enc", "enc-chain", "root"):
        parser.add_argument(f"--{name}", type=pathlib.Path)
    arguments = parser.parse_args()

    sig = load(arguments.sig)
    root = [arguments.root] if arguments.root else []
    keys = [public(sig, "sig", x5c([arguments.sig_chain, *root]) if arguments.sig_chain else [])]
    if arguments.enc:
        enc = load(arguments.enc)
        if enc.thumbprint() == sig.thumbprint():
            print("error: one key in both uses (hint: make one for each)", file=sys.stderr)
            return 1
        keys.append(public(enc, "enc", x5c([arguments.enc_chain, *root]) if arguments.enc_chain else []))
        write(arguments.out / "enc.jwk", {**enc.as_dict(private=True), "kid": enc.thumbprint(), "use": "enc"}, 0o600)
    write(arguments.out / "jwks.json", {"keys": keys}, 0o644)
    return 0


if __name__ == "__main__":
    sys.exit(main())
