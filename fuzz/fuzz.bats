#!/usr/bin/env bats
# From bytes to findings: the replayers, a story from a scenario, and from an input that fails to a small
# scenario, by the one command that people are told.

setup() {
    cd "$BATS_TEST_DIRNAME/.." || return 1
    REPLAY=build/test/fuzz
    WORK=$(mktemp -d)
    export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99
}

teardown() {
    rm -rf "$WORK"
}

@test "the canary crashes for what it must crash for, and for nothing else" {
    printf 'deaf' >"$WORK/deaf"
    printf 'dead' >"$WORK/dead"
    run "$REPLAY/canary-replay" "$WORK/deaf"
    [ "$status" -eq 0 ]
    [ "$output" = "1 inputs" ]
    run "$REPLAY/canary-replay" "$WORK/dead"
    [ "$status" -eq 134 ]
}

@test "a replayer says what it takes, and what it cannot read" {
    run "$REPLAY/events-replay"
    [ "$status" -eq 2 ]
    [[ $output == usage:* ]]
    run "$REPLAY/events-replay" "$WORK/nothing"
    [ "$status" -eq 3 ]
    [[ $output == *"No such file"* ]]
}

@test "a scenario becomes a story that tells the same" {
    "$REPLAY/seed" "$WORK" scenarios/smoke/skipped-step-lets-plan-go-on.yaml
    run "$REPLAY/seed" --show "$WORK/smoke-skipped-step-lets-plan-go-on"
    [ "$status" -eq 0 ]
    [[ $output == *"run: [a, {concurrence: [b, c]}, d]"* ]]
    [[ $output == *"b: {takes: 1ms..20ms, run: [error, success], rescue: skip, accepts_events: true}"* ]]
    [[ $output == *"- {at: 30ms, event: {plan: p1, step: c, name: e2}}"* ]]
}

@test "any bytes are a story, and one run does not know of the one before" {
    for i in 1 2 3 4; do head -c 500 /dev/urandom >"$WORK/$i"; done
    "$REPLAY/events-replay" -n 3 "$WORK"
    "$REPLAY/sqlite-replay" -n 3 "$WORK"
}

