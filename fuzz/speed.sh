#!/usr/bin/env bash
# How fast stories are fuzzed, beside a target that does nothing, for `make fuzz-speed`: turn by turn on one
# core, so that what else the machine does befalls both. Usage: fuzz/speed.sh [SECONDS [TURNS]]
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/common.sh
unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS

seconds=${1:-10} turns=${2:-3}
work=build/fuzz/speed
rm -rf "$work"
mkdir -p "$work"
make_seeds events "$work/seeds"
export AFL_NO_AFFINITY=1

afl_speed() { # TARGET TURN: runs a second
    timeout $((seconds + 60)) afl-fuzz -s 1 -V "$seconds" -G 512 -i "$work/seeds" -o "$work/$1-$2" -- "build/afl/fuzz/$1" \
        >"$work/$1-$2.log" 2>&1 || true
    stat_of "$work/$1-$2/default/fuzzer_stats" execs_per_sec
}

# Runs a second of libFuzzer, and of its processor time: wall clock and CPU differ on a busy machine.
libfuzzer_speed() { # TURN
    local log=$work/libfuzzer-$1.log runs cpu
    # From the seeds each time: what was gathered is slower.
    rm -rf "$work/corpus"
    cp -r "$work/seeds" "$work/corpus"
    TIMEFORMAT='%R %U %S'
    { time "build/libfuzzer/fuzz/events" -seed=1 -max_len=512 "${libfuzzer_options[@]}" -reload=0 -use_cmp=0 \
        -print_final_stats=1 -max_total_time="$seconds" "$work/corpus" 2>"$log"; } 2>"$work/time"
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    cpu=$(<"$work/time")
    awk -v runs="$runs" -v cpu="$cpu" 'BEGIN {split(cpu, t, " "); printf "%.0f %.0f\n", runs / t[1], runs / (t[2] + t[3])}'
}

printf '%-6s %14s %14s %8s %16s %18s\n' turn 'empty, AFL++' 'events, AFL++' ratio 'libFuzzer runs/s' 'runs/s of CPU time'
for ((turn = 1; turn <= turns; turn++)); do
    empty=$(afl_speed empty "$turn")
    events=$(afl_speed events "$turn")
    read -r wall cpu < <(libfuzzer_speed "$turn")
    printf '%-6s %14s %14s %8s %16s %18s\n' "$turn" "$empty" "$events" \
        "$(awk -v a="$events" -v b="$empty" 'BEGIN {printf "%.2f", a / b}')" "$wall" "$cpu"
done
