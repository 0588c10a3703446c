#!/usr/bin/env bats
# dirsim shrink: the smallest scenario that fails in the same way, as a file that dirsim run holds for.

load cli_test_helper
load scenario_test_support

# lying: with all defects of Dynflow a future tells what the database does not say; much else
# happens that has nothing to do with it.
lying() {
    write lying.yaml <<'END2'
scenario: two plans, of which one cannot be saved
seed: 7
plans:
  import:
    run: {sequence: [fetch, {concurrence: [check, index]}, publish]}
    steps:
      fetch: {takes: 1ms..9ms}
      check: {run: success|error, rescue: skip}
  export:
    run: [collect, send]
events:
  - {at: 0ms, start: import}
  - {at: 17ms, start: export}
faults:
  - {on: save_plan, plan: export, to: stopped, error: full}
END2
}

@test "the smallest scenario goes to standard output, and what is told of it to standard error" {
    lying
    works dirsim shrink --faithful lying.yaml
    says "defects: [unsaved-move-stands]" "on: save_plan" "violates: [future-tells-truth"
    complains "fails: future-tells-truth: its future says stopped" \
        "before: 2 plans, 6 steps, 2 events, 1 fault" "after:  1 plan, 0 steps, 1 event, 1 fault (3 lines of them)" \
        "of them failed in the same way"
    keeps_quiet "import"
}

@test "what comes out is a scenario that shows the defect: dirsim run holds for it" {
    lying
    works dirsim shrink --faithful -o small.yaml lying.yaml
    [ -z "$output" ]
    works dirsim lint small.yaml
    works dirsim run --twice small.yaml
    sed -i 's/^world:.*//' small.yaml
    fails 1 dirsim run small.yaml
}

@test "it is the same each time, and stays as it is when it is shrunk again" {
    lying
    works dirsim shrink --faithful -o one.yaml lying.yaml
    works dirsim shrink --faithful -o two.yaml lying.yaml
    works dirsim shrink -o three.yaml one.yaml
    cmp one.yaml two.yaml
    cmp one.yaml three.yaml
}

@test "--verbose tells everything that is tried" {
    lying
    works dirsim shrink --faithful -v -o small.yaml lying.yaml
    complains "yes  without plan 1: 1 plan" "no   without fault 1" "a simpler time of event"
}

@test "an expectation that is not met stays, and fails in what comes out" {
    fails_in
    works dirsim shrink -o small.yaml fails.yaml
    fails 1 dirsim run small.yaml
    says "expected plan import to be stopped, result warning"
}

@test "--invariant chooses among several failures" {
    lying
    works dirsim shrink --faithful --invariant plans-come-to-rest lying.yaml
    complains "fails: plans-come-to-rest"
    fails 2 dirsim shrink --faithful --invariant flow-order lying.yaml
    complains "flow-order does not fail in it"
    fails 2 dirsim shrink --invariant flow-ordr lying.yaml
    complains "did you mean 'flow-order'?"
}

@test "a limit of runs leaves what was reached, and says so" {
    lying
    works dirsim shrink --faithful --runs 4 -o small.yaml lying.yaml
    complains "stopped before all was tried"
    works dirsim run small.yaml
}

@test "where nothing fails there is nothing to shrink" {
    holds
    fails 2 dirsim shrink holds.yaml
    complains "nothing fails in it" "--faithful"
    [ -z "$output" ]
}

@test "mistakes have their places, and wrong usage is told" {
    mistaken
    fails 2 dirsim shrink mistaken.yaml
    complains "mistaken.yaml:2:1: unknown key 'sead'"
    fails 2 dirsim shrink
    complains "a scenario is missing"
    fails 2 dirsim shrink a.yaml b.yaml
    complains "one scenario at a time"
    fails 3 dirsim shrink nowhere.yaml
}

@test "an output that cannot be written is trouble, and nothing is left" {
    lying
    fails 3 dirsim shrink --faithful -o nowhere/small.yaml lying.yaml
    [ ! -e nowhere ]
}

@test "a recorded choice that no longer fits is told with its place by dirsim run" {
    holds
    printf 'choices:\n  outcome/import/gone/1: 1\n' >>holds.yaml
    works dirsim run holds.yaml
    says "holds.yaml:14:3: note: the recorded choice 'outcome/import/gone/1' was never asked for"
}
