#!/usr/bin/env bats
# The floor of `make coverage` (.ci/coverage-figures): from lcov's counts to figures, and what has fallen below
# those of reports/baseline.json is named.

load cli_test_helper

# Two folders as lcov tells of them, and what was counted of states.
setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    # shellcheck source=.ci/coverage-figures
    . "$ROOT/.ci/coverage-figures"
    write now.info <<END
SF:$PWD/director/plan.c
LF:200
LH:200
BRF:100
BRH:100
end_of_record
SF:$PWD/sim/cli/run.c
LF:90
LH:80
BRF:20
BRH:15
end_of_record
SF:$PWD/sim/cli/list.c
LF:10
LH:10
BRF:0
BRH:0
end_of_record
END
    echo '[{"name": "marks", "reached": 60, "all": 60}, {"name": "faults", "reached": 13, "all": 14}]' >states.json
    figures now.info states.json >figures.json
}

@test "figures are per mille by folder, rounded down" {
    diff <(jq -S . figures.json) <(jq -S . <<'END'
{"all": {"lines": 966, "branches": 958}, "director": {"lines": 1000, "branches": 1000},
 "sim/cli": {"lines": 900, "branches": 750}, "states": {"marks": 1000, "faults": 928}}
END
    )
    [ "$(figures now.info | jq -c keys)" = '["all","director","sim/cli"]' ]
}

@test "what was reached is above the floor that is made of it, which is whole where that was" {
    floor_of figures.json >floor.json
    works holds_floor figures.json floor.json
    [ -z "$output" ]
    [ "$(jq -c '[.director.branches, ."sim/cli".lines, .states.faults]' floor.json)" = '[1000,895,928]' ]
}

@test "a branch of the director that nothing reaches any more is below the floor" {
    floor_of figures.json >floor.json
    sed -i 's/^BRH:100$/BRH:99/' now.info
    figures now.info states.json >fallen.json
    fails 1 holds_floor fallen.json floor.json
    says "director: branches reached have fallen from 100% to 99%"
    keeps_quiet sim/cli lines
}

@test "each figure that has fallen is named, states too, and what is gone has fallen to nothing" {
    floor_of figures.json >floor.json
    echo '[{"name": "marks", "reached": 59, "all": 60}]' >states.json
    sed -i 's/^LH:80$/LH:70/' now.info
    figures now.info states.json >fallen.json
    fails 1 holds_floor fallen.json floor.json
    [ "$output" = "sim/cli: lines reached have fallen from 89.5% to 80%
all: lines reached have fallen from 96.1% to 93.3%
states: marks reached have fallen from 100% to 98.3%
states: faults reached have fallen from 92.8% to 0%" ]
}

@test "what has risen, or is new, is below no floor" {
    jq 'del(."sim/cli") | .all.lines = 0' figures.json >floor.json
    works holds_floor figures.json floor.json
}

@test "a floor that is no JSON holds nothing" {
    echo '{"director": ' >floor.json
    fails 1 holds_floor figures.json floor.json
}

@test "the floor of this repository has every folder of sources, and the director whole" {
    local folder
    for folder in director "$ROOT"/sim/*/; do
        folder=${folder#"$ROOT"/}
        compgen -G "$ROOT/$folder/*.c" >/dev/null || continue
        # Of a folder with tests alone nothing is counted.
        find "$ROOT/$folder" -name '*.c' ! -name '*_test.c' ! -name '*_test_support.c' ! -name '*_bench.c' | grep -q . || continue
        jq -e --arg folder "${folder%/}" '.[$folder] | .lines > 0 and .branches > 0' "$ROOT/reports/baseline.json"
    done
    jq -e '.director == {lines: 1000, branches: 1000}' "$ROOT/reports/baseline.json"
}
