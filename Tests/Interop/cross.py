#!/usr/bin/env python3
"""Seals and opens messages with another program: joserfc, jwcrypto, or Debian's `jose`. Test keys only; what is opened is printed.

    cross.py open TOOL ENC_JWK SENDER_JWK  < sealed   > payload     private enc key, public sig key
    cross.py seal TOOL ENC_JWK SENDER_JWK  < payload  > sealed      public enc key, private sig key
    cross.py key EC|RSA                               > sig.jwk     a new private sig key

The profile follows from the kind of the enc key. What the tool itself checks is all that is checked: recipient and term are not.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

from sealing import unb64u


def profile(enc: dict) -> tuple[dict, dict]:
    """The headers of both layers but for `kid`."""
    nlgov = enc["kty"] == "RSA"
    outer = {"alg": "RSA-OAEP" if nlgov else "ECDH-ES+A256KW", "enc": "A256GCM", "typ": "JWE" if nlgov else "convenant+jwe", "cty": "convenant+jws"}
    return outer, {"alg": "PS256" if nlgov else "ES256", "typ": "convenant+jws"}


def bare(jwk: dict) -> dict:
    """The key without what only its owner says of it; programs differ in what they make of `use` beside `key_ops`."""
    return {name: value for name, value in jwk.items() if name not in ("use", "alg", "x5c", "note")}


class Joserfc:
    @staticmethod
    def key(jwk: dict):
        from joserfc.jwk import ECKey, OKPKey, RSAKey

        return {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}[jwk["kty"]].import_key(bare(jwk))

    def open(self, sealed: str, enc: dict, sender: dict) -> bytes:
        from joserfc import jwe, jws

        outer, inner = profile(enc)
        signed = jwe.decrypt_compact(sealed, self.key(enc), algorithms=[outer["alg"], "A256GCM"]).plaintext
        return jws.deserialize_compact(signed, self.key(sender), algorithms=[inner["alg"]]).payload

    def seal(self, payload: bytes, outer: dict, inner: dict, enc: dict, sender: dict) -> str:
        from joserfc import jwe, jws

        signed = jws.serialize_compact(inner, payload, self.key(sender), algorithms=[inner["alg"]])
        return jwe.encrypt_compact(outer, signed.encode(), self.key(enc), algorithms=[outer["alg"], "A256GCM"])


class Jwcrypto:
    @staticmethod
    def key(jwk: dict):
        from jwcrypto import jwk as keys

        return keys.JWK(**bare(jwk))

    def open(self, sealed: str, enc: dict, sender: dict) -> bytes:
        from jwcrypto import jwe, jws

        outer, inner = profile(enc)
        opened = jwe.JWE(algs=[outer["alg"], "A256GCM"])
        opened.deserialize(sealed, key=self.key(enc))
        signed = jws.JWS()
        signed.allowed_algs = [inner["alg"]]
        signed.deserialize(opened.payload.decode(), key=self.key(sender))
        return signed.payload

    def seal(self, payload: bytes, outer: dict, inner: dict, enc: dict, sender: dict) -> str:
        from jwcrypto import jwe, jws

        signed = jws.JWS(payload)
        signed.allowed_algs = [inner["alg"]]
        signed.add_signature(self.key(sender), protected=json.dumps(inner))
        sealed = jwe.JWE(signed.serialize(compact=True).encode(), protected=json.dumps(outer), algs=[outer["alg"], "A256GCM"])
        sealed.add_recipient(self.key(enc))
        return sealed.serialize(compact=True)


class DebianJose:
    """The command line program `jose`; it knows no X25519 and, as Debian builds it, no RSA-OAEP."""

    @staticmethod
    def run(folder: pathlib.Path, stdin: bytes, *arguments: str) -> bytes:
        return subprocess.run(["jose", *arguments], input=stdin, capture_output=True, check=True, cwd=folder).stdout

    def open(self, sealed: str, enc: dict, sender: dict) -> bytes:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "enc.jwk").write_text(json.dumps(bare(enc)))
            (folder / "sender.jwk").write_text(json.dumps(bare(sender)))
            (folder / "signed").write_bytes(self.run(folder, sealed.encode(), "jwe", "dec", "-i-", "-kenc.jwk", "-O-"))
            return self.run(folder, b"", "jws", "ver", "-isigned", "-ksender.jwk", "-O-")

    def seal(self, payload: bytes, outer: dict, inner: dict, enc: dict, sender: dict) -> str:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "enc.jwk").write_text(json.dumps(bare(enc)))
            (folder / "sender.jwk").write_text(json.dumps(bare(sender)))
            (folder / "payload").write_bytes(payload)
            template = json.dumps({"protected": inner})
            signed = self.run(folder, b"", "jws", "sig", "-Ipayload", "-ksender.jwk", "-s", template, "-c", "-o-")
            (folder / "signed").write_bytes(signed.strip())
            template = json.dumps({"protected": outer})
            return self.run(folder, template.encode(), "jwe", "enc", "-i-", "-Isigned", "-kenc.jwk", "-c", "-o-").decode().strip()


TOOLS = {"joserfc": Joserfc, "jwcrypto": Jwcrypto, "jose": DebianJose}


def new_key(kind: str) -> dict:
    from joserfc.jwk import ECKey, RSAKey

    key = ECKey.generate_key("P-256") if kind == "EC" else RSAKey.generate_key(3072)
    return {**key.as_dict(private=True), "kid": key.thumbprint(), "use": "sig"}


def main() -> int:
    if sys.argv[1:2] == ["key"] and sys.argv[2:] in (["EC"], ["RSA"]):
        print(json.dumps(new_key(sys.argv[2])))
        return 0
    if len(sys.argv) != 5 or sys.argv[1] not in ("open", "seal") or sys.argv[2] not in TOOLS:
        print(__doc__, file=sys.stderr)
        return 64
    warnings.simplefilter("ignore")
    tool = TOOLS[sys.argv[2]]()
    enc, sender = (json.loads(pathlib.Path(path).read_text()) for path in sys.argv[3:])
    data = sys.stdin.buffer.read()
    if sys.argv[1] == "open":
        sys.stdout.buffer.write(tool.open(data.decode().strip(), enc, sender))
    else:
        outer, inner = profile(enc)
        sealed = tool.seal(data, {**outer, "kid": enc["kid"]}, {**inner, "kid": sender["kid"]}, enc, sender)
        unb64u(sealed.split(".")[0])
        print(sealed, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
