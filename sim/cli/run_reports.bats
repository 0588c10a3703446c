#!/usr/bin/env bats
# dirsim run --json and --junit: what programs and CI servers see of a run.

load cli_test_helper
load scenario_test_support

# json FILTER: what jq makes of the last output.
json() {
    jq -er "$1" <<<"$output"
}

# xpath EXPRESSION: of report.xml.
xpath() {
    xmllint --xpath "$1" report.xml
}

# all_kinds: one scenario that holds, one that fails, one that is none, with names to trip over.
all_kinds() {
    holds "a/holds & \"more\" <so>.yaml"
    fails_in "a/it's.yaml"
    mistaken a/mistaken.yaml
}

@test "--json prints one object, and nothing else" {
    holds
    works dirsim run --json holds.yaml
    [ "$(jq -s length <<<"$output")" -eq 1 ]
    [ "$(json .held)" = true ]
    [ "$(json .store)" = memory ]
    [ "$(json '.scenarios[0].file')" = holds.yaml ]
    [ "$(json '.scenarios[0].verdict')" = held ]
    [ "$(json '.scenarios[0].seed')" = 7 ]
    [ "$(json '.scenarios[0].end_time_us')" = 6000 ]
    [ "$(json '.scenarios[0].marks | index("plan-success") != null')" = true ]
    [ -z "$stderr" ]
}

@test "--json tells failures with their places and problems with theirs" {
    all_kinds
    fails 2 dirsim run --json a
    [ "$(jq '.held' <<<"$output")" = false ]
    [ "$(json '.counts | [.held, .failed, .invalid, .trouble] | join(" ")')" = "1 1 1 0" ]
    [ "$(json '.scenarios[1].failures[0] | [.kind, .line, .plan, .time_us] | join(" ")')" = \
        "expectation 12 import 6000" ]
    [ "$(json '.scenarios[2].problems | length')" = 2 ]
    [ "$(json '.scenarios[2].problems[1] | [.line, .column] | join(" ")')" = "3 9" ]
}

@test "the line to run it again in the JSON runs it again" {
    all_kinds
    fails 2 dirsim run --json a
    fails 1 bash -c "$(json '.scenarios[] | select(.verdict == "failed") | .again')"
    says "FAILED"
}

@test "the hash in the JSON is that of the trace" {
    holds
    works dirsim run --json --trace=x.trace holds.yaml
    [ "$(sed -n 's/^hash \([0-9a-f]*\),.*/\1/p' x.trace)" = "$(json '.scenarios[0].trace_hash')" ]
}

@test "the largest seed comes through JSON whole" {
    holds
    works dirsim run --json --seed 18446744073709551615 holds.yaml
    [ "$(json '.scenarios[0].seed')" = 18446744073709551615 ]
}

@test "a file name that is no UTF-8 leaves JSON and XML that can be read" {
    holds $'odd\xff\x01\tname.yaml'
    works dirsim run --json --junit report.xml $'odd\xff\x01\tname.yaml'
    [ "$(json '.scenarios[0].file')" = $'odd\xef\xbf\xbd\x01\tname.yaml' ]
    xmllint --noout report.xml
}

@test "what could not be read is in the JSON too" {
    fails 3 dirsim run --json nowhere.yaml
    [ "$(json '.scenarios[0].verdict')" = trouble ]
    [[ $(json '.scenarios[0].trouble') == *"No such file"* ]]
}

@test "--json and --trace without a file both want standard output" {
    holds
    fails 2 dirsim run --json --trace holds.yaml
    complains "--trace=FILE"
}

@test "--json with --require-marks tells the missing marks, and that not all held" {
    holds
    fails 1 dirsim run --json --require-marks holds.yaml
    [ "$(jq .held <<<"$output")" = false ]
    [ "$(json '.missing_marks | index("rescue-skip") != null')" = true ]
}

@test "--junit writes a test case a scenario, with failures and errors" {
    all_kinds
    fails 2 dirsim run --junit report.xml a
    xmllint --noout report.xml
    [ "$(xpath 'string(//testsuite/@tests)')" -eq 3 ]
    [ "$(xpath 'string(//testsuite/@failures)')" -eq 1 ]
    [ "$(xpath 'string(//testsuite/@errors)')" -eq 1 ]
    [ "$(xpath 'count(//testcase)')" -eq 3 ]
    [ "$(xpath 'string(//testcase[1]/@file)')" = 'a/holds & "more" <so>.yaml' ]
    [ "$(xpath 'string(//testcase[1]/@classname)')" = a ]
    [[ $(xpath 'string(//failure/@message)') == "expected plan import"* ]]
    [[ $(xpath 'string(//failure)') == *"again: dirsim run --seed 7"* ]]
    [[ $(xpath 'string(//error)') == *"mistaken.yaml:2:1: unknown key"* ]]
    says "1 scenario held, 1 failed, 1 not a scenario"
}

