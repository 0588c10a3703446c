#!/usr/bin/env bats
# dirsim run: scenarios replayed, and what a person sees of it.

load cli_test_helper
load scenario_test_support

@test "a scenario that holds is one line, with its title, events and virtual time" {
    holds
    works dirsim run holds.yaml
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[0]} =~ ^ok\ \ holds\.yaml\ \ two\ steps,\ one\ after\ the\ other\ \ \([0-9]+\ events,\ 6ms\)$ ]]
    [ "${lines[1]}" = "1 scenario held, 0 failed" ]
    [ -z "$stderr" ]
}

@test "an expectation that is not met is told with its place, the time and the line to run it again" {
    fails_in
    fails 1 dirsim run fails.yaml
    [[ ${lines[0]} == "FAILED  fails.yaml  a wrong hope  ("*", 6ms)" ]]
    [[ ${lines[1]} =~ ^fails\.yaml:12:[0-9]+:\ expected\ plan\ import.*warning.*success\ \(at\ the\ end\ of\ the\ story,\ 6\.000ms\)$ ]]
    [ "${lines[2]}" = "again: dirsim run --seed 7 --store memory fails.yaml" ]
    [ "${lines[3]}" = "0 scenarios held, 1 failed" ]
}

@test "the line to run it again does the same again, with any name and any option" {
    local name="odd 'name' \$HOME & \"more\".yaml" again before
    fails_in "$name"
    fails 1 dirsim run --seed 99 --store sqlite --faithful --defect queued-events-forgotten "$name"
    before=$output
    again=$(again_line)
    [[ $again == "dirsim run --seed 99 --store sqlite --faithful --defect queued-events-forgotten '"* ]]
    fails 1 bash -c "$again"
    [ "$output" = "$before" ]
}

@test "a file that looks like an option stays a file in the line to run it again" {
    fails_in ./--seed
    fails 1 dirsim run -- --seed
    [ "$(again_line)" = "dirsim run --seed 7 --store memory ./--seed" ]
    fails 1 bash -c "$(again_line)"
}

@test "a folder stands for the scenarios below it, sorted by path" {
    holds all/b/two.yaml
    holds all/a/one.yaml
    fails_in all/c.yaml
    cp -r "$ROOT/scenarios/conformance" all/
    fails 1 dirsim run all
    [ "$(grep -oE '^(ok|FAILED)  [^ ]*' <<<"$output" | tr '\n' ' ')" = \
        "ok  all/a/one.yaml ok  all/b/two.yaml FAILED  all/c.yaml " ]
    [ "${lines[-1]}" = "2 scenarios held, 1 failed" ]
}

