#!/usr/bin/env bats
# scenarios/defects: one file for each known defect of Dynflow. Each holds as the director is, fails by just the
# invariants that it names with its defect switched on, and is told in scenarios/defects/README.md.

load cli_test_helper

defects() {
    dirsim list defects | sed 's/ .*//'
}

# shown_by FILE KEY: what its `shows:` says.
shown_by() {
    sed -n "s/^shows: {.*$2: \[\{0,1\}\([a-z, -]*[a-z]\).*}$/\1/p" "$1"
}

@test "every defect has its file, or a reason for having none" {
    local name
    while read -r name; do
        [ -e "$ROOT/scenarios/defects/$name.yaml" ] ||
            grep -q "^- \*\*$name\*\* (.*): [a-z]" "$ROOT/scenarios/defects/README.md" ||
            { echo "$name"; return 1; }
    done < <(defects)
}

@test "every file is named after its defect, tells a story, and has at most 25 lines" {
    local file
    for file in "$ROOT"/scenarios/defects/*.yaml; do
        echo "$file"
        [ "$(shown_by "$file" defect | sed 's/,.*//')" = "$(basename "$file" .yaml)" ]
        [ "$(grep -c '^#' "$file")" -ge 3 ]
        [ "$(wc -l <"$file")" -le 25 ]
    done
}

@test "with its defect each fails by the invariants that it names, and by no other" {
    local file name failed
    for file in "$ROOT"/scenarios/defects/*.yaml; do
        name=$(basename "$file" .yaml)
        fails 1 dirsim run --json --defect "$name" "$file"
        failed=$(grep -o '"invariant":"[a-z-]*"' <<<"$output" | sed 's/.*:"\(.*\)"/\1/' | sort -u)
        [ "$failed" = "$(shown_by "$file" violates | tr -d ' ' | tr ',' '\n' | sort -u)" ] ||
            { echo "$name: $failed"; return 1; }
    done
}

@test "without it each holds, with both stores" {
    works dirsim run "$ROOT/scenarios/defects"
    works dirsim run --store sqlite "$ROOT/scenarios/defects"
}

@test "scenarios/defects/README.md is made from the files" {
    diff "$ROOT/scenarios/defects/README.md" <("$ROOT/.ci/defect-index") || { echo "run .ci/defect-index --write"; return 1; }
}
