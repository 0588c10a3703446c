#!/usr/bin/env bash
# From an input that fails to a scenario that fails in the same way, as small as it gets, for `make
# fuzz-keep`; and the line that runs it again. The input itself goes to the seeds of its target, which
# tests replay. Usage: fuzz/keep.sh [--check] TARGET INPUT [FOLDER]; --check: only whether TARGET and INPUT are there
#
# A broken invariant is shrunk by dirsim. What crashes (an assert, a report of a sanitizer) would take dirsim
# with it, and what a target itself finds wrong may have no scenario: there the input is made small, by running it
# again and again without some of it.
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh

checks=
[ "${1-}" != --check ] || { checks=1 && shift; }
target=${1-} input=${2-} folder=${3:-scenarios/found}
check_target "$target"
[ -f "$input" ] || die "there is no input '$input'"
[ -z "$checks" ] || exit 0
name=$(sha1sum "$input" | cut -c1-12)
work=build/fuzz/$target/kept
seeds=${FUZZ_SEEDS:-fuzz/fuzz_${target}_seed_corpus}
replay=${FUZZ_REPLAY:-build/test/fuzz/$target-replay}
read -ra dirsims <<<"${FUZZ_DIRSIM:-build/dirsim build/test/dirsim}"
patience=${FUZZ_PATIENCE:-30} # seconds for a run
export ASAN_OPTIONS=abort_on_error=1:detect_leaks=1
export UBSAN_OPTIONS=abort_on_error=1:print_stacktrace=1:print_summary=1
whole=$work/$name.yaml
small=$folder/fuzz-$name.yaml

# Runs an input, writes its scenario (there is none when it does not come so far), and says on one line how it
# fails: what an invariant, an assert or a sanitizer says, without what is another each time.
failure_of() { # INPUT SCENARIO
    local log=$work/$name.log rc=0
    rm -f "$2"
    # What the shell says of a process that a signal ended is of no interest.
    { DIRSIM_FUZZ_SCENARIO=$2 timeout --signal=ABRT --kill-after=10 "$patience" "$replay" "$1" >"$log" 2>&1; } \
        2>/dev/null || rc=$?
    [ "$rc" -ne 0 ] || return 1
    how_it_failed "$log" "$rc" "$patience"
}

# Some of an input: the first, or all from one on.
first_of() { head "${unit[0]}" "$(($2 * unit[1]))" "$1"; }     # FILE COUNT
from_on() { tail "${unit[0]}" "+$(($2 * unit[1] + 1))" "$1"; } # FILE NUMBER

# Take out of a file what it fails without in the same way: half of it, then less and less.
make_small() { # FILE HOW
    local file=$1 how=$2 at count taken deadline=$((SECONDS + 120))
    local unit=(-n 1)
    case $target in events | sqlite) unit=(-c 8) ;; esac
    count=$(($(wc "${unit[0]/-n/-l}" <"$file") / unit[1]))
    for ((taken = (count + 1) / 2; taken > 0 && SECONDS < deadline; taken /= 2)); do
        for ((at = 0; at < count && SECONDS < deadline;)); do
            { first_of "$file" "$at" && from_on "$file" "$((at + taken))"; } >"$file.less"
            if [ "$(failure_of "$file.less" "$whole.less")" = "$how" ]; then
                mv "$file.less" "$file"
                count=$((count > at + taken ? count - taken : at))
            else
                at=$((at + taken))
            fi
        done
    done
    rm -f "$file.less" "$whole.less"
}

mkdir -p "$work" "$folder" "$seeds"
how=$(failure_of "$input" "$whole") || { echo "$input does not fail" >&2 && exit 1; }
echo "$how"
[ "$input" -ef "$seeds/found-$name" ] || cp "$input" "$seeds/found-$name"
echo "input kept: $seeds/found-$name"

if [[ $how == FAILED* && -s $whole ]]; then
    for dirsim in "${dirsims[@]}"; do [ ! -x "$dirsim" ] || break; done
    if timeout 300 "$dirsim" shrink -o "$small" "$whole" 2>"$work/$name.shrink.log"; then
        sed -n '/^\(fails\|before\|after\)/p' "$work/$name.shrink.log"
    else
        echo "not shrunk: $(tail -n 1 "$work/$name.shrink.log")"
        cp "$whole" "$small"
    fi
    echo "again: dirsim run $small"
    exit
fi

if [[ $how != "does not end"* ]]; then
    cp "$input" "$work/$name.small"
    make_small "$work/$name.small" "$how"
    failure_of "$work/$name.small" "$whole" >/dev/null || true
    echo "before: $(wc -c <"$input") bytes"
    echo "after:  $(wc -c <"$work/$name.small") bytes"
    cp "$work/$name.small" "$seeds/found-$name"
fi
# A scenario counts when it crashes dirsim, too: the released one, or the one with sanitizers.
if [ -s "$whole" ]; then
    cp "$whole" "$small"
    for dirsim in "${dirsims[@]}"; do
        rc=0
        { [ ! -x "$dirsim" ] || timeout "$patience" "$dirsim" run "$small" >/dev/null 2>&1; } 2>/dev/null || rc=$?
        # 0 to 3 are its own.
        if [ "$rc" -gt 3 ]; then
            echo "again: $dirsim run $small"
            exit
        fi
    done
    rm "$small"
fi
echo "there is no scenario that does it; again: $replay $seeds/found-$name"
