#!/usr/bin/env bash
# What `make fuzz` has found of a target, each kind of failure once, with the line that makes a small scenario of the
# smallest input that fails so; inputs that do not fail any more come last. Exit 1 when something fails.
# Usage: fuzz/findings.sh TARGET
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh

target=${1-}
check_target "$target"
work=${FUZZ_WORK:-build/fuzz/$target}
# Without sanitizers first, since what fails there does not need them.
read -ra replays <<<"${FUZZ_REPLAY:-build/afl/fuzz/$target build/afl-asan/fuzz/$target}"
patience=${FUZZ_PATIENCE:-10} # seconds for a run
export ASAN_OPTIONS=abort_on_error=1:detect_leaks=0:allocator_may_return_null=1
export UBSAN_OPTIONS=abort_on_error=1:print_summary=1
log=$work/findings.log

kind_of() { # INPUT
    local replay rc
    for replay in "${replays[@]}"; do
        [ -x "$replay" ] || continue
        rc=0
        # What the shell says of a process that a signal ended is of no interest.
        { timeout --signal=ABRT --kill-after=5 "$patience" "$replay" "$1" >"$log" 2>&1; } 2>/dev/null || rc=$?
        if [ "$rc" -ne 0 ]; then
            how_it_failed "$log" "$rc" "$patience"
            return
        fi
    done
    return 1
}

# The smallest inputs first, so that the first of its kind is the smallest.
declare -A count=() smallest=()
kinds=()
mended=
while read -r _ input; do
    kind=$(kind_of "$input") || { mended+="  $input"$'\n' && continue; }
    [ -n "${count[$kind]-}" ] || kinds+=("$kind")
    count[$kind]=$((${count[$kind]:-0} + 1))
    smallest[$kind]=${smallest[$kind]:-$input}
done < <(find "$work/findings" -type f -printf '%s %p\n' 2>/dev/null | LC_ALL=C sort -k1n -k2)
rm -f "$log"

for kind in "${kinds[@]}"; do
    printf '%s\n' "$kind"
    printf '  inputs: %d; as a small scenario:\n' "${count[$kind]}"
    printf '  make fuzz-keep TARGET=%s INPUT=%s\n' "$target" "${smallest[$kind]}"
done
[ -z "$mended" ] || printf 'does not fail again\n%s' "$mended"
[ ${#kinds[@]} -eq 0 ]
