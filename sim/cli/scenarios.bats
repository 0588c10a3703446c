#!/usr/bin/env bats
# The scenarios that come with dirsim: they hold, every expectation in them can fail, and they are told in
# scenarios/README.md.

load cli_test_helper

# scenarios: every scenario file, below the folder that holds them.
scenarios() {
    (cd "$ROOT/scenarios" && grep -l '^scenario:' -- */*.yaml)
}

# traces STORE: of each scenario the hash of its trace and whether it held, in the order of their names.
traces() {
    dirsim run --trace --store "$1" "$ROOT/scenarios" </dev/null | grep -E '^(hash|ok|FAILED) '
}

@test "there are scenarios in every folder" {
    local folder
    for folder in smoke rescue events termination deleted persistence; do
        [ "$(scenarios | grep -c "^$folder/")" -ge 4 ]
    done
}

@test "every scenario holds, with both stores, and twice the same" {
    works dirsim run "$ROOT/scenarios"
    says "$(scenarios | wc -l) scenarios held, 0 failed"
    works dirsim run --store sqlite "$ROOT/scenarios"
    works dirsim run --twice "$ROOT/scenarios"
}

@test "together they reach every mark" {
    works dirsim run --require-marks "$ROOT/scenarios"
}

@test "every scenario lints clean" {
    works dirsim lint "$ROOT/scenarios"
    says "$(scenarios | wc -l) scenarios, 0 problems"
}

@test "every scenario leaves the same trace with both stores" {
    traces memory >memory.txt
    traces sqlite >sqlite.txt
    [ "$(grep -c '^hash ' memory.txt)" -eq "$(scenarios | wc -l)" ]
    diff memory.txt sqlite.txt
}

@test "every expectation can fail: turned round, it is named with its file and line" {
    local file copy line lines_wrong=0
    while read -r file; do
        mkdir -p "turned/${file%/*}"
        awk -v copies="turned/${file%.yaml}" -f "$ROOT/sim/cli/turn_round.awk" "$ROOT/scenarios/$file" ||
            { echo "$file expects nothing that can be turned round"; return 1; }
    done < <(scenarios)
    fails 1 dirsim run turned
    says "0 scenarios held, $(find turned -name '*.yaml' | wc -l) failed"
    for copy in turned/*/*.yaml; do
        line=${copy%.*.yaml}
        if [[ $output != *$'\n'"$copy:${line##*.}:"* ]]; then
            echo "$copy: nothing is said about its line ${line##*.}"
            lines_wrong=$((lines_wrong + 1))
        fi
    done
    [ "$lines_wrong" -eq 0 ]
}

@test "one file alone with an expectation turned round exits with 1" {
    local file copy
    while read -r file; do
        mkdir -p "alone/${file%/*}"
        awk -v copies="alone/${file%.yaml}" -f "$ROOT/sim/cli/turn_round.awk" "$ROOT/scenarios/$file"
        copy=$(find "alone/${file%/*}" -name "$(basename "$file" .yaml).*.1.yaml")
        fails 1 dirsim run "$copy"
    done < <(scenarios | sort -t / -k 1,1 -u) # one of each folder
}

@test "scenarios/README.md tells every scenario in its own words" {
    local told
    told=$(sed '1,/^<!-- index/d; /^<!-- end of the index/,$d' "$ROOT/scenarios/README.md")
    [ "$told" = "$("$ROOT/.ci/scenario-index")" ] || { echo "run .ci/scenario-index --write"; return 1; }
}


@test "every place where a fault may strike, and every error, is used by some scenario" {
    local topic key name
    for topic in faults:on errors:error; do
        key=${topic#*:}
        works dirsim list "${topic%:*}"
        while read -r name _; do
            grep -rqE --include='*.yaml' "^  - \{.*\b($key: $name\b|$name: true)" "$ROOT"/scenarios/[a-bd-z]* ||
                { echo "no scenario has $key: $name"; false; }
        done <<<"$output"
    done
}

@test "every error strikes at every place of the database in some scenario" {
    local site error errors missing=()
    works dirsim list faults
    while read -r site errors; do
        [[ $errors == *[\[\ ]io[\ \]]* ]] || continue
        errors=${errors##*[}
        for error in ${errors%]}; do
            grep -rqE --include='*.yaml' "^  - \{on: $site\b.*\berror: $error\b" "$ROOT"/scenarios/[a-bd-z]* ||
                missing+=("$site $error")
        done
    done <<<"$output"
    [ ${#missing[@]} -eq 0 ] || { printf 'no scenario has %s\n' "${missing[@]}"; false; }
}

@test "there are at least 80 scenarios outside of defects and conformance" {
    [ "$(find "$ROOT/scenarios" -name '*.yaml' -not -path '*/defects/*' -not -path '*/conformance/*' | wc -l)" -ge 80 ]
}
