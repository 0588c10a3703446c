#!/usr/bin/env bats
# Every command of the README works, and what it shows is there. Commands that take minutes (make, campaigns)
# are cut short: a target must be in `make help`, a campaign gets a second.

# shellcheck disable=SC2016 # a backtick in single quotes is one of Markdown

load cli_test_helper

README=$ROOT/README.md

# The repository as somebody sees it who has just cloned and built it, with this program.
setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    ln -s "$ROOT/scenarios" "$ROOT/sim" "$ROOT/director" "$ROOT/reports" .
    mkdir build
    ln -s "$DIRSIM" build/dirsim
}

# commands: the lines of all ```sh blocks, without comments; lines that go on are joined.
commands() {
    sed -n '/^```sh$/,/^```$/p' "$README" | grep -v '^```' | sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba}' |
        sed -e 's/  *# .*//' -e '/^ *$/d'
}

# own_scenario: the one that fails.
own_scenario() {
    sed -n '/^scenario: a payment/,/^```/p' "$README" | grep -v '^```'
}

@test "every dirsim command of the README works" {
    local command count=0
    # Something that a campaign with defects may have found.
    mkdir found
    sed '/^shows:/d' scenarios/defects/item-worked-on-twice.yaml >found/FILE.yaml
    own_scenario >mine.yaml
    while read -r command; do
        case $command in
        build/dirsim*) ;;
        *) continue ;;
        esac
        count=$((count + 1))
        command=${command//--time 60s/--time 1s}
        command=${command//--seeds 1000/--seeds 5}
        echo "$command"
        case $command in
        *campaign* | *--faithful* | *"run mine.yaml") timeout 100 bash -c "$command" </dev/null || [ $? -eq 1 ] ;;
        *) timeout 100 bash -c "$command" </dev/null ;;
        esac >last.log 2>&1 || { cat last.log; return 1; }
    done < <(commands)
    [ "$count" -ge 8 ]
    [ -s page.html ]
    [ -s report.sarif ]
}

@test "what the README shows of its own failure is what is said, and it is made smaller" {
    own_scenario >mine.yaml
    fails 1 build/dirsim run mine.yaml
    [ "$(sed -n '/^FAILED  mine.yaml/,/^```/p' "$README" | grep -v '^```')" = "$(head -n 3 <<<"$output")" ]
    works build/dirsim shrink mine.yaml -o small.yaml
    [ "$(wc -l <small.yaml)" -lt "$(wc -l <mine.yaml)" ] || [ "$(wc -c <small.yaml)" -lt "$(wc -c <mine.yaml)" ]
    fails 1 build/dirsim run small.yaml
}

@test "the found scenario that the README shows fails as it is said" {
    {
        echo 'scenario: found'
        sed -n '/^world: {defects/,/^```/p' "$README" | grep -v '^```'
    } >found.yaml
    fails 1 build/dirsim run found.yaml
    says "futures-resolve: "
}

@test "every make target of the README is there" {
    local target
    while read -r target; do
        make -s -C "$ROOT" help | grep -q "^  make $target " || { echo "no target $target"; return 1; }
    done < <(grep -oE '(^|`)make [a-z]+[a-z-]*' "$README" | sed 's/.*make //' | sort -u)
}

@test "what the README links to is there" {
    local link
    while read -r link; do
        [ -e "$ROOT/$link" ] || { echo "no $link"; return 1; }
    done < <(grep -oE '\]\([^)]*\)' "$README" | sed -e 's/^](//' -e 's/)$//' | grep -v '^https')
}

@test "the first scenario of the README is the file that it names" {
    diff <(sed -n '/^scenario: a skipped step/,/^```/p' "$README" | grep -v '^```' | sed 's/  *# .*//') \
        <(grep -v '^#' "$ROOT/scenarios/smoke/skipped-step-lets-plan-go-on.yaml" | sed 's/  *# .*//')
}

# listed TOPIC: how many there are.
listed() {
    dirsim list "$1" | grep -c .
}

@test "the numbers that the README tells are those of today" {
    local files number
    files=$(find "$ROOT/scenarios/defects" -name '*.yaml' | grep -c .)
    grep -q "and checks $(listed invariants) invariants at every$" "$README"
    grep -q "with all $(listed defects) known defects of Dynflow" "$README"
    grep -q "For $files of them\$" "$README"
    grep -q "says why the other $(($(listed defects) - files)) have none" "$README"
    grep -q 'delivers a work item twice, and three invariants fail' "$README"
    [ "$(grep -oE '^shows: .*' "$ROOT/scenarios/defects/item-worked-on-twice.yaml" | grep -oE 'violates: \[.*\]' | wc -w)" = 4 ]
    # What a campaign showed is told of the number of today.
    number=$(sed -nE 's/.*showed [0-9]+ of the ([0-9]+) .*/\1/p' "$README")
    [ "$number" = "$(listed defects)" ]
}