# With a defect of Dynflow the stories of scenarios/defects break invariants.
@test "what fails becomes a small scenario that fails again, in one command" {
    "$REPLAY/seed" "$WORK" scenarios/defects/item-worked-on-twice.yaml
    export DIRSIM_FUZZ_FAITHFUL=1
    run env FUZZ_SEEDS="$WORK/seeds" fuzz/keep.sh events "$WORK/defects-item-worked-on-twice" "$WORK/found"
    [ "$status" -eq 0 ]
    [[ $output == *"FAILED  "* ]]
    [[ $output == *"input kept: $WORK/seeds/found-"* ]]
    again=$(sed -n 's/^again: dirsim //p' <<<"$output")
    [ -n "$again" ]
    # shellcheck disable=SC2086 # it is a command line
    run build/test/dirsim $again
    [ "$status" -eq 0 ]
    grep -q '^  violates: ' "$WORK"/found/*.yaml
    [ "$(wc -l <"$WORK"/found/*.yaml)" -lt 20 ]
}

# Whoever halts a plan crashes: in the replayer and in dirsim, which are linked with this plant.
plant_crash() {
    local flags=(-std=gnu17 -g "-fsanitize=address,undefined" -fno-sanitize-recover=all "-Wl,--wrap=core_halt")
    cat >"$WORK/plant.c" <<'EOF'
#include <assert.h>
#include <stdlib.h>
int planted[4];
void __wrap_core_halt(void *world, void *request)
{
    int *volatile beyond = planted;
    assert(world == request || getenv("PLANTED_OVERFLOW"));
    beyond[4] = 1;
}
EOF
    gcc "${flags[@]}" -o "$WORK/replay" "$WORK/plant.c" build/test/obj/fuzz/{fuzz_events,replay_main}.o \
        build/test/libfuzz.a build/test/libdirector.a -lfyaml -lsqlite3 -luuid -lxxhash
    gcc "${flags[@]}" -o "$WORK/dirsim" "$WORK/plant.c" build/test/obj/sim/cli/main.o build/test/libsim.a \
        build/test/libdirector.a -lfyaml -lsqlite3 -luuid -lxxhash
    export FUZZ_REPLAY=$WORK/replay FUZZ_DIRSIM=$WORK/dirsim FUZZ_SEEDS=$WORK/seeds
}

@test "what crashes becomes a small scenario that crashes again, in one command" {
    plant_crash
    "$REPLAY/seed" "$WORK" scenarios/termination/halt-running-and-inactive.yaml
    run fuzz/keep.sh events "$WORK/termination-halt-running-and-inactive" "$WORK/found"
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == *"Assertion \`world == request"* ]]
    [ "${lines[-1]}" = "again: $WORK/dirsim run $(echo "$WORK"/found/*.yaml)" ]
    run "$WORK/dirsim" run "$WORK"/found/*.yaml
    [ "$status" -eq 134 ]
    # One plan, its start and its halt.
    [ "$(wc -c <"$WORK"/seeds/found-*)" -le 24 ]
    run "$WORK/replay" "$WORK"/seeds/found-*
    [ "$status" -eq 134 ]

    PLANTED_OVERFLOW=1 run fuzz/keep.sh events "$(echo "$WORK"/seeds/found-*)" "$WORK/found"
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == "SUMMARY: AddressSanitizer: global-buffer-overflow "*" in __wrap_core_halt" ]]
    [[ ${lines[-1]} == "again: $WORK/dirsim run $WORK/found/"*.yaml ]]
}

@test "findings are told by what fails in them, each kind once, with its smallest input" {
    local input
    plant_crash
    mkdir "$WORK/findings"
    "$REPLAY/seed" "$WORK" scenarios/termination/halt-running-and-inactive.yaml scenarios/smoke/finalize-after-every-run.yaml
    input=$WORK/termination-halt-running-and-inactive
    cp "$input" "$WORK/findings/b"
    cat "$input" "$input" >"$WORK/findings/a"
    cp "$WORK/smoke-finalize-after-every-run" "$WORK/findings/harmless"
    FUZZ_WORK=$WORK run fuzz/findings.sh events
    [ "$status" -eq 1 ]
    [ ${#lines[@]} -eq 5 ]
    [[ ${lines[0]} == *"Assertion \`world == request"* ]]
    [ "${lines[1]}" = "  inputs: 2; as a small scenario:" ]
    [ "${lines[2]}" = "  make fuzz-keep TARGET=events INPUT=$WORK/findings/b" ]
    [ "${lines[3]}" = "does not fail again" ]
    [ "${lines[4]}" = "  $WORK/findings/harmless" ]

    rm -r "$WORK/findings"
    FUZZ_WORK=$WORK run fuzz/findings.sh events
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    run fuzz/findings.sh evenst
    [ "$status" -eq 2 ]
}

# ---- With programs in the place of AFL++ and of the targets ------------------------------------

program() { # FILE < SCRIPT
    mkdir -p "${1%/*}"
    { echo '#!/bin/bash' && cat; } >"$1"
    chmod +x "$1"
}

# A target that fails for what has "bad" in it; an afl-fuzz that finds one input, and one that fails, and ends when it is
# told to, or at once; an afl-cmin that keeps all. What a test wants of them is in the environment.
stubs() {
    program "$WORK/bin/replay" <<'END'
while [ $# -gt 0 ]; do
    if grep -q bad "$1"; then echo "FAILED  it is bad" && exit 1; fi
    shift
done
END
    program "$WORK/bin/afl-fuzz" <<'END'
while [ $# -gt 0 ]; do
    case $1 in -o) output=$2 ;; -i) input=$2 ;; -M | -S) name=$2 ;; esac
    shift
done
if [ "$name" = "$DIES" ]; then echo "PROGRAM ABORT : no room" && exit 1; fi
mkdir -p "$output/$name/queue" "$output/$name/crashes"
ls "$input" >"$output/began-with"
echo "queued by $name" >"$output/$name/queue/id:0"
[ -z "$FINDS" ] || echo "bad $name" >"$output/$name/crashes/id:0"
echo "stability         : ${STABILITY:-100.00%}" >"$output/$name/fuzzer_stats"
[ -n "$WAITS" ] || exit 0
trap 'kill $!; exit 0' TERM
sleep 20 &
touch "$output/$name/waits"
wait
END
    program "$WORK/bin/afl-cmin" <<'END'
cp -r "$2" "$4" && [ -z "$CMIN_FAILS" ]
END
    program "$WORK/bin/seed" <<'END'
echo seed >"$1/seed"
END
    export FUZZ_SEED=$WORK/bin/seed FUZZ_REPLAY=$WORK/bin/replay FUZZ_WORK=$WORK/work PATH=$WORK/bin:$PATH
    mkdir -p "$FUZZ_WORK/corpus"
}

kept() { # TEXT FOLDER: whether one file there has it, and only it
    [ "$(grep -lxr "$1" "$FUZZ_WORK/$2" | wc -l)" -eq 1 ]
}

@test "when nothing fails, what AFL++ gathers is kept" {
    stubs
    run fuzz/fuzz.sh events 1 2
    [ "$status" -eq 0 ]
    kept "queued by main" corpus
    kept "queued by sanitizers2" corpus
    [[ ${lines[-1]} == "events: 0 findings in "* ]]
}

@test "fuzzing that is interrupted keeps and tells what it has found" {
    stubs
    FINDS=1 WAITS=1 fuzz/fuzz.sh events 9 2 >"$WORK/told" 3>&- &
    local pid=$! status=0
    until [ -e "$FUZZ_WORK/output/main/waits" ] && [ -e "$FUZZ_WORK/output/sanitizers2/waits" ]; do sleep 0.05; done
    kill -TERM "$pid"
    wait "$pid" || status=$?
    [ "$status" -eq 1 ]
    grep -qx "events: interrupted" "$WORK/told"
    grep -q "^FAILED  it is bad" "$WORK/told"
    kept "queued by sanitizers2" corpus
    kept "bad main" findings

    rm -r "$FUZZ_WORK"
    WAITS=1 fuzz/fuzz.sh events 9 1 >"$WORK/told" 3>&- &
    pid=$! status=0
    until [ -e "$FUZZ_WORK/output/main/waits" ]; do sleep 0.05; done
    kill -TERM "$pid"
    wait "$pid" || status=$?
    [ "$status" -eq 143 ]
    kept "queued by main" corpus
}

@test "what fuzzing left that was killed is kept and told the next time, and only then" {
    stubs
    mkdir -p "$FUZZ_WORK/output/main/queue" "$FUZZ_WORK/output/main/crashes"
    echo "of last time" >"$FUZZ_WORK/output/main/queue/id:7"
    echo "bad of last time" >"$FUZZ_WORK/output/main/crashes/id:7"
    run fuzz/fuzz.sh events 1 1
    [ "$status" -eq 1 ]
    [ "${lines[0]}" = "events: 1 findings of a time that was cut off" ]
    kept "of last time" corpus
    kept "bad of last time" findings
    rm "$FUZZ_WORK"/findings/*
    run fuzz/fuzz.sh events 1 1
    [ "$status" -eq 0 ]
}

@test "findings are kept and told though the corpus cannot be minimised" {
    stubs
    FINDS=1 CMIN_FAILS=1 run fuzz/fuzz.sh events 1 1
    [ "$status" -eq 1 ]
    [[ $output == *"FAILED  it is bad"*"afl-cmin failed"*"minimising the corpus failed"* ]]
    kept "bad main" findings
    kept "queued by main" corpus
    rm "$FUZZ_WORK"/findings/*
    CMIN_FAILS=1 run fuzz/fuzz.sh events 1 1
    [ "$status" -eq 1 ]
}

@test "seeds and kept inputs that fail now are findings, and AFL++ begins without them" {
    stubs
    echo "bad kept" >"$FUZZ_WORK/corpus/kept-1"
    for i in 1 2 3 4 5; do echo "well $i" >"$FUZZ_WORK/corpus/well-$i"; done
    program "$WORK/bin/seed" <<'END'
echo seed >"$1/seed"
echo bad seed >"$1/bad"
END
    run fuzz/fuzz.sh events 1 1
    [ "$status" -eq 1 ]
    [[ $output == *"events: 1 seeds or kept inputs fail now"* ]]
    [[ $output == *"  inputs: 2; as a small scenario:"* ]]
    [[ ${lines[-1]} == "events: 2 findings in "* ]]
    kept "bad kept" findings
    kept "bad seed" findings
    run kept "bad kept" corpus
    [ "$status" -ne 0 ]
    grep -q well-5 "$FUZZ_WORK/output/began-with"
    run grep -E 'bad|kept' "$FUZZ_WORK/output/began-with"
    [ "$status" -ne 0 ]
}

@test "an instance that ends at its start, or is not stable, is told" {
    stubs
    DIES=sanitizers2 run fuzz/fuzz.sh events 1 2
    [ "$status" -eq 1 ]
    [[ $output == *"FAILED  sanitizers2: afl-fuzz ended with status 1; the end of $FUZZ_WORK/sanitizers2.log:"* ]]
    [[ $output == *"  PROGRAM ABORT : no room"* ]]
    kept "queued by main" corpus
    STABILITY=99.10% run fuzz/fuzz.sh events 1 1
    [ "$status" -eq 1 ]
    [[ $output == *"FAILED  main: its stability is 99.10%, not 100.00%"* ]]
}

@test "minimising picks up what it left when it was cut off" {
    stubs
    mkdir "$FUZZ_WORK/corpus.old" "$FUZZ_WORK/corpus.small"
    echo old >"$FUZZ_WORK/corpus.old/1"
    echo small >"$FUZZ_WORK/corpus.small/2"
    run fuzz/corpus.sh events
    [ "$status" -eq 0 ]
    [ "$output" = "events: 2 inputs, 2 of them kept" ]
    kept old corpus
    kept small corpus
    [ ! -e "$FUZZ_WORK/corpus.old" ]

    # Killed before the new corpus has its names, and between the two folders' changing places.
    program "$WORK/killed/rm" <<'END'
kill -KILL "$PPID"
END
    PATH=$WORK/killed:$PATH run fuzz/corpus.sh events
    [ "$status" -eq 137 ]
    program "$WORK/killed/mv" <<'END'
/bin/mv "$@"
[[ $2 != *.old ]] || kill -KILL "$PPID"
END
    rm "$WORK/killed/rm"
    PATH=$WORK/killed:$PATH run fuzz/corpus.sh events
    [ "$status" -eq 137 ]
    [ ! -e "$FUZZ_WORK/corpus" ]
    run fuzz/corpus.sh events
    [ "$status" -eq 0 ]
    kept old corpus
    kept small corpus
}

@test "inputs that fail now do not keep a corpus from being minimised" {
    stubs
    echo well >"$FUZZ_WORK/corpus/well"
    echo "bad now" >"$FUZZ_WORK/corpus/bad"
    run fuzz/corpus.sh events
    [ "$status" -eq 1 ]
    [[ ${lines[0]} == "events: 1 inputs of the corpus fail now, and went to $FUZZ_WORK/findings"* ]]
    [ "${lines[1]}" = "events: 2 inputs, 1 of them kept" ]
    kept "bad now" findings
}

@test "what a target finds wrong without a scenario is made small as an input" {
    local target small
    stubs
    export FUZZ_SEEDS=$WORK/seeds FUZZ_DIRSIM=$WORK/bin/none
    printf 'one\ntwo\nthree bad\nfour\n' >"$WORK/input"
    for target in scenario conform; do
        run fuzz/keep.sh "$target" "$WORK/input" "$WORK/found"
        [ "$status" -eq 0 ]
        [ "${lines[0]}" = "FAILED  it is bad" ]
        small=${lines[-1]#"there is no scenario that does it; again: $FUZZ_REPLAY "}
        [ "$(cat "$small")" = "three bad" ]
        rm -r "$WORK/seeds"
    done
}

@test "what make is given is looked at before anything is built, and told in one line" {
    local arguments
    for arguments in "fuzz TIME=abc" "fuzz-keep TARGET=foo INPUT=README.md" "fuzz-corpus TARGET=foo"; do
        # shellcheck disable=SC2086 # they are several
        run env -u MAKEFLAGS make -s $arguments
        [ "$status" -eq 2 ]
        [[ ${lines[0]} == "fuzz: "* ]]
        [[ ${lines[1]} == make* ]]
        [ ${#lines[@]} -eq 2 ]
    done
    for arguments in "fuzz.sh --check foo 1" "fuzz.sh --check events 0" "fuzz.sh --check events 1 no" "keep.sh --check events nothing"; do
        # shellcheck disable=SC2086 # they are several
        run fuzz/$arguments
        [ "$status" -eq 2 ]
        [ ${#lines[@]} -eq 1 ]
    done
}

# Without a compile of everything: its compilers copy what is built, and link in earnest.
@test "what OSS-Fuzz asks for is built: each target links, with its seeds, words and options" {
    mkdir -p "$WORK/bin" "$WORK/out" "$WORK/work" "$WORK/src"
    ln -s "$PWD" "$WORK/src/dirsim"
    cat >"$WORK/bin/copy-object" <<'EOF'
#!/bin/bash
source=${!#} object=build/test/obj/${!#}
object=${object%.c}.o
while [ "$1" != -o ]; do shift; done
if [ -e "$object" ]; then cp "$object" "$2"; else exec gcc -std=gnu17 -I. -c -o "$2" "$source"; fi
EOF
    cat >"$WORK/bin/cc" <<'EOF'
#!/bin/bash
while [ "$1" != -o ]; do shift; done
exec cp build/test/fuzz/seed "$2"
EOF
    chmod +x "$WORK"/bin/*
    run env PATH="$WORK/bin:$PATH" CC=copy-object CXX=gcc CFLAGS='-O1 -fsanitize=address,undefined' \
        CXXFLAGS='-O1 -fsanitize=address,undefined' LIB_FUZZING_ENGINE=build/test/obj/fuzz/replay_main.o \
        FUZZING_ENGINE=libfuzzer SANITIZER=address OUT="$WORK/out" SRC="$WORK/src" WORK="$WORK/work" \
        .clusterfuzzlite/build.sh
    [ "$status" -eq 0 ]
    for target in events scenario conform sqlite; do
        unzip -q -d "$WORK/$target" "$WORK/out/fuzz_${target}_seed_corpus.zip"
        seeds=("$WORK/$target"/*)
        "$WORK/out/fuzz_$target" "${seeds[0]}"
        grep -q '^max_len = ' "$WORK/out/fuzz_$target.options"
    done
    [ -s "$WORK/out/fuzz_scenario.dict" ]
    [ -s "$WORK/out/fuzz_conform.dict" ]
}
