#!/usr/bin/env python3
"""Writes Tests/Vectors/sealed: messages and receipts made by joserfc, one fault each and named by it.

    make_vectors.py            # new test keys, every file anew

The files are committed; run this only when the format grows. `check_vectors.py` reads them in Python, PartnerKitTests in Swift.
"""

from __future__ import annotations

import copy
import hmac
import json
import warnings

from joserfc import jwe, jws
from joserfc.jwk import ECKey, OKPKey

from sealing import VECTORS, b64u, digest_of, unb64u

FOLDER = VECTORS / "sealed"
NOTE = "test key, never use"
CITY, DEBT, OTHER = "00000099000000001000", "00000099000000002000", "00000099000000003000"
NOW = "2026-11-21T12:00:00.000Z"
ROOT = "ZmFrZSByb290IG9mIGEgdHJlZSBuZXZlciBncm93biE="

REFERRAL = {
    "v": 1, "messageId": "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071", "kind": "referral", "from": CITY, "to": DEBT,
    "sentAt": "2026-11-21T11:59:58.250Z", "expiresAt": "2026-12-05T11:59:58.250Z",
    "task": {"taskId": "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072", "pickUpWithin": "workingDays:5"},
    "purpose": "debtAssistance", "ground": {"kind": "consent"},
    "covenant": {"id": "den-haag-debt-help", "version": 1, "article": "3.2"},
    "decisionId": "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6073",
    "fields": {
        "identification": {"name": {"given": "Voorbeeld", "prefix": "van", "family": "Testzin é"}, "birthDate": "1968"},
        "contact": {"address": {"street": "Proefstraat", "houseNumber": "1"}, "safeWay": "call in the morning"},
        "domains": {
            "debts": {"concern": [{"about": ["a"], "value": True}], "observation": [{"about": ["a"], "value": "made up", "obtainedBy": "visit"}]}
        },
    },
    "checkpoint": f"convenant/{CITY}/2026/simulated\n42\n{ROOT}\n\n— convenant/{CITY}/2026/simulated AAAA\n",
}


def changed(**members) -> dict:
    message = copy.deepcopy(REFERRAL)
    for name, value in members.items():
        if value is None:
            del message[name]
        else:
            message[name] = value
    return message


NOTICE = changed(
    kind="notice", task=None, purpose=None, ground=None, covenant=None, decisionId=None, fields=None,
    notice={"code": "recalled", "about": ["019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071"], "at": "2026-11-21T11:00:00.000Z"},
)
REMINDER = {**NOTICE, "notice": {**NOTICE["notice"], "code": "taskStaysOpen"}}
TO_BE_PLANNED = changed(
    kind="invitation", task=None, meeting={"meetingId": "019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6074", "items": [{"id": "1", "title": "schulden"}]},
)
INVITATION = changed(
    kind="invitation", task=None,
    meeting={
        **TO_BE_PLANNED["meeting"], "at": "2009-03-27T13:30:00+01:00",
        "ics": (VECTORS / "calendar" / "request-march.ics").read_bytes().decode(),
    },
)


def private(key) -> dict:
    return {**key.as_dict(private=True), "kid": key.thumbprint(), "note": NOTE}


def public(key, use: str) -> dict:
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "use": use}


def replaced(compact: str, part: int, data: bytes) -> str:
    parts = compact.split(".")
    parts[part] = b64u(data)
    return ".".join(parts)


