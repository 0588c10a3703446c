#!/usr/bin/env bats
# What holds for every subcommand: finding it, reading options, writing output.

load cli_test_helper
load scenario_test_support

@test "--help tells every subcommand" {
    works dirsim --help
    says "usage: dirsim" "dirsim run" "dirsim conform" "dirsim lint" "dirsim list" "Exit:"
    [ -z "$stderr" ]
}

@test "help SUBCOMMAND and SUBCOMMAND --help say the same" {
    works dirsim help run
    local one=$output
    works dirsim run --help
    [ "$one" = "$output" ]
    says "usage: dirsim run" "--seed N" "--trace[=FILE]" "--help"
}

@test "--version tells the version of the library's header" {
    works dirsim --version
    [[ $output =~ ^dirsim\ [0-9]+\.[0-9]+$ ]]
}

@test "without a subcommand there is nothing to do" {
    fails 2 dirsim
    complains "a subcommand is missing"
    [ -z "$output" ]
}

@test "an unknown subcommand gets the nearest one" {
    fails 2 dirsim confrom
    complains "dirsim: unknown subcommand 'confrom', did you mean 'conform'?"
}

@test "a subcommand like no other gets the list" {
    fails 2 dirsim frobnicate
    complains "unknown subcommand 'frobnicate'" "run" "conform"
}

@test "an unknown option gets the nearest one" {
    fails 2 dirsim run --sed 7 x.yaml
    [ "$stderr" = "dirsim run: unknown option '--sed', did you mean '--seed'?" ]
}

@test "an unknown option like no other points to --help" {
    fails 2 dirsim run --frobnicate x.yaml
    complains "unknown option '--frobnicate'" "dirsim run --help"
}

@test "one dash for two gets the option with two" {
    fails 2 dirsim run -seed 7 x.yaml
    complains "did you mean '--seed'?"
}

@test "a number that is none, is negative or too large is refused" {
    local number
    for number in seven -1 1.5 18446744073709551616 0x7 "7 "; do
        fails 2 dirsim run --seed "$number" x.yaml
        complains "option '--seed' takes a whole number from 0 to 18446744073709551615" "$number"
    done
}

@test "the largest seed is taken" {
    holds
    works dirsim run --seed 18446744073709551615 holds.yaml
}

@test "an option without its value, or with an empty one, is refused" {
    fails 2 dirsim run x.yaml --seed
    complains "option '--seed' needs a value: --seed N"
    fails 2 dirsim run --seed= x.yaml
    complains "option '--seed' needs a value"
    fails 2 dirsim run --trace= x.yaml
    complains "option '--trace' needs a value: --trace=FILE"
}

@test "a flag takes no value" {
    fails 2 dirsim run --twice=yes x.yaml
    complains "option '--twice' takes no value"
}

@test "a value stands behind a space or an equals sign, before or behind files" {
    fails_in
    fails 1 dirsim run --seed=8 fails.yaml
    says "--seed 8"
    fails 1 dirsim run fails.yaml --seed 8
    says "--seed 8"
}

@test "of an option given twice the last counts" {
    fails_in
    fails 1 dirsim run --seed 8 --seed 9 fails.yaml
    says "--seed 9"
}

@test "behind two dashes everything is a file" {
    holds ./--seed
    works dirsim run -- --seed
    says "ok  --seed"
}

@test "--help wins over what stands behind it" {
    works dirsim run --help --nonsense
    says "usage: dirsim run"
}

@test "a full standard output is one line, and exit 3" {
    holds
    local arguments
    for arguments in "--help" "--version" "list marks" "run holds.yaml" "run --json holds.yaml" \
        "run --trace holds.yaml" "lint holds.yaml" \
        "conform $ROOT/scenarios/conformance/flows.yaml" "run --help"; do
        fails 3 bash -c "dirsim $arguments >/dev/full"
        complains "cannot write standard output: No space left on device"
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
    done
}

@test "a reader that went away is one line, and exit 3" {
    holds
    # The reader is gone before there is anything to read.
    fails 0 bash -c '{ sleep 0.3; dirsim list invariants 2>err; echo $? >rc; } | true; sleep 0.1; cat rc err'
    [ "${lines[0]}" -eq 3 ]
    says "cannot write standard output: Broken pipe"
}

@test "a closed standard output is told, and no file takes its place" {
    holds
    fails 3 bash -c 'dirsim run --store kept.db holds.yaml >&-'
    complains "cannot write standard output"
    [ "$(head -c 15 kept.db)" = "SQLite format 3" ]
}

@test "what goes nowhere has no colours, whatever the terminal" {
    holds
    fails_in
    TERM=xterm-256color fails 1 dirsim run holds.yaml fails.yaml
    keeps_quiet $'\033'
}

# script takes its shell from SHELL, which CI may not set and which then knows no function of bash.
@test "on a terminal a verdict has its colour, unless NO_COLOR is set" {
    holds
    works script -qec "'$DIRSIM' run holds.yaml" /dev/null
    says $'\033[32mok'
    NO_COLOR=1 works script -qec "'$DIRSIM' run holds.yaml" /dev/null
    keeps_quiet $'\033'
}
