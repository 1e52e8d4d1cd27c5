#!/usr/bin/env bash
# Lets testssl.sh look at the listeners of a daemon, and fails on whatever is below what Convenant promises.
#
# usage: check_tls.sh HOST:PORT ROOTS.pem       one listener of a running daemon
#        check_tls.sh PROGRAM                   both listeners of a daemon that it starts on a new folder
# At a listener that demands a client's certificate it sees what everybody can see of it. At most five minutes each.
# Exit code: 0 when all holds, 1 when not, each fault with a line; 64 usage.
set -euo pipefail

folder=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || { kill "$daemon" && wait "$daemon" || true; }; rm -rf "$folder"' EXIT

if [ $# -eq 1 ]; then
    "$1" init --data "$folder/data" --oin 00000099000000001000 --name "Gemeente Voorbeeld" --host localhost >"$folder/init.txt"
    "$1" serve --data "$folder/data" --partners 127.0.0.1:0 --staff 127.0.0.1:0 --management 127.0.0.1:0 >"$folder/ports" &
    daemon=$!
    for _ in $(seq 100); do
        grep -q ^listening "$folder/ports" && break
        sleep 0.1
    done
    code=0
    for listener in partners staff; do
        port=$(sed -nE "s/^listening.* $listener=([0-9]+).*/\1/p" "$folder/ports")
        "$0" "localhost:$port" "$folder/data/trust/roots.pem" | sed "s/^/$listener: /" || code=1
    done
    exit "$code"
fi
if [ $# -ne 2 ]; then
    sed -n '4,7s/^# //p' "$0" >&2
    exit 64
fi
address=$1 roots=$2
options=(--quiet --warnings off --color 0 --ip one --add-ca "$roots" --jsonfile "$folder/found.json" --protocols --server-preference --fs
    --server-defaults --vulnerable --std)
testssl=$(command -v testssl || command -v testssl.sh) || {
    echo "\`testssl\` is missing (hint: apt-get install testssl.sh)" >&2
    exit 1
}
timeout 300 "$testssl" "${options[@]}" "$address" >"$folder/out.txt" 2>&1 || code=$?
if [ ! -s "$folder/found.json" ]; then
    tail -n 20 "$folder/out.txt" >&2
    echo "testssl.sh ended with ${code:-0} and found nothing" >&2
    exit 1
fi
python3 - "$folder/found.json" <<'PYTHON'
import json
import sys

found = {one["id"].strip(): one for one in json.load(open(sys.argv[1]))}
faults = []
offered = {"SSLv2": False, "SSLv3": False, "TLS1": False, "TLS1_1": False, "TLS1_2": False, "TLS1_3": True}
for protocol, wanted in offered.items():
    said = found.get(protocol, {}).get("finding", "nothing")
    if said.startswith("not offered") == wanted or (wanted and not said.startswith("offered")):
        faults.append(f"{protocol}: {said}")
# The authority of `convenant init` has no address from which its list is fetched: lists are exchanged, and lie in trust/lists. And
# what stands in the name server is not the listener's.
apart = {"cert_revocation", "DNS_CAArecord"}
for name, one in found.items():
    if one["severity"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL") and name not in offered and name not in apart:
        faults.append(f"{name}: {one['severity']}: {one['finding']}")
print("\n".join(faults) or f"{len(found)} findings, none below what is promised: TLS 1.3 only, no resumption, no known weakness")
sys.exit(1 if faults else 0)
PYTHON
