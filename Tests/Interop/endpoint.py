"""A partner's endpoint that always answers the same, or never: for tests of what the exchange does about it.

    endpoint.py CHAIN KEY STATUS [NAME:VALUE …]

CHAIN and KEY are PEM files; STATUS is a number, or `hang` for an endpoint that takes the request and says nothing. Prints `listening PORT`, and
`asked MESSAGE-ID` for each request.
"""

import http.server
import ssl
import sys
import threading


def handler(status, headers):
    class Endpoint(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            print("asked", self.headers.get("Convenant-Message-Id", "-"), flush=True)
            if status == "hang":
                threading.Event().wait()
            self.send_response(int(status))
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_):
            pass

    return Endpoint


def main():
    chain, key, status, *headers = sys.argv[1:]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = ssl.TLSVersion.TLSv1_3
    tls.load_cert_chain(chain, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(status, [header.split(":", 1) for header in headers]))
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    print("listening", server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
