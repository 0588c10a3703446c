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
