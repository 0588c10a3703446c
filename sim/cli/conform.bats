#!/usr/bin/env bats
# dirsim conform: cases of the real Dynflow, and what is said of those that differ.

load cli_test_helper
load scenario_test_support

CASES=$BATS_TEST_DIRNAME/../../scenarios/conformance

# some_cases COUNT [FILE]: the first cases of a stream.
some_cases() {
    head -n "$1" "$CASES/rescue.yaml" >"${2:-cases.yaml}"
}

# spoil LINE [FILE]: the first save of a plan in the case of this line is expected otherwise.
spoil() {
    sed -i "$1"'s/"writes":\["plan \([a-z0-9]*\) /"writes":["plan other/' "${2:-cases.yaml}"
}

@test "every case of every stream is as the real Dynflow answered, in both stores" {
    local store count
    count=$(cat "$CASES"/*.yaml | grep -c '^--- ')
    [ "$count" -ge 320 ]
    for store in memory sqlite; do
        works dirsim conform --store "$store" "$CASES"/*.yaml
        [[ $output == "$count cases, "*" ops, 0 different" ]]
        grep -qxF ".Dl $output" "$BATS_TEST_DIRNAME/man/dirsim-conform.1"
    done
}

@test "a case that differs is told with file, case, op, what was expected and what came" {
    some_cases 5
    spoil 3
    fails 1 dirsim conform cases.yaml
    [[ ${lines[0]} =~ ^cases\.yaml:3:[0-9]+:\ case\ 20002\ differs\ at\ op\ 1:\ start\ plan\ p1$ ]]
    says "  writes" "    expected:" "plan other" "    came:" "plan p1 running"
    says "again: dirsim conform --store memory --case 20002 cases.yaml" "3 cases, "
    [ "${lines[-1]#*, *, }" = "1 different" ]
    [ -z "$stderr" ]
}

@test "the line to run a difference again runs it again" {
    local name="odd 'name' \$HOME.yaml"
    some_cases 5 "$name"
    spoil 4 "$name"
    fails 1 dirsim conform --keep-going "$name"
    local before again
    before=$(sed '$d' <<<"$output")
    again=$(again_line)
    fails 1 bash -c "$again"
    [ "$before" = "$(sed '$d' <<<"$output")" ]
    [[ ${lines[-1]} == "1 case, "*", 1 different" ]]
}

@test "the line names the store, and a file that looks like an option stays a file" {
    some_cases 3 ./-x.yaml
    spoil 1 ./-x.yaml
    fails 1 dirsim conform --store sqlite -- -x.yaml
    [ "$(again_line)" = "dirsim conform --store sqlite --case 20000 ./-x.yaml" ]
    fails 1 bash -c "$(again_line)"
}

@test "without --keep-going the first difference is the last" {
    some_cases 6
    spoil 2
    spoil 4
    fails 1 dirsim conform cases.yaml "$CASES/flows.yaml"
    [ "$(grep -c '^again: ' <<<"$output")" -eq 1 ]
    [[ ${lines[-1]} == "2 cases, "* ]]
}

@test "--keep-going goes through all, and ends with counts" {
    some_cases 6
    spoil 2
    spoil 4
    fails 1 dirsim conform --keep-going cases.yaml "$CASES/flows.yaml"
    [ "$(grep -c '^again: ' <<<"$output")" -eq 2 ]
    [[ ${lines[-1]} == "46 cases, "*", 2 different" ]]
}

@test "--case runs the case of that number alone" {
    works dirsim conform --case 20003 "$CASES/rescue.yaml"
    [[ $output == "1 case, "*" ops, 0 different" ]]
}

@test "a number that no case has is an error, not 0 cases" {
    fails 2 dirsim conform --case 7 "$CASES/rescue.yaml"
    complains "no case 7"
    keeps_quiet "0 cases"
}

@test "cases can come from standard input" {
    some_cases 3
    works bash -c 'dirsim conform - <cases.yaml'
    [[ $output == "3 cases, "*", 0 different" ]]
}

@test "without a file there is nothing to replay" {
    fails 2 dirsim conform
    complains "dirsim conform: a file of cases is missing"
}

@test "another store is refused" {
    fails 2 dirsim conform --store redis "$CASES/flows.yaml"
    complains "option '--store' takes memory or sqlite, not 'redis'"
}

@test "a file that is not there is exit 3" {
    fails 3 dirsim conform nowhere.yaml
    complains "nowhere.yaml: cannot be opened: No such file or directory"
}

@test "a file that cannot be opened, and a folder, are exit 3" {
    unopenable circle.yaml
    fails 3 dirsim conform circle.yaml
    complains "circle.yaml: cannot be opened"
    mkdir folder
    fails 3 dirsim conform folder
    complains "folder: cannot be read: Is a directory"
}

@test "an empty file, and one of comments, have no case, which is an error" {
    : >empty.yaml
    echo '# nothing yet' >comment.yaml
    local file
    for file in empty.yaml comment.yaml; do
        fails 2 dirsim conform "$file"
        complains "$file:1:1: no conformance case in it"
        keeps_quiet "0 cases"
    done
}

@test "bytes that are no text are told with their place" {
    printf -- '--- {"case": 1}\n--- {"a": "\xff"}\n' >bytes.yaml
    fails 2 dirsim conform --keep-going bytes.yaml
    complains "bytes.yaml:2:12: bytes that are not UTF-8"
    printf -- '--- {"case":\0 1}\n' >nul.yaml
    fails 2 dirsim conform nul.yaml
    complains "nul.yaml:1:13: a NUL byte"
}

@test "broken YAML is told with its place in the file, not in the case" {
    some_cases 2
    echo '--- {"case": 1, "ops": ]' >>cases.yaml
    fails 2 dirsim conform cases.yaml
    [[ $stderr =~ ^cases\.yaml:3:[0-9]+:\ not\ YAML: ]]
}

@test "a file that was cut off is told" {
    head -c 5000 "$CASES/rescue.yaml" >cut.yaml
    fails 2 dirsim conform cut.yaml
    complains "cut.yaml:1:" "not YAML"
}

@test "documents that are no cases are told, each in its place" {
    printf -- '---\n--- 7\n--- {"case": 1}\n--- []\n' >other.yaml
    fails 2 dirsim conform --keep-going other.yaml
    [ "$(wc -l <<<"$stderr")" -eq 4 ]
    local line=0 place
    while read -r place; do
        line=$((line + 1))
        [[ $place == "other.yaml:$line:"* ]]
    done <<<"$stderr"
}

@test "a scenario is no conformance case" {
    holds
    fails 2 dirsim conform holds.yaml
    complains "holds.yaml:1:1: "
}

@test "a case with unknown plans, steps, ops or work is told with its place" {
    some_cases 1
    sed 's/"op":"start"/"op":"begin"/' cases.yaml >op.yaml
    sed 's/"op":"start","plan":"p1"/"op":"start","plan":"p9"/' cases.yaml >plan.yaml
    sed 's/"op":"exec","work":1/"op":"exec","work":99/' cases.yaml >work.yaml
    local file
    for file in op plan work; do
        fails 2 dirsim conform "$file.yaml"
        [[ $stderr =~ ^$file\.yaml:1:[0-9]+:\  ]]
    done
}

@test "a file nested too deeply, and one of nothing but brackets, is refused quickly" {
    { printf -- '--- '; printf '[%.0s' {1..100000}; } >deep.yaml
    fails 2 timeout 10 "$DIRSIM" conform deep.yaml
    complains "deep.yaml:1:"
}

@test "a case that is too long is refused, and memory is not spent on it" {
    { printf -- '--- {"case": 1, "x": "'; head -c 6000000 /dev/zero | tr '\0' 'x'; echo '"}'; } >long.yaml
    fails 2 dirsim conform long.yaml
    complains "long.yaml:1:1: a case of more than 4194304 bytes (CASE_BYTES_MAX)"
}

@test "a stream longer than what is read at once is replayed whole" {
    for _ in {1..20}; do cat "$CASES/rescue.yaml"; done >many.yaml
    works dirsim conform many.yaml
    [[ $output == "800 cases, "*", 0 different" ]]
}

@test "with differences and problems both, the problem decides the exit status" {
    some_cases 3
    spoil 1
    echo '--- {"case": 1}' >>cases.yaml
    fails 2 dirsim conform --keep-going cases.yaml
    says "1 different"
    complains "cases.yaml:4:"
}
