#!/usr/bin/env bats
# The planted bugs can be planted: every patch applies to the sources as they are, and says what it does.

setup() {
    cd "$BATS_TEST_DIRNAME/../.." || return 1
}

# A patch that fits director/future.c, with another line in the place of LINE.
patch_with() { # FROM TO
    mkdir -p "$BATS_TEST_TMPDIR/patches"
    sed "s|$1|$2|" >"$BATS_TEST_TMPDIR/patches/one.patch" <<'END'
Planted: A future is taken for one that is resolved already.

--- a/director/future.c
+++ b/director/future.c
@@ -13,3 +13,3 @@
     assert(future != NULL);
-    if (future->state != DIRECTOR_FUTURE_PENDING) {
+    if (future->state == DIRECTOR_FUTURE_PENDING) {
         return DIRECTOR_INTERNAL;
END
    MUTANT_PATCHES=$BATS_TEST_TMPDIR/patches run .ci/mutants --check
}

@test "every patch applies, and says in one sentence what it plants" {
    run .ci/mutants --check
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "every bug of section 2 that a patch plants has a name of its own" {
    [ "$(grep -lE '^Defect: M[0-9]{2}$' fuzz/mutants/*.patch | wc -l)" -ge 30 ]
}

@test "a patch is told that applies no longer, plants nothing, or changes what is no source" {
    patch_with nothing nothing
    [ "$status" -eq 0 ]
    patch_with '^-    if (future' '-    if (nothing'
    [ "$status" -eq 1 ]
    [[ $output == *"one: does not apply"* ]]
    patch_with '^Planted: .*' ''
    [ "$status" -eq 1 ]
    [[ $output == *"one: it is to say in one sentence"* ]]
    patch_with '[ab]/director' 'a/scenarios'
    [ "$status" -eq 1 ]
    [[ $output == *"which is not of director/ or sim/"* ]]
}

@test "a mutant that is not there is told" {
    run .ci/mutants no-such-mutant
    [ "$status" -eq 2 ]
    [ "$output" = "no such mutant: no-such-mutant" ]
}

@test "a mutant that ends dirsim without a word is killed by the scenarios" {
    local by=''
    eval "$(sed -n '/^stage_scenarios() {/,/^}/p' .ci/mutants)"
    cd "$BATS_TEST_TMPDIR"
    mkdir -p build/release
    dirsim_does() {
        printf '#!/bin/bash\n%s\n' "$1" >build/release/dirsim
        chmod +x build/release/dirsim
    }
    dirsim_does 'echo "ok  scenarios/a.yaml"'
    stage_scenarios
    dirsim_does 'echo "FAILED  scenarios/smoke/a.yaml  it is so"; exit 1'
    if stage_scenarios; then false; fi
    [ "$by" = smoke/a.yaml ]
    dirsim_does 'exit 134'
    if stage_scenarios; then false; fi
    [ "$by" = "exit 134" ]
}
