#!/usr/bin/env bats
# dirsim run --tap, --sarif and --github: what CI servers make of a run. (JUnit: run_reports.bats.)

load cli_test_helper
load scenario_test_support

# all_kinds: one scenario that holds, one that fails, one that is none, with names to trip over.
all_kinds() {
    holds "a/holds # 1.yaml"
    fails_in "a/it's, 50%: so.yaml"
    mistaken a/mistaken.yaml
}


@test "--tap prints TAP and nothing else, with the plan at its end" {
    all_kinds
    fails 2 dirsim run --tap a
    [ "${lines[0]}" = "TAP version 13" ]
    [ "${lines[-1]}" = "1..3" ]
    [ "${lines[1]}" = 'ok 1 - a/holds \# 1.yaml: two steps, one after the other' ]
    says "not ok 2 - a/it's, 50%: so.yaml: a wrong hope" "rule: expectation" "line: 12" \
        "not ok 3 - a/mistaken.yaml" "rule: is-a-scenario" "line: 2" "line: 3"
    [ "$(grep -cE '^(not )?ok ' <<<"$output")" -eq 3 ]
    keeps_quiet "scenario held"
}

@test "--tap is what other programs take for TAP" {
    holds
    works dirsim run --tap=report.tap holds.yaml
    says "1 scenario held"
    prove --exec cat report.tap
    fails_in
    fails 1 dirsim run --tap=report.tap .
    run -1 prove --exec cat report.tap
}

@test "--tap tells marks that were missed as a point of its own" {
    holds
    fails 1 dirsim run --tap --require-marks holds.yaml
    says "not ok 2 - every mark is reached" "    - rescue-skip" "1..2"
}

@test "--tap shares standard output with nobody" {
    holds
    for other in --json --trace --github --coverage; do
        fails 2 dirsim run --tap $other holds.yaml
        complains "--tap and $other both want standard output"
    done
}

@test "--sarif has every invariant as a rule, and every failure at its place" {
    all_kinds
    fails 2 dirsim run --sarif report.sarif a
    jq -e '.version == "2.1.0" and (.runs | length) == 1' report.sarif
    jq -e '.runs[0].tool.driver.name == "dirsim"' report.sarif
    works dirsim list invariants
    while read -r name _; do
        jq -e --arg name "$name" '.runs[0].tool.driver.rules | any(.id == $name)' report.sarif >/dev/null
    done <<<"$output"
    # Every result names its rule twice: by name and by number.
    jq -e '.runs[0] as $run | $run.results | length == 3 and
        all($run.tool.driver.rules[.ruleIndex].id == .ruleId)' report.sarif
    jq -e '.runs[0].results[0].ruleId == "expectation"' report.sarif
    jq -e '.runs[0].results[0].locations[0].physicalLocation |
        .artifactLocation.uri == "a/it%27s%2C%2050%25%3A%20so.yaml" and
        .region == {startLine: 12, startColumn: 11}' report.sarif
    jq -e '.runs[0].results[0].message.text | contains("again: dirsim run")' report.sarif
}

@test "--sarif has no results when all is well" {
    holds
    works dirsim run --sarif report.sarif holds.yaml
    jq -e '.runs[0].results == []' report.sarif
}

@test "an invariant that fails is a result of its own rule, at the plan or step where it failed" {
    file=$(grep -lE 'violates:' -r "$ROOT/scenarios" --include='*.yaml' | LC_ALL=C sort | head -n 1)
    [ -n "$file" ] || file=$ROOT/scenarios/termination/crash-and-invalidation.yaml
    sed '/violates:/d' "$file" >story.yaml
    dirsim run --faithful --sarif report.sarif story.yaml || true
    jq -e '[.runs[0].results[] | select(.ruleId | IN("expectation", "is-a-scenario") | not)
        | .locations[0].physicalLocation.region.startLine] | all(. >= 1)' report.sarif
}

@test "--github prints an annotation a failure, with what GitHub would stumble over escaped" {
    all_kinds
    fails 2 dirsim run --github a
    says "::error file=a/it's%2C 50%25%3A so.yaml,line=12,col=11,title=expectation::expected plan import" \
        "%0Aagain: dirsim run" "::error file=a/mistaken.yaml,line=2,col=1,title=is-a-scenario::unknown key" \
        "1 scenario held"
    [ "$(grep -c '^::error ' <<<"$output")" -eq 3 ]
    holds
    works dirsim run --github holds.yaml
    keeps_quiet "::error"
}

@test "a report that cannot be written exits with 3, and leaves nothing" {
    holds
    fails 3 dirsim run --tap=no/such/folder holds.yaml
    fails 3 dirsim run --sarif no/such/folder holds.yaml
    [ ! -e no ]
}
