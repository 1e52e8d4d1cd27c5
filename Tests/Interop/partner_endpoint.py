"""Where a Python partner listens for messages that the exchange pushes (contract §3): `POST /`, answered with the signed receipt.

TLS 1.3 that demands a certificate of exchange-roots.pem with the exchange's organisation number in its subject.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import receiving
import sealing

LIMIT = 1 << 20


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    partner: receiving.Partner

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LIMIT:
            self.close_connection = True
            return self.problem(413, "too-large")
        sealed = self.rfile.read(int(length))
        if self.organisation() != self.partner.exchange:
            return self.problem(403, "certificate-refused")
        if self.path != "/":
            return self.problem(404, "not-found")
        if self.headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/jose":
            return self.problem(415, "unsupported-media-type")
        message_id = self.headers.get("Convenant-Message-Id", "")
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", message_id):
            return self.problem(400, "invalid-input")
        beside = (self.headers.get_all(name) or [] for name in ("Payload-Signature", "Digest"))
        try:
            try:
                receiving.check_payload(self.partner, sealed, *beside)
            except sealing.Refused:
                return self.problem(400, "payload-not-signed")
            compact, payload, code = receiving.receive(self.partner, message_id, sealed)
        except receiving.OtherBytes:
            return self.problem(409, "other-bytes")
        except receiving.KeysNotTold:
            return self.problem(503, "keys-not-told")
        except OSError:
            return self.problem(503, "not-stored")  # a full disk: no receipt, and the message comes again
        line = {**receiving.described(message_id, payload), "result": "refused" if code else "opened", "pushed": True}
        print(json.dumps(line | ({"code": code} if code else {})), flush=True)
        return self.answer(200, "application/jose", compact.encode())

    def organisation(self) -> str | None:
        """The one organisation number in the subject of the certificate at the other end."""
        subject = self.connection.getpeercert().get("subject", ())
        numbers = [value for part in subject for name, value in part if name == "serialNumber"]
        return numbers[0] if len(numbers) == 1 else None

    def problem(self, status: int, code: str):
        body = {"type": f"https://convenant.example/problems/{code}", "title": code, "status": status, "code": code}
        self.answer(status, "application/problem+json", json.dumps(body).encode())

    def answer(self, status: int, media_type: str, body: bytes):
        self.send_response(status)
        for name, value in (("Content-Type", media_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")):
            self.send_header(name, value)
        if status == 503:
            self.send_header("Retry-After", "10")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """What is worth saying is one line a message."""


def start(partner: receiving.Partner, address: str) -> threading.Thread:
    """Listens, says `listening <port>`, and serves in a thread of its own. A port that is taken is an OSError here."""
    host, _, port = address.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(partner.folder / "exchange-roots.pem")
    context.load_cert_chain(partner.folder / "tls-chain.pem", partner.folder / "tls.pem")
    handler = type("PartnerEndpoint", (Endpoint,), {"partner": partner})
    server = ThreadingHTTPServer((host, int(port)), handler)
    server.daemon_threads = True
    # the handshake happens in the thread of its connection, where a slow one holds up nobody
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda request, client: None
    print(f"listening {server.server_address[1]}", flush=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    return thread
