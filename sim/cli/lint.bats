#!/usr/bin/env bats
# dirsim lint: every mistake in its place, and nothing run.

load cli_test_helper
load scenario_test_support

@test "a scenario without a mistake is counted" {
    holds
    works dirsim lint holds.yaml
    [ "$output" = "1 scenario, 0 problems" ]
}

@test "every mistake is told with file, line, column and what would be right" {
    mistaken
    fails 2 dirsim lint mistaken.yaml
    says "mistaken.yaml:2:1: unknown key 'sead', did you mean 'seed'?"
    says "mistaken.yaml:3:9: unknown key 'auto_rescu', did you mean 'auto_rescue'?"
    [ "${lines[-1]}" = "1 scenario, 2 problems" ]
    [ -z "$stderr" ]
}

@test "a folder stands for the scenarios below it, sorted, conformance streams and hidden files left out" {
    mistaken b/two.yaml
    mistaken a/b/one.yaml
    mistaken .hidden/three.yaml
    mistaken a/.four.yaml
    mistaken a/conformance/five.yaml
    mistaken a/six.txt
    head -n 1 "$ROOT/scenarios/conformance/flows.yaml" | write a/stream.yaml
    holds c.yaml
    fails 2 dirsim lint .
    [ "$(grep -o '^[^:]*yaml' <<<"$output" | uniq | tr '\n' ' ')" = "./a/b/one.yaml ./b/two.yaml " ]
    [ "${lines[-1]}" = "3 scenarios, 4 problems in 2 of them" ]
}

@test "a conformance stream that is named is told what it is" {
    head -n 1 "$ROOT/scenarios/conformance/flows.yaml" >stream.yaml
    fails 2 dirsim lint stream.yaml
    says "stream.yaml:1:1: a stream of conformance cases" "dirsim conform"
}

@test "a folder without a scenario is an error" {
    mkdir empty
    fails 2 dirsim lint empty
    complains "empty: no scenario (*.yaml) below this folder"
    keeps_quiet "0 scenarios"
}

@test "a folder that links back to itself is walked once" {
    holds a/holds.yaml
    ln -s .. a/up
    works dirsim lint a
    [ "$output" = "1 scenario, 0 problems" ]
}

@test "a link to a file is followed, one that leads nowhere is exit 3" {
    holds elsewhere.yaml
    mkdir a
    ln -s ../elsewhere.yaml a/good.yaml
    works dirsim lint a
    ln -s nothing a/bad.yaml
    fails 3 dirsim lint a
    complains "a/bad.yaml: cannot be opened"
    says "1 scenario, 0 problems"
}

@test "a file that is not there is exit 3, and the others are checked all the same" {
    holds
    fails 3 dirsim lint nowhere.yaml holds.yaml
    complains "nowhere.yaml: cannot be opened: No such file or directory"
    says "1 scenario, 0 problems"
}

@test "empty, binary, cut off, self-referring and double files are told with a place, quickly" {
    : >empty.yaml
    head -c 3000 "$DIRSIM" >binary.yaml
    printf 'scenario: x\nplans: {a: {run: [' >cut.yaml
    printf 'scenario: &a [*a, *a]\n' >itself.yaml
    { cat "$(holds; echo holds.yaml)"; echo '---'; cat holds.yaml; } >double.yaml
    local file
    for file in empty binary cut itself double; do
        fails 2 timeout 10 "$DIRSIM" lint "$file.yaml"
        [[ ${lines[0]} =~ ^$file\.yaml:[0-9]+:[0-9]+:\  ]]
    done
}

@test "a scenario can come from standard input" {
    holds
    works bash -c 'dirsim lint - <holds.yaml'
    mistaken
    fails 2 bash -c 'dirsim lint - <mistaken.yaml'
    says "-:2:1: unknown key 'sead'"
}

@test "lint takes no option of run" {
    fails 2 dirsim lint --seed 7 x.yaml
    complains "dirsim lint: unknown option '--seed'"
}

@test "every scenario of the project is without a mistake" {
    works dirsim lint "$ROOT/scenarios"
    says ", 0 problems"
}
