#!/usr/bin/env bats
# dirsim campaign: many seeds in worker processes; what it finds, keeps, and how it ends.

load cli_test_helper
load scenario_test_support

# A story whose end is left to chance: about half of the seeds fail.
chancy() {
    write chancy.yaml <<'END'
scenario: a step that may fail
plans: {import: {run: fetch, steps: {fetch: {run: [success|error]}}}}
events: [{at: 0ms, start: import}]
expect: {plans: {import: {state: stopped}}}
END
}

# What the last run counted: "N runs".
runs() {
    sed -nE 's/^([0-9]+) runs?, .*/\1/p' <<<"$output"
}

# The rows of a database that say what was found, without times.
found() { # FILE
    sqlite3 "$1" "SELECT runs, failed, events, faults FROM campaigns;
        SELECT first, end FROM runs;
        SELECT signature, runs, first_item, smallest_item, smallest_size FROM failures ORDER BY 1;
        SELECT mark, runs FROM marks ORDER BY 1; SELECT hex(moves) FROM coverage"
}

@test "a given scenario is run with every seed; those that fail are one group, with the line to run one again" {
    chancy
    fails 1 dirsim campaign --seeds 100 chancy.yaml
    says "FAILED  expectation: expected plan import to be stopped, it is paused, result error"
    [ "$(runs)" = 100 ]
    [[ $(again_line) == "dirsim run --seed "*" chancy.yaml" ]]
    fails 1 bash -c "$(again_line)"
    says "expected plan import to be stopped, it is paused"
    [ -z "$stderr" ]
}

@test "where nothing fails it exits with 0, and says what was reached" {
    holds
    works dirsim campaign --seeds 10..29 --jobs 1 holds.yaml
    [[ $output =~ ^20\ runs,\ 0\ failed\ in\ 0\ groups\;\ [0-9]+\ of\ [0-9]+\ marks,\ [0-9]+\ of\ [0-9]+\ moves\; ]]
    says "; complete"
}

@test "the same seeds find the same, whatever the number of processes and the store" {
    local options count=0
    for options in "--jobs 1" "--jobs 3" "--store sqlite"; do
        rm -f one.db
        # shellcheck disable=SC2086 # several words
        run dirsim campaign --seeds 300 --db one.db $options
        says "; complete"
        count=$((count + 1))
        found one.db >"found$count"
    done
    [ -s found1 ]
    cmp found1 found2
    cmp found1 found3
}

