#!/bin/sh
# Opens a sealed message on a P-256 key with Debian's `jose` (apt install jose) and prints its payload: content, so mind who looks.
# usage: open_with_jose.sh enc.jwk exchange-jwks.json < sealed
# Proves decryption and signature only; recipient, term and version are for the reader to look at. `jose` has no X25519.
set -eu
[ $# -eq 2 ] || { echo "usage: open_with_jose.sh enc.jwk exchange-jwks.json < sealed" >&2; exit 64; }
signed=$(mktemp)
trap 'rm -f "$signed"' EXIT
tr -d '\n' | jose jwe dec -i- -k "$1" -O "$signed"
payload=$(jose jws ver -i "$signed" -k "$2" -O-)  # printed only once it is verified
printf '%s\n' "$payload"
