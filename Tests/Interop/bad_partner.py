#!/usr/bin/env python3
"""A partner that does one thing wrong on purpose, so that `convenant partner check` can be seen to find it out.

    bad_partner.py FAULT --dir DIR --listen host:port

FAULT is `opens-everything` (confirms whatever comes), `signs-anew` (another receipt for a duplicate), `ignores-recalls` (no answer in the
receipt), `takes-expired` (does not look at the term), `knows-no-meetings` (refuses invitations and what is told of them),
`ignores-payload-signatures` (does not look at what is signed beside the message), `takes-any-number` (lets in whoever has a certificate of
the exchange's root) or `takes-anybody` (asks for no certificate).
"""

from __future__ import annotations

import ssl
import sys
from datetime import datetime, timezone

import partner
import partner_endpoint
import receiving
import sealing

RIGHT = receiving.receive


def opens_everything(who, message_id, sealed):
    if not receiving.kept_receipt(who, message_id):
        now = datetime.now(timezone.utc)
        compact = sealing.sign_receipt(message_id, sealed, who.oin, who.exchange, None, who.sig_key, now)
        receiving.write_durably(receiving.receipt_file(who, message_id), compact.encode())
    return receiving.kept_receipt(who, message_id)[0], None, None


def signs_anew(who, message_id, sealed):
    receiving.receipt_file(who, message_id).unlink(missing_ok=True)
    return RIGHT(who, message_id, sealed)


def ignores_recalls(who, message_id, sealed):
    compact, payload, code = RIGHT(who, message_id, sealed)
    if payload and payload["kind"] == "notice":
        compact = sealing.sign_receipt(message_id, sealed, who.oin, who.exchange, None, who.sig_key, datetime.now(timezone.utc))
    return compact, payload, code


def takes_expired(who, message_id, sealed):
    instant = sealing.instant
    sealing.instant = lambda text: datetime.max.replace(tzinfo=timezone.utc)
    try:
        return RIGHT(who, message_id, sealed)
    finally:
        sealing.instant = instant


def knows_no_meetings(who, message_id, sealed):
    compact, payload, code = RIGHT(who, message_id, sealed)
    if payload and (payload["kind"] == "invitation" or payload.get("notice", {}).get("code") == "meetingCancelled"):
        code, now = "unknown-kind", datetime.now(timezone.utc)
        compact = sealing.sign_receipt(message_id, sealed, who.oin, who.exchange, code, who.sig_key, now)
    return compact, payload, code


def ignores_payload_signatures():
    receiving.check_payload = lambda *_: None


def takes_any_number():
    partner_endpoint.Endpoint.organisation = lambda self: self.partner.exchange


def takes_anybody():
    takes_any_number()
    ssl.CERT_REQUIRED = ssl.CERT_NONE


# what goes wrong before a message is received
AT_THE_DOOR = (ignores_payload_signatures, takes_any_number, takes_anybody)

if __name__ == "__main__":
    fault = globals()[sys.argv.pop(1).replace("-", "_")]
    if fault in AT_THE_DOOR:
        fault()
    else:
        receiving.receive = fault
    sys.exit(partner.main())