@test "faults by chance: each group has a file in --out, which fails again by itself" {
    local file
    holds
    fails 1 dirsim campaign --faithful --chaos --seeds 400 --out found holds.yaml
    [ "$(grep -c '^FAILED' <<<"$output")" -gt 2 ]
    [ "$(find found -name '*.yaml' | wc -l)" = "$(grep -cE '^FAILED|^defect .* by seed' <<<"$output")" ]
    works dirsim lint found
    while read -r file; do
        fails 1 bash -c "dirsim run $file"
        says "$(sed -n '1s/^# \([a-z-]*\): .*/\1/p' "$file")"
    done < <(ls found/*.yaml)
    fails 1 bash -c "$(grep -h '^# again: ' found/*.yaml | head -n 1 | sed 's/^# again: //')"
}

@test "with known defects it says which were shown, and each has a file that fails with it and not without" {
    local file
    fails 1 dirsim campaign --faithful --seeds 400 --out found
    [ "$(grep -cE '^defect [a-z-]+: shown by seed [0-9]+, after ' <<<"$output")" -gt 5 ]
    says " defects shown"
    grep -q 'defects: \[failed-plan-leaves-client\]' found/defect-failed-plan-leaves-client.yaml
    for file in found/defect-*.yaml; do
        fails 1 dirsim run "$file"
        sed -i 's/defects: \[[a-z-]*\]\(, \)\?//' "$file"
        dirsim run "$file" >without.txt || true
        [ "$(grep -v '^FAILED\|^ok' <<<"$output")" != "$(grep -v '^FAILED\|^ok' without.txt)" ]
    done
}

@test "random scenarios need no file; the line to run one again makes the same one" {
    fails 1 dirsim campaign --faithful --seeds 500
    says "FAILED  "
    local again first
    again=$(again_line | head -n 1)
    first=$(grep -m 1 '^FAILED' <<<"$output")
    [[ $again == "dirsim campaign --seeds "*" --faithful" ]]
    fails 1 bash -c "$again"
    says "$first" "1 run, 1 failed"
}

@test "parts that run apart find together what one run finds" {
    local part
    run dirsim campaign --faithful --seeds 600 --db whole.db
    says "; complete"
    for part in 1 2 3; do
        run dirsim campaign --faithful --seeds 600 --shard $part/3 --db $part.db
        [ "$(runs)" -gt 100 ]
        says "; complete"
    done
    works dirsim campaign --merge 1.db 2.db 3.db -o all.db
    says "600 runs"
    found whole.db >whole
    found all.db >all
    cmp whole all
}

@test "databases that hold the same seeds are not merged, and nothing is left behind" {
    run dirsim campaign --seeds 50 --db a.db
    run dirsim campaign --seeds 40..60 --db b.db
    fails 2 dirsim campaign --merge a.db b.db -o all.db
    complains "b.db: holds seeds that another database holds too" "--shard"
    [ ! -e all.db ]
    fails 3 dirsim campaign --merge a.db nowhere.db -o all.db
    complains "nowhere.db: No such file or directory"
    [ ! -e all.db ]
    fails 3 dirsim campaign --merge a.db -o b.db
    complains "b.db: is there already"
}

@test "a campaign that was cut off goes on where it was, and finds what an uncut one finds" {
    local pid
    fails 1 dirsim campaign --faithful --seeds 8000 --db whole.db
    says "; complete"
    "$DIRSIM" campaign --faithful --seeds 8000 --db cut.db >cut.txt &
    pid=$!
    while [ ! -s cut.db ]; do sleep 0.01; done
    kill -INT "$pid" 2>/dev/null || true # it may be through already, on a fast machine
    wait "$pid" || true
    grep -q '; interrupted$' cut.txt || grep -q '; complete$' cut.txt
    fails 1 dirsim campaign --faithful --seeds 8000 --db cut.db
    [ "$(runs)" = 8000 ]
    says "; complete"
    found whole.db >whole
    found cut.db >mended
    cmp whole mended
    fails 1 dirsim campaign --faithful --seeds 8000 --db cut.db
    says "8000 runs" " 0 runs/s; complete"
}

@test "one that is killed loses a moment at most, and its database is whole" {
    local pid made
    "$DIRSIM" campaign --faithful --time 60s --db cut.db >/dev/null &
    pid=$!
    # It is killed when it has saved for the first time, which takes a while on a busy machine.
    while [ ! -s cut.db ]; do sleep 0.05; done
    sleep 0.3
    made=$(stat -c %y cut.db)
    for _ in $(seq 200); do
        [ "$(stat -c %y cut.db)" = "$made" ] || break
        sleep 0.1
    done
    sleep 0.3
    kill -KILL "$pid"
    wait || true
    [ "$(sqlite3 cut.db 'PRAGMA integrity_check')" = ok ]
    [ "$(sqlite3 cut.db 'SELECT runs > 0 AND runs = (SELECT sum(end - first) FROM runs) FROM campaigns')" = 1 ]
}

@test "two campaigns do not share a database" {
    local pid
    "$DIRSIM" campaign --time 30s --db one.db >/dev/null &
    pid=$!
    while [ ! -s one.db ]; do sleep 0.01; done
    fails 3 dirsim campaign --seeds 5 --db one.db
    complains "one.db: another campaign uses it"
    kill -INT "$pid"
    wait "$pid" || true
}

@test "a full disk ends it with 3, and leaves a database that is whole" {
    run dirsim campaign --seeds 50 --db one.db
    local blocks
    blocks=$(($(stat -c %s one.db) / 1024))
    fails 3 bash -c "ulimit -f $blocks; dirsim campaign --faithful --seeds 2000 --db one.db"
    complains "one.db: "
    [ "$(grep -c . <<<"$stderr")" = 1 ]
    # Of the second one there may be what it kept before the disk was full.
    [ "$(sqlite3 one.db 'PRAGMA integrity_check; SELECT runs FROM campaigns ORDER BY id LIMIT 1' | tr '\n' ' ')" = "ok 50 " ]
}

# worker_of PID: the first worker process of a campaign.
worker_of() {
    local worker
    read -r _ worker _ <<<"- $(cat "/proc/$1/task/$1/children" 2>/dev/null)"
    echo "$worker"
}

# A run that is ended after a million events, some tenths of a second later.
endless() {
    write endless.yaml <<'END'
scenario: a pool loses its workers again and again
world: {order: priority}
plans: {import: {run: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]}}
events: [{at: 0ms, start: import}]
faults: [{on: pool, error: empty, for: 1us, chance: 999999/1000000, times: forever}]
END
}

@test "a run that does not end is that seed's failure; the others go on" {
    endless
    chancy
    fails 1 dirsim campaign --seeds 2 --hang 100ms endless.yaml chancy.yaml
    says "FAILED  hang: no end in time" "4 runs"
}

@test "a run that ends its process is that seed's failure; the others go on" {
    local pid
    endless
    "$DIRSIM" campaign --seeds 2 --jobs 1 endless.yaml >crashed.txt &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.15
        kill -KILL "$(worker_of "$pid")" 2>/dev/null || true
    done
    wait "$pid" || [ $? -eq 1 ]
    grep -qx 'FAILED  crash: SIGKILL' crashed.txt
    grep -q '^2 runs, 2 failed in ' crashed.txt
}

@test "time is up when it is, and without files and seeds it goes on until then" {
    local before=$SECONDS
    run dirsim campaign --time 1s
    says "; time is up"
    [ $((SECONDS - before)) -lt 15 ]
}

@test "marks that no run has reached fail it when they are required" {
    holds
    fails 1 dirsim campaign --seeds 3 --require-marks holds.yaml
    says "mark crashed was reached by no run"
}

@test "the state coverage of all runs together is told, as tables and as JSON" {
    run dirsim campaign --seeds 300 --coverage
    says "never reached"
    run dirsim campaign --seeds 300 --coverage=seen.json
    keeps_quiet "never reached"
    [ "$(jq '.moves | map(select(.seen)) | length' seen.json)" -gt 20 ]
}

@test "wrong usage is told, with what would be right" {
    holds
    local line
    while read -r line; do
        # shellcheck disable=SC2086 # several words
        fails 2 dirsim campaign $line
        [ "$(grep -c . <<<"$stderr")" = 1 ]
    done <<'END'
--seeds 0
--seeds 9..3
--seeds 5..
--seeds 18446744073709551615..18446744073709551616
--time 5parsecs
--time 0
--hang -1
--shard 5/4
--shard 0/4
--jobs 0
--jobs 5000
--store file.db
--chaos
--generate holds.yaml
--defect no-such-defect
--merge
--merge a.db
END
    fails 2 dirsim campaign nowhere-to-be-found.yaml || fails 3 dirsim campaign nowhere-to-be-found.yaml
    fails 3 dirsim campaign --seeds 3 --out holds.yaml
    complains "holds.yaml: is there, and no folder"
    fails 3 dirsim campaign --seeds 3 --db holds.yaml
    complains "holds.yaml: "
}

@test "a file that is no scenario is told with its mistakes" {
    mistaken
    fails 2 dirsim campaign --seeds 3 mistaken.yaml
    complains "mistaken.yaml:2:1: unknown key 'sead', did you mean 'seed'?"
}

@test "progress is for a terminal: seeds a second, failures, coverage, and the time left" {
    script -qec "timeout 60 $DIRSIM campaign --time 1s" typescript >/dev/null </dev/null || true
    grep -qaE '[0-9]+ runs, [0-9]+/s, [0-9]+ failed in [0-9]+ groups, [0-9]+ of [0-9]+ marks, .* left' typescript
    run --separate-stderr dirsim campaign --time 1s
    [ -z "$stderr" ]
}

@test "a campaign that a signal cuts off before anything failed does not exit as one that was complete" {
    write holds.yaml <<'END2'
scenario: it holds
plans: {one: {run: a}}
events: [{at: 0ms, start: one}]
END2
    local pid status=0
    "$DIRSIM" campaign --time 1h --db long.db holds.yaml >cut.txt &
    pid=$!
    while [ ! -s long.db ]; do sleep 0.01; done
    kill -TERM "$pid"
    wait "$pid" || status=$?
    [ "$status" = 143 ]
    grep -q '; interrupted$' cut.txt
}