@test "--junit with --require-marks has a test case for the marks" {
    holds
    fails 1 dirsim run --junit report.xml --require-marks holds.yaml
    [ "$(xpath 'string(//testsuite/@failures)')" -eq 1 ]
    [[ $(xpath 'string(//failure)') == *"rescue-skip"* ]]
}

@test "a JUnit file that cannot be written is one line and exit 3, and the old one stays" {
    holds
    fails 3 dirsim run --junit nowhere/report.xml holds.yaml
    complains "nowhere/report.xml: cannot be opened for writing"
    fails 3 dirsim run --junit /dev/full holds.yaml
    complains "/dev/full: cannot be written: No space left on device"
}

@test "the same run leaves the same reports" {
    all_kinds
    fails 2 dirsim run --json --junit one.xml a
    local one=$output
    fails 2 dirsim run --json --junit two.xml a
    [ "$one" = "$output" ]
    cmp one.xml two.xml
}

@test "--coverage prints a table of moves, names what was never reached, and counts" {
    holds
    works dirsim run --coverage holds.yaml
    says "plan           pending     scheduled   planning    planned     running     paused      stopped   " \
        "never reached: run step error -> skipping (memory)" \
        "  worker          dies             never struck"
    keeps_quiet "never reached: plan planned -> running"
    grep -qE '^  planned +\. +\. +\. +\. +both +\. +never' <<<"$output"
    grep -qE '^moves: [0-9]+ of [0-9]+ in memory, [0-9]+ of [0-9]+ stored; faults: 0 of [0-9]+ struck; moves under faults: 0 of [0-9]+$' <<<"$output"
    [ "${lines[-1]}" = "1 scenario held, 0 failed" ]
}

@test "--coverage=FILE and --coverage --json tell the same, with the faults in force" {
    works dirsim run --coverage=coverage.json "$ROOT/scenarios/persistence/worker-dies-in-the-middle.yaml"
    works dirsim run --coverage --json "$ROOT/scenarios/persistence/worker-dies-in-the-middle.yaml"
    [ "$(jq -S .coverage <<<"$output")" = "$(jq -S . coverage.json)" ]
    [ "$(jq -r '[.faults[] | select(.struck) | .fault] | join(",")' coverage.json)" = "worker dies" ]
    [ "$(jq '[.moves[] | select(.under | index("worker dies"))] | length > 0' coverage.json)" = true ]
    [ "$(jq '[.moves[] | select(.allowed | not)] | length' coverage.json)" = 0 ]
    [ "$(jq '.counts.pairs == .counts.faults * .counts.moves_allowed * 2' coverage.json)" = true ]
}

@test "--coverage with a file that cannot be written is trouble" {
    holds
    fails 3 dirsim run --coverage=no/such/folder.json holds.yaml
    [[ $stderr == *no/such/folder.json* ]]
}

@test "the moves that were never made can be picked out of --coverage --json" {
    holds
    works dirsim run --coverage --json holds.yaml
    jq -r '.coverage.moves[] | select(.seen | not) | "\(.table): \(.to)"' <<<"$output" >never
    grep -qx "finalize step: skipped" never
}

@test "every report tells an invariant that was to be broken and was not" {
    local said="expected invariant flow-order to be broken, it was not"
    write unbroken.yaml <<'END'
scenario: nothing goes wrong
plans: {one: {run: a}}
events: [{at: 0ms, start: one}]
expect:
  violates: [flow-order]
END
    fails 1 dirsim run --json --junit report.xml --tap=report.tap --sarif report.sarif unbroken.yaml
    [ "$(json '.scenarios[0].failures | map(.kind, .message, .line) | join("|")')" = "expectation|$said|5" ]
    [ "$(xpath 'string(//failure/@message)')" = "$said" ]
    [[ $(xpath 'string(//failure)') == "unbroken.yaml:5:"*": $said"* ]]
    grep -qF "message: \"$said\"" report.tap
    jq -e --arg said "$said" '.runs[0].results | length == 1 and (.[0].message.text | startswith($said))
        and .[0].ruleId == "expectation"' report.sarif
    fails 1 dirsim run --github unbroken.yaml
    says "$said" "::error file=unbroken.yaml,line=5"
}
