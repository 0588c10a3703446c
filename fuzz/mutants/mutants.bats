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
