#!/usr/bin/env bats
# What scenarios become stories of, and stay.

setup() {
    cd "$BATS_TEST_DIRNAME/.." || return 1
    SEED=build/test/fuzz/seed
    WORK=$(mktemp -d)
    export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99
}

teardown() {
    rm -rf "$WORK"
}

@test "a story tells nested flows, workers that there are not, planning in time, and faults after an event" {
    cat >"$WORK/all.yaml" <<'END'
scenario: found by fuzzing
until: 1009ms
world: {queues: {default: {workers: 0}, slow: {workers: 3}}}
plans:
  p1:
    run: [a, {concurrence: [[b, {concurrence: [c, d]}, e], f]}]
    finalize: [f, c, a]
    steps:
      a: {}
      b: {accepts_events: true}
      c: {}
      d: {}
      e: {requires: [d]}
      f: {queue: slow}
  p2:
    run: [a, b]
    finalize: [{concurrence: [a, b]}, {concurrence: [c, d]}]
  p3:
    state: scheduled
    start_at: 30ms
    start_before: 38ms
    run: a
events:
  - {at: 0ms, start: p1}
  - {at: 5ms, start: p2}
  - {at: 9ms, event: {plan: p1, step: b, name: e3}}
faults:
  - {on: worker, after: {event: e3}, delay: 2ms, error: dies}
END
    "$SEED" "$WORK" "$WORK/all.yaml"
    "$SEED" --show "$WORK"/*all | diff "$WORK/all.yaml" -
}

@test "a scheduled plan that nobody starts is started by nobody" {
    "$SEED" "$WORK" scenarios/planning/at-its-time.yaml
    "$SEED" --show "$WORK"/* >"$WORK/told.yaml"
    grep -q '^    start_at: ' "$WORK/told.yaml"
    run grep 'start: ' "$WORK/told.yaml"
    [ -z "$output" ]
}

@test "every scenario is a story that can be told and run" {
    mapfile -t scenarios < <(find scenarios -name '*.yaml' ! -path '*/conformance/*' | LC_ALL=C sort)
    mkdir "$WORK/once"
    "$SEED" "$WORK/once" "${scenarios[@]}"
    [ "$(find "$WORK/once" -type f | wc -l)" = ${#scenarios[@]} ]
    [ "$("$SEED" --show "$WORK"/once/* | grep -c '^scenario: ')" = ${#scenarios[@]} ]
    build/test/fuzz/events-replay "$WORK/once"
}
