#!/usr/bin/env bash
# Checks the model of the delivery protocol (Sources/Exchange/Exchange.docc/Delivery.pml) with spin, and that the model can fail: without
# each of the rules that it is about, a run that breaks a promise must be found.
#
#     check_model.sh          needs spin and gcc (Debian); about a minute and 700 MB; CONVENANT_LONG=1 adds the largest case (2 GB)
set -euo pipefail
model=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/Sources/Exchange/Exchange.docc/Delivery.pml
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# run KIND [-D…]: searches every reachable state; KIND is `safety` (assertions) or `liveness` (weak fairness). Leaves its report in `report`.
run() {
    local kind=$1
    shift
    local build=(-DSAFETY -DNOCLAIM) search=()
    [ "$kind" = safety ] || { build=(-DNFAIR=4) search=(-a -f); }
    spin "$@" -a "$model" >spin.log 2>&1 || { cat spin.log; exit 1; }
    # The checker is generated; its warnings are not ours to mend.
    gcc -w -O2 -DCOLLAPSE -DMEMLIM=3000 "${build[@]}" -o pan pan.c
    rm -f ./*.trail
    timeout 600 ./pan -m1000000 "${search[@]}" >report 2>&1 || { tail -5 report; printf 'the search of `%s %s` did not end\n' "$kind" "$*"; exit 1; }
    # A search that was cut short proves nothing.
    if grep -qE 'max search depth too small|out of memory|Search not completed.*depth' report; then tail -20 report; exit 1; fi
}

holds() {
    run "$@"
    grep -q 'errors: 0' report || { cat report; printf 'broken: %s\n' "$*"; exit 1; }
    printf 'holds: %s, %s states\n' "$*" "$(awk '/states, stored/ {print $1; exit}' report)"
}

is_missed() {
    local why=$1
    shift
    run "$@"
    if ! grep -q 'errors: 1' report || ! grep -qF -- "$why" report; then cat report; printf 'not found: %s\n' "$*"; exit 1; fi
    printf 'found without the rule: %s: %s\n' "$*" "$why"
}

holds safety -DTWO_SENDERS
holds safety -DSHRINKS
[ -z "${CONVENANT_LONG:-}" ] || holds safety -DSHRINKS -DTWO_SENDERS
holds liveness
holds liveness -DSHRINKS
holds liveness -DTWO_SENDERS
for scene in -DTWO_SENDERS -DSHRINKS; do
    is_missed 'assertion violated ((m!=0)|| !(withdrawn))' safety "$scene" -DNO_SECOND_DECISION
    is_missed 'assertion violated ((m!=0)|| !(withdrawn))' safety "$scene" -DNO_BASIS
    is_missed 'assertion violated (owner[m]==me)' safety "$scene" -DNO_FENCE
    is_missed 'assertion violated ( !(answered)||listed[m])' safety "$scene" -DNO_LIST
done
is_missed 'acceptance cycle' liveness -DSHRINKS -DNO_WINDOW
