# shellcheck shell=bash
# shellcheck disable=SC2154 # `run` of bats sets status, output and stderr
# What the tests of the command line share. A test file begins:
#
#     load cli_test_helper
#
#     @test "an unknown subcommand is told, with the known ones" {
#         fails 2 dirsim frobnicate
#         says "frobnicate"
#     }
#
# Each test runs in an empty folder of its own. `dirsim` is the build with sanitizers, whose own findings
# exit with 99 and so never pass for an answer of dirsim; DIRSIM names another program.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
DIRSIM=${DIRSIM:-$ROOT/build/test/dirsim}
export ROOT DIRSIM
export ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99}
export LSAN_OPTIONS=${LSAN_OPTIONS:-exitcode=99}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-exitcode=99:print_stacktrace=1}

# A test file with a setup of its own calls this one first.
setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

# dirsim ARG…: no test waits for a terminal, or longer than a minute.
dirsim() {
    timeout --kill-after=5 60 "$DIRSIM" "$@"
}
export -f dirsim # for `works bash -c 'dirsim run - <story.yaml'`

# write FILE: what comes on stdin, the folders above it included.
write() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
}

# works COMMAND…: the command exits with 0. $output is its standard output, $stderr the rest.
works() {
    fails 0 "$@"
}

# fails STATUS COMMAND…: the command exits with STATUS.
fails() {
    local wanted=$1
    shift
    run --separate-stderr "$@" </dev/null
    if [ "$status" -ne "$wanted" ]; then
        show "$* exits with $status, not $wanted"
        return 1
    fi
}

# says TEXT…, complains TEXT…: each text is somewhere in the standard output (the standard error).
says() {
    contains "standard output" "$output" "$@"
}
complains() {
    contains "standard error" "$stderr" "$@"
}

# keeps_quiet TEXT…: none of them is in either.
keeps_quiet() {
    local text
    for text in "$@"; do
        if [[ $output == *"$text"* || $stderr == *"$text"* ]]; then
            show "there should be no: $text"
            return 1
        fi
    done
}

contains() { # WHERE TEXT WANTED…
    local where=$1 text=$2 wanted
    shift 2
    for wanted in "$@"; do
        if [[ $text != *"$wanted"* ]]; then
            show "$where should have: $wanted"
            return 1
        fi
    done
}

# What a failed test shows.
show() { # WHAT
    printf '%s\n--- standard output\n%s\n--- standard error\n%s\n' "$1" "$output" "$stderr"
}
