#!/usr/bin/env python3
"""Adds the vectors of the NL GOV profile to Tests/Vectors/sealed: RSA-OAEP and PS256, made by joserfc, one fault each and named by it.

    make_vectors_nlgov.py      # after make_vectors.py; RSA test keys are made where keys.json has none
"""

from __future__ import annotations

import json
import warnings

from joserfc import jwe, jws
from joserfc.jwk import ECKey, RSAKey

from make_vectors import CITY, DEBT, FOLDER, NOTICE, NOW, REFERRAL, Maker, flipped, private, public, replaced
from sealing import b64u, unb64u


class NLGovMaker(Maker):
    """The same test town, whose partner is on Digikoppeling."""

    def __init__(self):
        keys = json.loads((FOLDER / "keys.json").read_text())
        if "nlgov" not in keys["enc"]:
            made = {name: RSAKey.generate_key(3072) for name in ("enc", "sig", "partnerSig")}
            keys["enc"]["nlgov"] = private(made["enc"])
            keys["exchangeKeys"]["keys"].append(public(made["sig"], "sig"))
            keys["exchangeSigNLGov"] = private(made["sig"])
            keys["partnerSigNLGov"] = private(made["partnerSig"])
            keys["partnerKeysNLGov"] = {"keys": [public(made["partnerSig"], "sig"), public(made["enc"], "enc")]}
            self.write("keys", keys)
        self.enc = {"nlgov": self.rsa(keys["enc"]["nlgov"]), "p256": ECKey.import_key(keys["enc"]["p256"])}
        self.sig, self.partner_sig = self.rsa(keys["exchangeSigNLGov"]), self.rsa(keys["partnerSigNLGov"])
        self.stranger, self.es256 = RSAKey.generate_key(3072), ECKey.generate_key("P-256")

    @staticmethod
    def rsa(jwk: dict) -> RSAKey:
        return RSAKey.import_key({name: value for name, value in jwk.items() if name not in ("note", "kid")})

    def signed(self, payload, key=None, typ="convenant+jws", header=None, alg="PS256") -> str:
        return super().signed(payload, key, typ, header, alg)

    def sealed(self, inner: str, alg="RSA-OAEP", enc="A256GCM", without=(), key=None, **members) -> str:
        key = key or self.enc["nlgov"]
        header = {"alg": alg, "enc": enc, "kid": key.thumbprint(), "typ": "JWE", "cty": "convenant+jws", **members}
        for name in without:
            del header[name]
        registry = jwe.JWERegistry(algorithms=[alg, enc, "DEF"], strict_check_header=False)
        return jwe.encrypt_compact(header, inner.encode(), key, registry=registry)

    def add(self, name: str, about: str, expect: str, compact: str, payload=None, curve="nlgov"):
        self.message(f"nlgov-{name}", about, expect, compact, payload, curve, NOW)

    def good(self):
        self.add("referral", "a referral in the NL GOV profile", "ok", self.sealed(self.signed(REFERRAL)), REFERRAL)
        self.add("notice", "a recall in the NL GOV profile", "ok", self.sealed(self.signed(NOTICE)), NOTICE)

    def bad_envelopes(self):
        inner = self.signed(REFERRAL)
        whole = self.sealed(inner)
        short = unb64u(whole.split(".")[1])[:-1]
        cases = {
            "jwe-alg-rsa1_5": ("algorithm-not-allowed", self.sealed(inner, alg="RSA1_5"), "well sealed, with the padding that leaks"),
            "jwe-alg-oaep-256": ("algorithm-not-allowed", self.sealed(inner, alg="RSA-OAEP-256"), "well sealed, with another digest"),
            "jwe-enc-a128gcm": ("algorithm-not-allowed", self.sealed(inner, enc="A128GCM"), "well sealed, with a shorter key"),
            "jwe-zip": ("header-not-allowed", self.sealed(inner, zip="DEF"), "compressed before sealing"),
            "jwe-without-kid": ("header-not-allowed", self.sealed(inner, without=["kid"]), "does not say to which key"),
            "jwe-brings-epk": ("header-not-allowed", self.sealed(inner, epk=self.es256.as_dict(private=False)), "an ephemeral key that nobody uses"),
            "jwe-typ-default": ("wrong-type", self.sealed(inner, typ="convenant+jwe"), "the typ of the default profile"),
            "jwe-to-other-key": ("wrong-recipient", self.sealed(inner, key=self.stranger), "sealed to another key"),
            "jwe-wrapped-key-changed": ("not-decryptable", flipped(whole, 1), "one bit of the wrapped key"),
            "jwe-wrapped-key-short": ("malformed", replaced(whole, 1, short), "a wrapped key shorter than the modulus"),
            "jwe-nonce-changed": ("not-decryptable", flipped(whole, 2), "one bit of the nonce"),
            "jwe-content-changed": ("not-decryptable", flipped(whole, 3), "one bit of the content"),
            "jwe-tag-changed": ("not-decryptable", flipped(whole, 4), "one bit of the tag"),
        }
        for name, (expect, compact, about) in cases.items():
            self.add(name, about, expect, compact)

    def bad_signatures(self):
        inner = self.signed(REFERRAL)
        none = b64u(json.dumps({"alg": "none", "kid": self.sig.thumbprint(), "typ": "convenant+jws"}).encode()) + "." + inner.split(".")[1] + "."
        header, payload, signature = inner.split(".")
        one = {"protected": header, "signature": signature}
        cases = {
            "jws-alg-none": ("algorithm-not-allowed", none, "no signature"),
            "jws-alg-rs256": ("algorithm-not-allowed", self.signed(REFERRAL, alg="RS256"), "by the right key, with the older padding"),
            "jws-alg-ps384": ("algorithm-not-allowed", self.signed(REFERRAL, alg="PS384"), "by the right key, with another digest"),
            "jws-default-profile": ("algorithm-not-allowed", self.signed(REFERRAL, key=self.es256, alg="ES256"), "a default signature inside"),
            "jws-stranger": ("unknown-key", self.signed(REFERRAL, key=self.stranger), "signed by a key of nobody"),
            "jws-signature-changed": ("bad-signature", flipped(inner, 2), "one bit of the signature"),
            "jws-stripped": ("bad-signature", f"{header}.{payload}.", "the signature cut off"),
            "jws-doubled": ("malformed", json.dumps({"payload": payload, "signatures": [one, one]}), "two signatures, in the form that can hold them"),
        }
        for name, (expect, compact, about) in cases.items():
            self.add(name, about, expect, self.sealed(compact))

    def mixed(self):
        """What is of one profile outside and of the other inside, or asked of the other's key."""
        key = self.enc["p256"]
        header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": key.thumbprint(), "typ": "convenant+jwe", "cty": "convenant+jws"}
        default = jwe.encrypt_compact(header, self.signed(REFERRAL).encode(), key, algorithms=["ECDH-ES+A256KW", "A256GCM"])
        self.add("inside-default", "an NL GOV signature inside a default message", "algorithm-not-allowed", default, curve="p256")
        self.add("for-default-key", "an NL GOV message asked of a default key", "algorithm-not-allowed", self.sealed(self.signed(REFERRAL)), curve="p256")
        self.add("default-for-rsa-key", "a default message asked of an RSA key", "algorithm-not-allowed", default)

    def receipts(self):
        opened = {
            "v": 1, "messageId": REFERRAL["messageId"], "digest": b64u(bytes(range(32))), "from": DEBT, "to": CITY, "result": "opened", "at": NOW,
        }
        header = {"alg": "PS256", "kid": self.partner_sig.thumbprint(), "typ": "convenant-receipt+jws"}
        whole = jws.serialize_compact(header, json.dumps(opened).encode(), self.partner_sig, algorithms=["PS256"])
        for name, about, expect, compact, payload in [
            ("opened", "a receipt signed with PS256", "ok", whole, opened), ("changed", "one bit of its signature", "bad-signature", flipped(whole, 2), None),
        ]:
            self.receipt(f"nlgov-receipt-{name}", about, expect, compact, payload)
            vector = json.loads((FOLDER / f"nlgov-receipt-{name}.json").read_text())
            self.write(f"nlgov-receipt-{name}", {**vector, "keys": "partnerKeysNLGov"})


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    maker = NLGovMaker()
    for part in (maker.good, maker.bad_envelopes, maker.bad_signatures, maker.mixed, maker.receipts):
        part()
    print(f"{len(list(FOLDER.glob('nlgov-*.json')))} vectors")
