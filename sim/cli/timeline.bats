#!/usr/bin/env bats
# dirsim timeline: the page, the Chrome trace and the JSON that both are made of. What the page does in a
# browser is tried in timeline_browser.bats.

# shellcheck disable=SC2016 # what stands in single quotes is for another shell, or jq

load cli_test_helper

SKIPPED=$ROOT/scenarios/smoke/skipped-step-lets-plan-go-on.yaml
CRASH=$ROOT/scenarios/termination/crash-and-invalidation.yaml
CHANCE=$ROOT/scenarios/persistence/some-saves-fail-by-chance.yaml

@test "the same scenario gives the same page, byte for byte, with either store" {
    works dirsim timeline "$CHANCE" -o one.html
    works dirsim timeline "$CHANCE" -o two.html
    cmp one.html two.html
    works dirsim timeline --format json "$CHANCE" -o memory.json
    works dirsim timeline --format json --store sqlite "$CHANCE" -o sqlite.json
    cmp <(jq 'del(.again)' memory.json) <(jq 'del(.again)' sqlite.json)
    works dirsim timeline --seed 99 "$CHANCE" -o other.html
    run ! cmp -s one.html other.html
}

# in_terminal COMMAND…: what it says on a terminal, and its exit status.
in_terminal() {
    script -qec "$(printf '%q ' "$@")" /dev/null </dev/null
}

@test "a page is not written to a terminal, where nobody could read it; data is" {
    fails 2 in_terminal "$DIRSIM" timeline "$SKIPPED"
    says "dirsim timeline: a page is nothing for a terminal: give -o PAGE.html, then open that"
    fails 2 in_terminal "$DIRSIM" report nothing.db
    says "dirsim report: a page is nothing for a terminal"
    works in_terminal "$DIRSIM" timeline --format json "$SKIPPED"
    works in_terminal "$DIRSIM" timeline "$SKIPPED" -o page.html
    [ -s page.html ]
}

@test "the page needs nothing from anywhere" {
    works dirsim timeline "$SKIPPED" -o page.html
    run -1 grep -nE '(src|href)=|url\(|@import|https?://|fetch\(|XMLHttpRequest|WebSocket' page.html
    grep -q "default-src 'none'" page.html
    [ "$(wc -c <page.html)" -lt 80000 ]
}

@test "a name cannot end the element that the data stands in" {
    write story.yaml <<'END'
scenario: a name like </script><b>&amp; is only a name
plans: {p: {run: [one]}}
events: [{at: 0ms, start: p}]
END
    works dirsim timeline story.yaml -o page.html
    [ "$(grep -c '</script>' page.html)" -eq 2 ]
    grep -qF '<title>a name like &lt;/script>&lt;b>&amp;amp; is only a name</title>' page.html
}

@test "the story has every line of the trace, and tells who, what and why" {
    works dirsim timeline --format json "$SKIPPED" -o story.json
    dirsim run --trace "$SKIPPED" >trace
    [ "$(jq '.events | length' story.json)" -eq "$(grep -c '#' trace)" ]
    [ "$(jq -r .hash story.json)" = "$(sed -n 's/^hash \([0-9a-f]*\),.*/\1/p' trace)" ]
    # Every event but the client's own has a cause, which came before it.
    jq -e '.events | to_entries | all(.value[12] < .key)' story.json
    jq -e '[.events[] | select(.[12] < 0 and .[2] > 10)] | length == 0' story.json
    # The first work item: handed out, step saved and moved, code begins and ends, report.
    jq -e '.kinds as $k | [.events[] | select(.[10] == 1) | $k[.[2] | tostring]]
        == ["work", "step", "saved step", "run", "run", "step", "saved step", "finished"]' story.json
    # The request of line 15 is born and ends.
    jq -e '.kinds as $k | [.events[] | select(.[11] == 1) | $k[.[2] | tostring]] == ["start", "future"]' story.json
    jq -e '.events[0][13] == 15' story.json
}

@test "a fault is one event, with its place, its error and its line" {
    works dirsim timeline --format json "$CHANCE" -o story.json
    jq -e '[.events[] | select(.[2] == 26)] | length == 0' story.json
    line=$(grep -n 'save_step' "$CHANCE" | head -n 1 | cut -d: -f1)
    jq -e --argjson line "$line" '[.events[] | select(.[2] == 25)] | length > 0 and
        all(.[7] == "save_step" and .[9] == "busy" and .[13] == $line)' story.json
}

@test "what failed is told, and the exit is 0 all the same" {
    sed 's/result: warning/result: success/' "$SKIPPED" >wrong.yaml
    works dirsim timeline --format json wrong.yaml
    jq -e '.held == false and (.failures | length) == 1 and .failures[0].line == 18' <<<"$output"
    works dirsim timeline wrong.yaml -o page.html
    [ -z "$output$stderr" ]
}

@test "a Chrome trace has spans for user code and states, and arrows that end where they should" {
    works dirsim timeline --format chrome "$CRASH" -o trace.json
    jq -e '.traceEvents | all(has("ph") and has("ts") and has("pid") and has("tid"))' trace.json
    jq -e '.traceEvents | all(.ph | IN("M", "X", "i", "s", "f"))' trace.json
    jq -e '[.traceEvents[] | select(.ph == "X")] | length > 20 and all(.dur >= 0 and (.name | length) > 0)' trace.json
    jq -e '[.traceEvents[] | select(.ph == "f") | .id] - [.traceEvents[] | select(.ph == "s") | .id] == []' trace.json
    jq -e '.traceEvents | any(.ph == "M" and .args.name == "worker 1/default/1")' trace.json
    jq -e '.traceEvents | any(.ph == "X" and .name == "ready/wait (suspend)" and .dur == 1000)' trace.json
}

@test "what is wrong with the arguments or the file is told" {
    fails 2 dirsim timeline
    complains "one scenario is wanted"
    fails 2 dirsim timeline --format pdf "$SKIPPED"
    complains "takes html, chrome or json, not 'pdf'"
    fails 2 dirsim timeline --store there "$SKIPPED"
    fails 2 dirsim timeline --defect nonsense "$SKIPPED"
    write broken.yaml <<<'scenario: [a, b]'
    fails 2 dirsim timeline broken.yaml
    complains "broken.yaml:1:"
    fails 3 dirsim timeline nowhere.yaml
    complains "nowhere.yaml"
    fails 3 dirsim timeline "$SKIPPED" -o no/such/folder.html
    [ -z "$(ls no 2>/dev/null)" ]
    works bash -c 'dirsim timeline - <"$1"' - "$SKIPPED"
}

@test "an output that is full exits with 3" {
    fails 3 bash -c 'dirsim timeline "$1" >/dev/full' - "$SKIPPED"
}
