#!/usr/bin/env python3
"""A partner of Convenant that uses none of its code: pulls its inbox, opens, checks, answers with a signed receipt, accepts the task.

    partner.py --dir DIR --exchange https://host:8443 --once
    partner.py --dir DIR --listen host:port

An example for whoever writes a partner in another language: sealing.py opens and signs, receiving.py keeps to once,
exchange_keys.py renews the exchange's keys, this file fetches, and partner_endpoint.py listens where the exchange pushes
(--listen; its first line says `listening <port>`). The order matters: open, store the receipt, answer.

DIR holds tls.pem (private key), tls-chain.pem, sig.pem, enc.jwk, exchange-roots.pem, exchange-jwks.json and partner.json
({"oin": "<own>", "exchangeOin": "<the municipality's>"}). A message signed by a key that is not in exchange-jwks.json makes it
ask --exchange for the keys of now and write them there; without --exchange there is nobody to ask, and the message is refused.
Prints one JSON line a message: ids, codes and names of fields, no content.
Exit code: 0 when every message was opened and acknowledged, 1 when anything was refused or failed, 78 when DIR is not usable.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pathlib
import re
import ssl
import sys
import time
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

import partner_endpoint
import sealing
from receiving import KeysNotTold, OtherBytes, Partner, Unusable, check_payload, described, kept_receipt, receive


class PinnedTLS13(HTTPAdapter):
    """Mutual TLS 1.3 with the exchange's own roots and no others."""

    def __init__(self, partner: Partner):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.load_verify_locations(partner.folder / "exchange-roots.pem")
        self.context.load_cert_chain(partner.folder / "tls-chain.pem", partner.folder / "tls.pem")
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        return super().init_poolmanager(*args, ssl_context=self.context, **kwargs)

    def cert_verify(self, conn, url, verify, cert):
        # requests would otherwise add its own bundle of public roots to the context
        conn.cert_reqs, conn.ca_certs = "CERT_REQUIRED", None

    def build_connection_pool_key_attributes(self, request, verify, cert=None):
        parts = urlsplit(request.url)
        host = {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}
        return host, {"ssl_context": self.context}


class Exchange:
    """The partners' routes of the exchange."""

    def __init__(self, partner: Partner, url: str):
        if urlsplit(url).scheme != "https":
            raise Unusable(f"`{url}` is not an https address")
        self.url = url if url.endswith("/") else url + "/"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("https://", PinnedTLS13(partner))

    def call(self, method: str, path: str, expected: int | tuple, **more) -> requests.Response:
        more.setdefault("headers", {}).setdefault("Accept", "*/*")
        response = self.session.request(method, urljoin(self.url, path), timeout=(5, 30), allow_redirects=False, **more)
        if response.status_code not in (expected if isinstance(expected, tuple) else (expected,)):
            raise (Ended if response.status_code == 410 else UnexpectedAnswer)(response)
        return response

    def inbox(self):
        after = None
        while True:
            page = self.call("GET", "v1/inbox", 200, params={"limit": 50, **({"after": after} if after else {})}).json()
            yield from page["items"]
            after = page.get("next")
            if not after:
                return

    def message(self, message_id: str, partner: Partner) -> bytes:
        response = self.call("GET", f"v1/inbox/{message_id}", 200, headers={"Accept": "application/jose"})
        if response.headers.get("Content-Type", "").split(";")[0].strip() != "application/jose":
            raise sealing.Refused("wrong-type")
        fields = response.raw.headers
        check_payload(partner, response.content, fields.getlist("Payload-Signature"), fields.getlist("Digest"))
        return response.content

    def keys(self) -> bytes:
        """The keys with which the exchange signs now, for `KnownKeys.ask`."""
        try:
            return self.call("GET", "v1/jwks.json", 200).content
        except (UnexpectedAnswer, requests.RequestException) as fault:
            raise KeysNotTold(str(fault) if isinstance(fault, UnexpectedAnswer) else type(fault).__name__) from None

    def receipt(self, message_id: str, compact: str) -> dict:
        headers = {"Content-Type": "application/jose"}
        return self.call("POST", f"v1/inbox/{message_id}/receipts", (200, 201), data=compact.encode(), headers=headers).json()

    def move(self, task_id: str, to: str) -> dict:
        key = hashlib.sha256(f"{task_id} {to}".encode()).hexdigest()[:32]  # the same step asked twice is one step
        return self.call("POST", f"v1/tasks/{task_id}/transitions", 200, json={"to": to}, headers={"Idempotency-Key": key}).json()


