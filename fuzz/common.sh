# What the scripts of this folder share. To be read with `.` from the top folder of dirsim.
# shellcheck shell=bash

# What a machine for tests wants of AFL++: no screen, no advice about the machine, and no refusal when others have its
# cores.
export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_ALLOW_TMP=1 AFL_TRY_AFFINITY=1
# AFL++ wants to be told of a sanitizer's finding by a signal.
export FUZZ_ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0:allocator_may_return_null=1

# With a mutator linked in, libFuzzer would begin with inputs of every length, and short stories are fast; to weigh
# what is rare, and to look for a smaller input of the same features, takes longer than a run.
# shellcheck disable=SC2034 # for those who read this
libfuzzer_options=(-len_control=100 -entropic=0 -reduce_inputs=0 -print_funcs=0)

# shellcheck disable=SC2034 # for those who read this
fuzz_targets=(events scenario conform sqlite)

die() { # MESSAGE
    echo "fuzz: $1" >&2
    exit 2
}

check_target() { # TARGET
    [[ " ${fuzz_targets[*]} " == *" $1 "* ]] || die "there is no target '$1'; there are ${fuzz_targets[*]}"
}

# The seeds of a target, in a folder: what is kept in fuzz/, and what scenarios/ has.
make_seeds() { # TARGET FOLDER
    local target=$1 folder=$2 file scenarios=() seed=${FUZZ_SEED:-build/test/fuzz/seed}
    rm -rf "$folder"
    mkdir -p "$folder"
    [ ! -d "fuzz/fuzz_${target}_seed_corpus" ] || cp "fuzz/fuzz_${target}_seed_corpus"/* "$folder"
    mapfile -t scenarios < <(find scenarios -name '*.yaml' ! -path '*/conformance/*' | LC_ALL=C sort)
    case $target in
    events | sqlite) "$seed" "$folder" "${scenarios[@]}" ;;
    scenario)
        for file in "${scenarios[@]}"; do
            [ "$(wc -c <"$file")" -gt 4096 ] || cp "$file" "$folder/$(basename "$(dirname "$file")")-${file##*/}"
        done
        ;;
    conform)
        # The first case of each stream is a story of its own, and short.
        for file in scenarios/conformance/*.yaml; do
            awk '/^---/ {n++} n == 2 {exit} {print}' "$file" >"$folder/first-of-${file##*/}"
        done
        ;;
    esac
    [ -n "$(ls "$folder")" ] || echo x >"$folder/nothing"
}

# The value of a key of AFL++'s fuzzer_stats.
stat_of() { # FILE KEY
    awk -F ' *: *' -v key="$2" '$1 == key {print $2}' "$1"
}

# On one line, how a program failed that has left this log: what an invariant, an assert or a sanitizer says, without
# what is another each time.
how_it_failed() { # LOG EXIT-STATUS SECONDS-GIVEN
    case $2 in
    124 | 137) echo "does not end within $3 s" ;;
    *) sed -nE '/^FAILED|Assertion|^SUMMARY: |runtime error/{s/0x[0-9a-f]+/ADDRESS/g; s/ \(at [0-9]+ us\)$//; p; q}' "$1" |
        grep . || echo "ends with status $2" ;;
    esac
}

# Keeps the files whose names come in, each by a name made of what is in it, so that the same is kept once. (By a link: there
# is no half of a file when this is cut off.)
keep_all() { # FOLDER < FILES
    local sum file
    while read -r sum file; do
        [ -e "$1/${sum:0:12}" ] || ln "$file" "$1/${sum:0:12}"
    done < <(tr '\n' '\0' | xargs -0r sha1sum)
}

# Whether a program runs these inputs to the end, all in one process.
runs_well() { # PROGRAM INPUT…
    timeout --signal=KILL $((${FUZZ_PATIENCE:-10} + $# / 20)) "$@" >/dev/null 2>&1
}

# Those of these inputs that fail: when all together do not, no more is run; else one half, and the other.
failing_inputs() { # PROGRAM INPUT…
    local program=$1 half=$(($# / 2))
    shift
    # What the shell says of a process that a signal ended is of no interest.
    if [ $# -eq 0 ] || { runs_well "$program" "$@"; } 2>/dev/null; then return; fi
    if [ $# -eq 1 ]; then
        echo "$1"
    else
        failing_inputs "$program" "${@:1:half}"
        failing_inputs "$program" "${@:half+1}"
    fi
}

# AFL++ passes over an input that fails before it has begun, without a word, and afl-cmin gives up at one: they are taken
# out of a folder, to the findings, and counted in `moved`.
move_failing() { # FOLDER FINDINGS PROGRAM
    local inputs failing
    [ -x "$3" ] || return 0
    mapfile -t inputs < <(find "$1" -type f | LC_ALL=C sort)
    mapfile -t failing < <(
        for ((at = 0; at < ${#inputs[@]}; at += 200)); do failing_inputs "$3" "${inputs[@]:at:200}"; done
    )
    moved=${#failing[@]}
    [ "$moved" -gt 0 ] || return 0
    mkdir -p "$2"
    printf '%s\n' "${failing[@]}" | keep_all "$2"
    rm -f "${failing[@]}"
}

# What minimising has left when it was cut off goes back to the corpus: a part of it, or all of it as it was before.
recover_corpus() { # CORPUS
    local left
    mkdir -p "$1"
    for left in "$1.old" "$1.small"; do
        [ -d "$left" ] || continue
        find "$left" -maxdepth 1 -type f ! -name '.*' | keep_all "$1"
        rm -rf "$left"
    done
}