def flipped(compact: str, part: int) -> str:
    data = bytearray(unb64u(compact.split(".")[part]))
    data[len(data) // 2] ^= 1
    return replaced(compact, part, bytes(data))


class Maker:
    def __init__(self):
        self.sig, self.stranger, self.partner_sig = (ECKey.generate_key("P-256") for _ in range(3))
        self.enc = {"p256": ECKey.generate_key("P-256"), "x25519": OKPKey.generate_key("X25519")}
        self.city_enc = ECKey.generate_key("P-256")
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob("*.json"):
            old.unlink()
        keys = {
            "note": NOTE, "exchangeOin": CITY, "oin": DEBT,
            "enc": {name: private(key) for name, key in self.enc.items()},
            "exchangeKeys": {"keys": [public(self.sig, "sig")]},
            "partnerKeys": {"keys": [public(self.partner_sig, "sig"), public(self.enc["p256"], "enc")]},
            "partnerSig": private(self.partner_sig),
        }
        self.write("keys", keys)

    def write(self, name: str, value: dict):
        (FOLDER / f"{name}.json").write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def signed(self, payload: dict | str, key=None, typ="convenant+jws", header=None, alg="ES256") -> str:
        key = key or self.sig
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        header = {"alg": alg, "kid": key.thumbprint(), "typ": typ, **(header or {})}
        return jws.serialize_compact(header, text.encode(), key, algorithms=[alg])

    def sealed(self, inner: str, curve="p256", enc="A256GCM", without=(), key=None, **members) -> str:
        key = key or self.enc[curve]
        header = {
            "alg": "ECDH-ES+A256KW", "enc": enc, "kid": key.thumbprint(), "typ": "convenant+jwe", "cty": "convenant+jws", **members,
        }
        for name in without:
            del header[name]
        return jwe.encrypt_compact(header, inner.encode(), key, algorithms=["ECDH-ES+A256KW", enc, "DEF"])

    def message(self, name: str, about: str, expect: str, compact: str, payload=None, curve="p256", now=NOW):
        vector = {"about": about, "object": "message", "expect": expect, "enc": curve, "now": now, "digest": digest_of(compact.encode())}
        if payload:
            vector["payload"] = payload
        self.write(name, {**vector, "compact": compact})

    def receipt(self, name: str, about: str, expect: str, compact: str, payload=None):
        vector = {"about": about, "object": "receipt", "expect": expect}
        if payload:
            vector["payload"] = payload
        self.write(name, {**vector, "compact": compact})

    def good(self):
        several = copy.deepcopy(REFERRAL)
        several["fields"]["others"] = [{"ref": "b", "identification": {"name": {"given": "Tweede", "family": "Testzin"}}}]
        several["fields"]["household"] = {"members": [{"ref": "a"}, {"ref": "b"}]}
        several["furtherArticles"] = [{"id": "den-haag-debt-help", "version": 1, "article": "3.3"}]
        cases = {
            "referral-p256": (REFERRAL, "p256", "a referral to a P-256 key"),
            "referral-x25519": (REFERRAL, "x25519", "a referral to an X25519 key"),
            "referral-several-persons": (several, "p256", "two persons, resting on two articles"),
            "referral-unknown-member": (changed(later="a member of a later version 1"), "p256", "a member nobody knows yet is ignored"),
            "notice-p256": (NOTICE, "p256", "a recall: ids, a code and an instant"),
            "notice-reminder": (REMINDER, "p256", "a task stays open"),
            "invitation-p256": (INVITATION, "p256", "an invitation to a meeting, its time with an offset, and for a calendar"),
            "invitation-without-date": (TO_BE_PLANNED, "x25519", "an invitation to a meeting that has no date yet"),
        }
        for name, (payload, curve, about) in cases.items():
            self.message(name, about, "ok", self.sealed(self.signed(payload), curve), payload, curve)

    def bad_envelopes(self):
        inner = self.signed(REFERRAL)
        whole = self.sealed(inner)
        header = json.loads(unb64u(whole.split(".")[0]))

        def with_header(**members) -> str:
            return replaced(whole, 0, json.dumps({**header, **members}, separators=(",", ":")).encode())

        epk = header["epk"]
        cases = {
            "jwe-alg-rsa1_5": ("algorithm-not-allowed", with_header(alg="RSA1_5"), "an algorithm that is not listed"),
            "jwe-alg-direct": ("algorithm-not-allowed", with_header(alg="ECDH-ES"), "agreement without a wrapped key"),
            "jwe-enc-cbc": ("algorithm-not-allowed", self.sealed(inner, enc="A128CBC-HS256"), "well sealed, with another cipher"),
            "jwe-zip": ("header-not-allowed", self.sealed(inner, zip="DEF"), "compressed before sealing"),
            "jwe-apu": ("header-not-allowed", self.sealed(inner, apu=b64u(b"a")), "party info that the profile does not have"),
            "jwe-without-cty": ("header-not-allowed", self.sealed(inner, without=["cty"]), "does not say what is inside"),
            "jwe-typ": ("wrong-type", self.sealed(inner, typ="JWE"), "another type of object"),
            "jwe-to-other-key": ("wrong-recipient", self.sealed(inner, key=self.city_enc), "sealed to another key"),
            "jwe-epk-off-curve": ("invalid-key", with_header(epk={**epk, "y": b64u(b"\1" * 32)}), "a point that is not on the curve"),
            "jwe-epk-other-curve": (
                "algorithm-not-allowed", with_header(epk={"kty": "OKP", "crv": "X25519", "x": epk["x"]}), "an ephemeral key on another curve"),
            "jwe-epk-more": ("header-not-allowed", with_header(epk={**epk, "kid": "x"}), "an ephemeral key with more in it than the key"),
            "jwe-wrapped-key-changed": ("not-decryptable", flipped(whole, 1), "one bit of the wrapped key"),
            "jwe-nonce-changed": ("not-decryptable", flipped(whole, 2), "one bit of the nonce"),
            "jwe-content-changed": ("not-decryptable", flipped(whole, 3), "one bit of the content"),
            "jwe-tag-changed": ("not-decryptable", flipped(whole, 4), "one bit of the tag"),
            "jwe-header-respelled": ("not-decryptable", replaced(whole, 0, json.dumps(header, indent=1).encode()), "the same header in other bytes"),
            "jwe-padded": ("malformed", whole + "==", "base64 with padding"),
            "jwe-cut": ("malformed", whole.rsplit(".", 1)[0], "four parts"),
        }
        for name, (expect, compact, about) in cases.items():
            self.message(name, about, expect, compact)

    def bad_signatures(self):
        inner = self.signed(REFERRAL)
        none = b64u(json.dumps({"alg": "none", "kid": self.sig.thumbprint(), "typ": "convenant+jws"}).encode()) + "." + inner.split(".")[1] + "."
        # by hand, as joserfc rightly refuses to do it
        header = json.dumps({"alg": "HS256", "kid": self.sig.thumbprint(), "typ": "convenant+jws"}).encode()
        signed = b64u(header) + "." + inner.split(".")[1]
        shared = signed + "." + b64u(hmac.digest(self.sig.as_pem(private=False), signed.encode(), "sha256"))
        brought = self.signed(REFERRAL, key=self.stranger, header={"jwk": self.stranger.as_dict(private=False)})
        cases = {
            "jws-alg-none": ("algorithm-not-allowed", none, "no signature"),
            "jws-alg-hs256": ("algorithm-not-allowed", shared, "the public key taken for a shared secret"),
            "jws-brings-key": ("header-not-allowed", brought, "a key in the header"),
            "jws-typ-receipt": ("wrong-type", self.signed(REFERRAL, typ="convenant-receipt+jws"), "signed as a receipt"),
            "jws-stranger": ("unknown-key", self.signed(REFERRAL, key=self.stranger), "signed by a key of nobody"),
            "jws-signature-changed": ("bad-signature", flipped(inner, 2), "one bit of the signature"),
            "jws-payload-changed": ("bad-signature", replaced(inner, 1, json.dumps(changed(purpose="other")).encode()), "another purpose"),
        }
        for name, (expect, compact, about) in cases.items():
            self.message(name, about, expect, self.sealed(compact))

    def bad_payloads(self):
        twice = json.dumps(REFERRAL)[:-1] + f',"to":"{DEBT}"}}'
        cases = {
            "payload-to-other": ("wrong-recipient", changed(to=OTHER), "sealed to us and meant for another"),
            "payload-from-other": ("wrong-sender", changed(**{"from": OTHER}), "signed by the exchange in another's name"),
            "payload-expired": ("expired", changed(expiresAt=NOW), "its term ends at the very instant of opening"),
            "payload-v2": ("unknown-version", changed(v=2), "a version of later"),
            "payload-kind": ("unknown-kind", changed(kind="order"), "a kind that is not listed"),
            "payload-member-twice": ("malformed", twice, "the same member twice"),
            "payload-without-ground": ("malformed", changed(ground=None), "no ground"),
            "payload-without-covenant": ("malformed", changed(covenant=None), "no covenant"),
            "payload-invitation-without-meeting": ("malformed", changed(kind="invitation", task=None), "an invitation to nothing"),
            "payload-meeting-without-items": (
                "malformed", {**INVITATION, "meeting": {"meetingId": INVITATION["meeting"]["meetingId"]}}, "a meeting that names no items"),
            "payload-notice-with-fields": ("malformed", {**NOTICE, "fields": REFERRAL["fields"]}, "content in a notice"),
            "payload-not-json": ("malformed", "not json", "no JSON"),
        }
        for name, (expect, payload, about) in cases.items():
            self.message(name, about, expect, self.sealed(self.signed(payload)))

    def receipts(self):
        opened = {
            "v": 1, "messageId": REFERRAL["messageId"], "digest": b64u(bytes(range(32))), "from": DEBT, "to": CITY, "result": "opened",
            "readerRole": "debtAdviser", "covenantVersion": 1, "at": NOW,
        }
        refused = {**opened, "result": "refused", "code": "expired"}
        kept = {**opened, "answer": "keptUnderOwnDuty", "article": "debtAssistanceAct.9"}
        typ = "convenant-receipt+jws"

        def by(payload, key=self.partner_sig, typ=typ):
            return self.signed(payload, key=key, typ=typ)

        whole = by(opened)
        none = b64u(json.dumps({"alg": "none", "kid": self.partner_sig.thumbprint(), "typ": typ}).encode()) + "." + whole.split(".")[1] + "."
        self.receipt("receipt-opened", "a message was opened", "ok", whole, opened)
        self.receipt("receipt-refused", "a message was refused, with a code", "ok", by(refused), refused)
        self.receipt("receipt-kept", "the answer to a recall", "ok", by(kept), kept)
        self.receipt("receipt-alg-none", "no signature", "algorithm-not-allowed", none)
        self.receipt("receipt-stranger", "signed by a key of nobody", "unknown-key", by(opened, key=self.stranger))
        self.receipt("receipt-typ-message", "signed as a message", "wrong-type", by(opened, typ="convenant+jws"))
        self.receipt("receipt-changed", "another result under the same signature", "bad-signature", replaced(whole, 1, json.dumps(refused).encode()))
        self.receipt("receipt-from-other", "in another's name", "wrong-sender", by({**opened, "from": OTHER}))
        self.receipt("receipt-to-other", "for another exchange", "wrong-recipient", by({**opened, "to": OTHER}))
        self.receipt("receipt-v2", "a version of later", "unknown-version", by({**opened, "v": 2}))
        self.receipt("receipt-digest-short", "a digest of 31 bytes", "malformed", by({**opened, "digest": b64u(bytes(31))}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    maker = Maker()
    for part in (maker.good, maker.bad_envelopes, maker.bad_signatures, maker.bad_payloads, maker.receipts):
        part()
    print(f"{len(list(FOLDER.glob('*.json'))) - 1} vectors in {FOLDER.relative_to(VECTORS.parent.parent)}")
