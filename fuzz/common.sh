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
