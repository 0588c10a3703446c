#!/usr/bin/env bash
# Side by side: dirsim explore over the scenarios here with one fault, and Spin and rumur (Debian: spin,
# rumur) over models of the same system, which leave out most of what the real director does. States
# that were looked at per second of CPU time of each.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dirsim=${DIRSIM:-$here/../../../build/dirsim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
TIMEFORMAT=%U

# rate NAME PATTERN COMMAND…: the number before the pattern in what the command prints, and how fast.
rate() {
    local name=$1 pattern=$2 seconds states
    shift 2
    { time "$@" >out 2>&1 || true; } 2>seconds
    seconds=$(tail -n 1 seconds)
    states=$(grep -oE "[0-9]+ $pattern" out | tail -n 1 | cut -d' ' -f1)
    awk -v name="$name" -v states="$states" -v seconds="$seconds" \
        'BEGIN { printf "%-36s %9d states %8.2f s %10.0f states/s\n", name, states, seconds, states / (seconds > 0 ? seconds : 0.001) }'
}

for scenario in "$here"/*.yaml; do
    rate "dirsim $(basename "$scenario" .yaml)" "states," "$dirsim" explore --faults 1 "$scenario"
    rate "dirsim $(basename "$scenario" .yaml), all orders" "states," \
        "$dirsim" explore --faults 1 --all-orders "$scenario"
done
spin -a "$here/plans.pml" >/dev/null
gcc -O2 -w -DMEMLIM=4000 -o pan pan.c
rate "spin" "states, stored" ./pan -m1000000 -w22
rumur --deadlock-detection off --threads 1 --output rumur.c "$here/plans.m"
gcc -O2 -w -march=native -o rumur rumur.c -lpthread -lm
rate "rumur" "states, " ./rumur
