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