@test "of a file that is no scenario every mistake is told; the others run; exit 2" {
    holds
    mistaken
    fails 2 dirsim run mistaken.yaml holds.yaml
    [ "$stderr" = "mistaken.yaml:2:1: unknown key 'sead', did you mean 'seed'?
mistaken.yaml:3:9: unknown key 'auto_rescu', did you mean 'auto_rescue'?" ]
    says "ok  holds.yaml" "1 scenario held, 0 failed, 1 not a scenario"
}

@test "a stream of conformance cases is no scenario, and is told what it is" {
    fails 2 dirsim run "$ROOT/scenarios/conformance/flows.yaml"
    complains "flows.yaml:1:1: a stream of conformance cases" "dirsim conform"
}

@test "without a scenario there is nothing to run" {
    fails 2 dirsim run
    complains "dirsim run: a scenario is missing"
    mkdir empty
    fails 2 dirsim run empty
    complains "empty: no scenario (*.yaml) below this folder"
    keeps_quiet "0 scenarios held"
}

@test "a file that cannot be read is exit 3, and the others run" {
    holds
    unopenable circle.yaml
    fails 3 dirsim run nowhere.yaml circle.yaml holds.yaml
    complains "dirsim run: nowhere.yaml: cannot be opened: No such file or directory"
    complains "dirsim run: circle.yaml: cannot be opened: "
    says "ok  holds.yaml" "1 scenario held, 0 failed, 2 could not be run"
}

@test "a scenario can come from standard input" {
    holds
    works bash -c 'dirsim run - <holds.yaml'
    says "ok  -  two steps"
}

@test "a seed of the command line goes before that of the file" {
    write chance.yaml <<'END'
scenario: how long it takes is a matter of chance
seed: 7
plans: {p: {run: s, steps: {s: {takes: 1ms..1000s}}}}
events: [{at: 0ms, start: p}]
END
    local one two three
    one=$(dirsim run chance.yaml)
    two=$(dirsim run --seed 7 chance.yaml)
    three=$(dirsim run --seed 8 chance.yaml)
    [ "$one" = "$two" ]
    [ "$one" != "$three" ]
}

@test "both stores tell the same story" {
    holds
    works dirsim run --store memory --trace holds.yaml
    local memory=$output
    works dirsim run --store sqlite --trace holds.yaml
    [ "$memory" = "$output" ]
}

@test "--twice runs twice, and finds both runs the same" {
    holds
    works dirsim run --twice --store sqlite holds.yaml
    [ "${lines[-1]}" = "1 scenario held, 0 failed" ]
}

@test "--trace prints what happens, a heading first, the hash last" {
    holds
    works dirsim run --trace holds.yaml
    [ "${lines[0]}" = "== two steps, one after the other (seed 7)" ]
    says "client" "start" "import/fetch" "running -> success"
    [[ ${lines[-3]} =~ ^hash\ [0-9a-f]{16},\ [0-9]+\ events$ ]]
    [[ ${lines[-2]} == "ok  holds.yaml"* ]]
}

@test "--trace=FILE leaves all traces in one file, and nothing else" {
    holds
    fails_in
    fails 1 dirsim run --trace=all.trace fails.yaml holds.yaml
    [ "$(grep -c '^== ' all.trace)" -eq 2 ]
    [ "$(grep -c '^hash ' all.trace)" -eq 2 ]
    keeps_quiet "import/fetch"
    [ ! -e all.trace.tmp ]
}

@test "the same story leaves the same trace, wherever its file is" {
    holds
    holds elsewhere/other.yaml
    works dirsim run --trace=one holds.yaml
    works dirsim run --trace=two elsewhere/other.yaml
    cmp one two
}

@test "a trace that does not fit is one line and exit 3, and the old one stays" {
    wide
    echo before >kept.trace
    fails 3 bash -c 'ulimit -f 2; dirsim run --trace=kept.trace wide.yaml'
    [ "$stderr" = "dirsim run: kept.trace: cannot be written: File too large" ]
    [ -z "$output" ]
    [ "$(cat kept.trace)" = before ]
    [ ! -e kept.trace.tmp ]
}

@test "a trace to a full device, or into no folder, is one line and exit 3" {
    holds
    fails 3 dirsim run --trace=/dev/full holds.yaml
    [ "$stderr" = "dirsim run: /dev/full: cannot be written: No space left on device" ]
    [ -c /dev/full ]
    fails 3 dirsim run --trace=nowhere/x.trace holds.yaml
    complains "nowhere/x.trace: cannot be opened for writing: No such file or directory"
}

@test "a trace goes through a link, which stays one" {
    holds
    mkdir far
    echo before >far/x.trace
    ln -s far/x.trace x.trace
    works dirsim run --trace=x.trace holds.yaml
    [ -L x.trace ]
    grep -q '^hash ' far/x.trace
}

@test "--store FILE keeps a database that sqlite3 can read, and a second run starts from" {
    holds
    works dirsim run --store kept.db holds.yaml
    [ "$(sqlite3 kept.db 'select count(*) from steps')" -gt 0 ]
    [ "$(sqlite3 kept.db 'pragma integrity_check')" = ok ]
    cp kept.db before.db
    works dirsim run --store kept.db holds.yaml
    [[ ${lines[0]} != *", 6ms)" ]]
}

@test "a database that holds another plan of the same id is refused" {
    echo '{scenario: one, plans: {p: {run: a}}, events: [{at: 0ms, start: p}]}' >one.yaml
    echo '{scenario: more, plans: {p: {run: [a, b, c]}}, events: [{at: 0ms, start: p}]}' >more.yaml
    works dirsim run --store kept.db one.yaml
    fails 3 dirsim run --store kept.db more.yaml
    complains "more.yaml: cannot insert plan p: the database holds another plan of this id"
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
}

@test "a new database that is used up by a failure is run again from nothing" {
    fails_in
    fails 1 dirsim run --store kept.db fails.yaml
    [ "$(again_line)" = "dirsim run --seed 7 --store sqlite fails.yaml" ]
    keeps_quiet "note:"
}

@test "of a database that was there before, a failure tells that it has moved on" {
    fails_in
    fails 1 dirsim run --store kept.db fails.yaml
    fails 1 dirsim run --store kept.db fails.yaml
    says "note: this run began with what was in kept.db before"
    [ "$(again_line)" = "dirsim run --seed 7 --store kept.db fails.yaml" ]
}

@test "several scenarios and one database are refused" {
    holds a/one.yaml
    holds a/two.yaml
    fails 2 dirsim run --store kept.db a
    complains "one scenario per database"
    [ ! -e kept.db ]
}

@test "a database that is none is exit 3, and stays as it is" {
    holds
    echo "this is no database, but long enough to be looked at as one" >kept.db
    cp kept.db before
    fails 3 dirsim run --store kept.db holds.yaml
    complains "kept.db" "not a database"
    cmp before kept.db
}

@test "a folder is no database" {
    holds
    mkdir folder
    fails 3 dirsim run --store folder holds.yaml
    complains "folder"
}

@test "a store's name with a slip does not become a file" {
    holds
    fails 2 dirsim run --store sqllite holds.yaml
    complains "did you mean 'sqlite', or a file './sqllite'?"
    works dirsim run --store ./sqllite holds.yaml
    [ -s sqllite ]
}

@test "--twice and a database that stays do not go together" {
    holds
    fails 2 dirsim run --twice --store kept.db holds.yaml
    complains "--twice" "kept.db"
}

@test "an unknown defect gets the nearest one" {
    holds
    fails 2 dirsim run --defect queued-event-forgotten holds.yaml
    complains "unknown defect 'queued-event-forgotten', did you mean 'queued-events-forgotten'?"
    fails 2 dirsim run --defect gremlins holds.yaml
    complains "unknown defect 'gremlins'" "dirsim list defects"
}

@test "--require-marks names the marks that no scenario reached" {
    holds
    fails 1 dirsim run --require-marks holds.yaml
    says "mark rescue-skip was reached by no scenario"
    keeps_quiet "mark plan-success was"
    [ "${lines[-1]}" = "1 scenario held, 0 failed" ]
}

@test "a recorded choice that does not fit is noted with its place" {
    holds
    write choices.yaml <<'END'
scenario: what was recorded is from another story
plans: {p: {run: s, steps: {s: {takes: 1ms..9ms, run: [success|error]}}}}
events: [{at: 0ms, start: p}]
choices:
  outcome/p/s/1: 0
  outcome/gone/s/1: 1
END
    works dirsim run choices.yaml
    says "choices.yaml:6:" "note: the recorded choice 'outcome/gone/s/1' was never asked for"
}

@test "an invariant that the scenario says it breaks, and does not, is told with its place" {
    write sound.yaml <<'END'
scenario: nothing is wrong
plans: {p: {run: a}}
events: [{at: 0ms, start: p}]
expect:
  violates: [flow-order]
END
    fails 1 dirsim run sound.yaml
    says "sound.yaml:5:14: expected invariant flow-order to be broken, it was not"
}
