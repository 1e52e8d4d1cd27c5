#!/usr/bin/env python3
"""What an authenticator app shows (RFC 6238): the code of a secret in base 32, now or so many seconds later. None of our code.

    authenticator.py SECRET [SECONDS]
"""

import base64
import hashlib
import hmac
import struct
import sys
import time


def code(secret: str, at: float) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = mac[-1] & 15
    number = struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


if __name__ == "__main__":
    print(code(sys.argv[1], time.time() + (int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
