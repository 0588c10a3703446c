# shellcheck shell=bash
# shellcheck disable=SC2154 # `run` of bats sets output
# Scenarios that the tests of run, lint and the reports write for themselves.

# holds [FILE]: a scenario that holds. Two steps; the plan stops with success after 6ms.
holds() {
    write "${1:-holds.yaml}" <<'END'
scenario: two steps, one after the other
seed: 7
plans:
  import:
    run: {sequence: [fetch, check]}
    steps:
      fetch: {takes: 5ms}
      check: {}
events:
  - {at: 0ms, start: import}
expect:
  plans: {import: {state: stopped, result: success}}
END
}

# fails_in [FILE]: the same story, with an expectation that is not met.
fails_in() {
    holds "${1:-fails.yaml}"
    sed -i -e 's/two steps.*/a wrong hope/' -e 's/result: success/result: warning/' "${1:-fails.yaml}"
}

# mistaken [FILE]: two mistakes, in the lines 2 and 3.
mistaken() {
    write "${1:-mistaken.yaml}" <<'END'
scenario: this is none
sead: 7
world: {auto_rescu: true}
plans: {import: {run: fetch, steps: {fetch: {}}}}
END
}

# wide [FILE]: a story whose trace does not fit into small files.
wide() {
    write "${1:-wide.yaml}" <<'END'
scenario: many steps at once
plans:
  import:
    run: {concurrence: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]}
    steps: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {}, k: {}, l: {}, m: {}, n: {}, o: {}, p: {}}
events:
  - {at: 0ms, start: import}
END
}

# A file that nobody can open, root neither: a link in a circle.
unopenable() {
    ln -s "$1" "$1"
}

# again_line: what the last run printed to run it again.
again_line() {
    sed -n 's/^again: //p' <<<"$output"
}