class UnexpectedAnswer(Exception):
    """An answer that is not the one the contract promises."""

    def __init__(self, response: requests.Response):
        try:
            self.code = response.json().get("code", "unnamed")
        except (ValueError, AttributeError):
            self.code = "unnamed"
        self.status = response.status_code
        super().__init__(f"{self.status} {self.code}")


class Ended(UnexpectedAnswer):
    """410: withdrawn, superseded, expired, or its covenant ended."""


def take(partner: Partner, exchange: Exchange, item: dict, accept: bool) -> dict:
    """One message of the inbox: fetch, receive, answer, accept. Returns the line to print; `ok` says whether all went well."""
    message_id = item["messageId"]
    if not re.fullmatch(r"[0-9a-f-]{36}", message_id):
        raise sealing.Refused("malformed")
    line = {"messageId": message_id, "kind": item.get("kind")}
    known = kept_receipt(partner, message_id)
    if known:
        # the receipt did not arrive the first time; the same bytes go again and the content stays where it is
        compact, code, line["duplicate"] = known[0], known[1].get("code"), True
    else:
        sealed = exchange.message(message_id, partner)
        line["digest"] = sealing.digest_of(sealed)
        compact, payload, code = receive(partner, message_id, sealed)
        line |= described(message_id, payload)
    answer = exchange.receipt(message_id, compact)
    line |= {"result": "refused" if code else "opened", "receipt": answer.get("state", "taken")}
    if code:
        line["code"] = code
    if accept and not code and line["kind"] == "referral" and answer.get("taskId") and answer.get("state", "received") == "received":
        line["task"] = exchange.move(answer["taskId"], "accepted").get("state")
    line["ok"] = code is None and line.get("task", "accepted") == "accepted"
    return line


def pull(partner: Partner, exchange: Exchange, accept: bool) -> bool:
    """Once through the inbox. One message's fault does not stop the others."""
    well = True
    for item in list(exchange.inbox()):
        try:
            line = take(partner, exchange, item, accept)
        except Ended:
            # withdrawn between the list and the fetch: nothing came, so nothing is owed
            line = {"messageId": item["messageId"], "result": "ended", "ok": True}
        except KeysNotTold as fault:
            line = {"messageId": item["messageId"], "ok": False, "fault": f"keys-not-told: {fault}"}
        except (UnexpectedAnswer, OtherBytes, sealing.Refused, requests.RequestException, OSError) as fault:
            detail = str(fault) if isinstance(fault, (UnexpectedAnswer, sealing.Refused)) else type(fault).__name__
            line = {"messageId": item.get("messageId"), "ok": False, "fault": detail}
        print(json.dumps(line), flush=True)
        well = well and line["ok"]
    return well


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, required=True, help="the partner's folder")
    parser.add_argument("--exchange", help="the partners' listener, https://host:port")
    parser.add_argument("--listen", metavar="HOST:PORT", help="take what the exchange pushes; pulling goes on beside it with --exchange")
    parser.add_argument("--once", action="store_true", help="go through the inbox once and stop")
    parser.add_argument("--every", type=float, default=10, help="seconds between turns without --once")
    parser.add_argument("--no-accept", action="store_true", help="leave tasks as they are")
    parser.add_argument("--expect", type=int, metavar="N", help="fail unless exactly N messages were there (with --once)")
    arguments = parser.parse_args()
    if not arguments.exchange and not arguments.listen:
        parser.error("--exchange, --listen or both")
    try:
        partner = Partner(arguments.dir)
        exchange = Exchange(partner, arguments.exchange) if arguments.exchange else None
        partner.keys.ask = exchange.keys if exchange else None
        listening = partner_endpoint.start(partner, arguments.listen) if arguments.listen else None
    except (Unusable, OSError, ValueError, KeyError, sealing.Refused) as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 78
    if not exchange:
        listening.join()
    while True:
        try:
            count = 0 if arguments.expect is None else len(list(exchange.inbox()))
            well = pull(partner, exchange, not arguments.no_accept)
            if arguments.expect is not None and count != arguments.expect:
                print(f"error: {count} messages instead of {arguments.expect}", file=sys.stderr)
                well = False
        except (UnexpectedAnswer, requests.RequestException) as fault:
            why = fault if isinstance(fault, UnexpectedAnswer) else type(fault).__name__
            print(f"error: the exchange did not answer as agreed: {why}", file=sys.stderr)
            well = False
        if arguments.once:
            return 0 if well else 1
        time.sleep(arguments.every)


if __name__ == "__main__":
    sys.exit(main())
