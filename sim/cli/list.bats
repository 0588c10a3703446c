#!/usr/bin/env bats
# dirsim list: names for scenarios, made to be read by people and cut by programs.

load cli_test_helper
load scenario_test_support

@test "every topic is a list of names, one a line, without a heading" {
    local topic
    for topic in invariants marks faults errors defects; do
        works dirsim list "$topic"
        [ "${#lines[@]}" -gt 5 ]
        [ "$(grep -cvE '^[a-z][a-z0-9_-]*  +[^ ]' <<<"$output")" -eq 0 ]
        [ "$(awk '{print $1}' <<<"$output" | sort | uniq -d)" = "" ]
    done
}

@test "an invariant has a name, a sentence and a source" {
    works dirsim list invariants
    says "flow-order" "user code of a step runs only when" "[spec: "
}

@test "a fault has the errors that it may have" {
    works dirsim list faults
    [[ $(grep '^save_plan ' <<<"$output") == *"[io busy full constraint raw fatal]" ]]
}

@test "every defect that is listed can be switched on" {
    holds
    works dirsim list defects
    local name
    while read -r name _; do
        works dirsim run --defect "$name" holds.yaml
    done <<<"$output"
}

@test "a topic that is none gets the nearest one" {
    fails 2 dirsim list mark
    complains "nothing to list is called 'mark', did you mean 'marks'?"
    fails 2 dirsim list everything
    complains "there are invariants, marks, faults, errors and defects"
}

@test "exactly one topic is listed" {
    fails 2 dirsim list
    complains "is to be named"
    fails 2 dirsim list marks faults
    complains "is to be named"
}
