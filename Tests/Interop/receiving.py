"""What any Python partner does with a sealed message, however it came: open it once, keep the receipt, and give the same one again."""

from __future__ import annotations

import json
import pathlib
import re
import stat
import threading
from datetime import datetime, timezone

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

import sealing
from exchange_keys import KeysNotTold, KnownKeys, write_durably

SECRETS = ("tls.pem", "sig.pem", "enc.jwk")
PUBLIC = ("tls-chain.pem", "exchange-roots.pem", "exchange-jwks.json", "partner.json")


class Unusable(Exception):
    """The directory is not what a partner needs."""


class Partner:
    def __init__(self, folder: pathlib.Path):
        for name in SECRETS + PUBLIC:
            path = folder / name
            if not path.is_file():
                raise Unusable(f"`{path}` is missing")
            if name in SECRETS and mode(path) & 0o077:
                raise Unusable(f"`{path}` may be read by others (hint: chmod 600)")
            if mode(path) & 0o022:
                raise Unusable(f"`{path}` may be changed by others (hint: chmod go-w)")
        if mode(folder) & 0o022:
            raise Unusable(f"`{folder}` may be changed by others (hint: chmod 700)")
        self.folder = folder
        about = json.loads((folder / "partner.json").read_text())
        self.oin, self.exchange = about["oin"], about["exchangeOin"]
        if not all(re.fullmatch(r"[0-9]{20}|00000007[0-9A-Z]{12}", oin) for oin in (self.oin, self.exchange)):
            raise Unusable(f"`{folder / 'partner.json'}` holds no organisation numbers (OIN)")
        self.enc_key = json.loads((folder / "enc.jwk").read_text())
        pem = (folder / "sig.pem").read_text()
        try:
            self.sig_key = ECKey.import_key(pem)
        except (ValueError, TypeError, JoseError):
            self.sig_key = RSAKey.import_key(pem)
        self.keys = KnownKeys(folder, self.exchange)
        self.one_at_a_time = threading.Lock()  # a message that comes twice at once must not be signed for twice


def mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class OtherBytes(Exception):
    """A message of this id was received before with other bytes."""


def check_payload(partner: Partner, body: bytes, signatures: list[str], digests: list[str]):
    """Refuses a message whose profile asks for a signature beside it (NL GOV) and which has none, two, or one that does not hold."""
    if partner.enc_key["kty"] == "RSA":
        partner.keys.renewing(lambda jwks: sealing.verify_payload(body, signatures, digests, jwks))


def receive(partner: Partner, message_id: str, sealed: bytes) -> tuple[str, dict | None, str | None]:
    """Opens one sealed message and signs for it: the receipt, what was opened, and why it was refused.

    A message that was received before is not opened again; the same receipt goes once more, byte for byte.
    Raises OtherBytes or KeysNotTold; no receipt may be given then.
    """
    with partner.one_at_a_time:
        known = kept_receipt(partner, message_id)
        if known:
            if known[1]["digest"] != sealing.digest_of(sealed):
                raise OtherBytes
            return known[0], None, known[1].get("code")
        now, payload, code, more = datetime.now(timezone.utc), None, None, {}
        try:
            payload = partner.keys.renewing(
                lambda jwks: sealing.open_sealed(sealed, partner.enc_key, jwks, partner.exchange, partner.oin, now))
            if payload["messageId"] != message_id:
                raise sealing.Refused("other-message")
        except sealing.Refused as refused:
            code, payload = refused.code, None
        if payload and ended_file(partner, message_id).exists():
            code, payload = "recalled", None  # it was held up on its way, and is taken back already
        if payload and payload.get("notice", {}).get("code") in ("recalled", "erased"):
            # this partner keeps no content, so whatever it had it has stopped using
            held = any(receipt_file(partner, about).exists() for about in payload["notice"]["about"])
            more["answer"] = "stopped" if held else "notFound"
            for about in filter(re.compile("[0-9a-f-]{36}").fullmatch, payload["notice"]["about"]):
                write_durably(ended_file(partner, about), b"")
        if payload and "covenant" in payload:
            more["covenantVersion"] = payload["covenant"]["version"]
        compact = sealing.sign_receipt(message_id, sealed, partner.oin, partner.exchange, code, partner.sig_key, now, **more)
        write_durably(receipt_file(partner, message_id), compact.encode())
        return compact, payload, code


def receipt_file(partner: Partner, message_id: str) -> pathlib.Path:
    return partner.folder / "received" / f"{message_id}.jws"


def ended_file(partner: Partner, message_id: str) -> pathlib.Path:
    """Where it stands that a message was recalled, or that somebody in it was erased."""
    return partner.folder / "ended" / f"{message_id}.id"


def kept_receipt(partner: Partner, message_id: str) -> tuple[str, dict] | None:
    file = receipt_file(partner, message_id)
    if not file.exists():
        return None
    compact = file.read_text()
    return compact, json.loads(sealing.unb64u(compact.split(".")[1]))


def described(message_id: str, payload: dict | None) -> dict:
    """What may be printed of a message: ids, codes and names of fields."""
    if not payload:
        return {"messageId": message_id}
    line = {"messageId": message_id, "kind": payload["kind"], "fields": sealing.field_names(payload), "purpose": payload.get("purpose")}
    if "meeting" in payload:
        line |= {"meetingId": payload["meeting"]["meetingId"], "items": len(payload["meeting"]["items"])}
    if "notice" in payload:
        line["notice"] = payload["notice"]["code"]
    return line
