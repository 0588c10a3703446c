#!/usr/bin/env bats
# The manual pages: well formed, and true of the program and the library.

load cli_test_helper

PAGES=$BATS_TEST_DIRNAME/man

# has_option PAGE NAME: the page tells this option.
has_option() {
    grep -qE "^\.It (Fl [a-z] , )?Fl -$2( |\$)" "$PAGES/$1"
}

@test "every page is without a warning of mandoc" {
    works mandoc -Tlint -Wwarning "$PAGES"/*
    [ -z "$output" ]
}

@test "every subcommand has a page, and every option of it is there" {
    local name option
    for name in run campaign conform explore lint list shrink timeline report; do
        works dirsim "$name" --help
        while read -r option; do
            [ "$option" = help ] || has_option "dirsim-$name.1" "$option"
        done < <(sed -nE 's/^  (-[a-z], )?--([a-z-]+).*/\2/p' <<<"$output")
    done
}

@test "no page tells an option that there is not" {
    local name option
    for name in run campaign conform explore shrink timeline report; do
        works dirsim "$name" --help
        while read -r option; do
            says "--$option"
        done < <(sed -nE 's/^\.It .*Fl -([a-z-]+).*/\1/p' "$PAGES/dirsim-$name.1")
    done
}

@test "every key of a scenario is in its page" {
    local key
    while read -r key; do
        grep -qwE "(Cm|,|Ql) .*$key|^\.(It )?Cm $key" "$PAGES/dirsim-scenario.5" ||
            { echo "no key $key"; false; }
    done < <(sed -nE 's/.*\.name = "([a-z_]+)".*/\1/p' "$ROOT/sim/scenario/scenario_keys.c" | sort -u)
}

@test "every place of faults and every error is in the page of scenarios" {
    local name topic
    for topic in faults errors; do
        works dirsim list "$topic"
        while read -r name _; do
            grep -qw "$name" "$PAGES/dirsim-scenario.5" || { echo "no $name"; false; }
        done <<<"$output"
    done
}

@test "every example of a scenario in its page holds" {
    local name
    while read -r name; do
        sed -n "/^\.\\\\\" begin $name\$/,/^\.\\\\\" end/p" "$PAGES/dirsim-scenario.5" | grep -v '^\.' >"$name"
        works dirsim run --twice "$name"
    done < <(sed -n 's/^\.\\" begin //p' "$PAGES/dirsim-scenario.5")
    [ -s story.yaml ]
}

@test "every function of the library is in its page, in the synopsis and in the text" {
    local name
    while read -r name; do
        [ "$(grep -cE "^\.F[no] $name( |\$)" "$PAGES/libdirector.3")" -ge 2 ] ||
            { echo "no $name"; false; }
    done < <(sed -nE 's/^[a-z].*[ *](director_[a-z_]+)\(.*/\1/p' "$ROOT/director/director.h")
}

@test "every status of the library is in its page" {
    local name
    while read -r name; do
        grep -q "^\.It Dv $name\$" "$PAGES/libdirector.3" || { echo "no $name"; false; }
    done < <(sed -n '/^enum director_status {/,/^};/s/^    \(DIRECTOR_[A-Z_]*\),.*/\1/p' \
        "$ROOT/director/director.h")
}
