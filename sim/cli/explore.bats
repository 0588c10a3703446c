#!/usr/bin/env bats
# dirsim explore: all orders and outcomes, complete or told why not, and the way to a failure.

load cli_test_helper
load scenario_test_support

two() {
    write two.yaml <<'END2'
scenario: two plans
world: {queues: {default: {workers: 12}}}
plans:
  one: {run: [a, b]}
  two: {run: c}
events:
  - {at: 0ms, start: one}
  - {at: 0ms, start: two}
END2
}

@test "all orders of two plans: nothing fails, and it is complete" {
    two
    works dirsim explore two.yaml
    says " states, " " moves, 1 ends" "states/s" "complete: nothing fails"
}

@test "orders that come to the same are left out, and lose no end" {
    two
    works dirsim explore --faults 1 two.yaml
    reduced=$(grep -oE '[0-9]+ ends' <<<"$output") states=$(grep -oE '^[0-9]+' <<<"$output")
    works dirsim explore --faults 1 --all-orders two.yaml
    says "$reduced"
    [ "$states" -lt "$(grep -oE '^[0-9]+' <<<"$output")" ]
}

@test "with Dynflow's defects one fault is enough; the shortest way is a scenario that replays" {
    two
    fails 1 dirsim explore --faithful --faults 1 -o way.yaml two.yaml
    says "FAILED  future-tells-truth" "the shortest way to it has" "complete: that is all that fails" \
        "again: dirsim run way.yaml"
    works dirsim run --twice way.yaml
    grep -q "violates: \[" way.yaml
    grep -q "defects: \[" way.yaml
}

@test "every outcome that the file allows is tried" {
    holds
    works dirsim explore holds.yaml
    says "1 ends"
    sed -i 's/check: {}/check: {run: success|error}/' holds.yaml
    works dirsim explore holds.yaml
    says "2 ends"
}

@test "limits are told" {
    two
    works dirsim explore --states 5 two.yaml
    says "not complete: the limit of states was met"
    works dirsim explore --depth 3 two.yaml
    says "not complete: the limit of moves was met"
}

@test "mistakes have their places, and wrong usage is told" {
    mistaken
    two
    fails 2 dirsim explore mistaken.yaml
    complains "mistaken.yaml:2:1: unknown key 'sead'"
    fails 2 dirsim explore
    complains "a scenario is missing"
    fails 2 dirsim explore --faults 9 two.yaml
    complains "'--faults' takes a number from 0 to 8"
    fails 3 dirsim explore nowhere.yaml
}

@test "an output that cannot be written is trouble" {
    two
    fails 3 dirsim explore --faithful --faults 1 -o nowhere/way.yaml two.yaml
    [ ! -e nowhere ]
}

@test "the README's example is complete" {
    works dirsim explore --faults 1 "$ROOT/scenarios/smoke/finalize-after-every-run.yaml"
    says "complete: nothing fails"
}

@test "an exploration that a signal cuts off before anything failed says so to the shell" {
    write many.yaml <<'END2'
scenario: far too much
plans: {one: {run: {concurrence: [a, b, c, d, e, f, g, h]}}, two: {run: {concurrence: [i, j, k, l, m, n, o, p]}}}
events: [{at: 0ms, start: one}, {at: 0ms, start: two}]
END2
    local status=0
    timeout --preserve-status -s INT 1 "$DIRSIM" explore --faults 2 many.yaml >cut.txt || status=$?
    [ "$status" = 130 ]
    grep -q '^not complete: it was stopped$' cut.txt
}
