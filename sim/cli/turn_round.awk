# turn_round.awk: for each expectation of a scenario a copy of it in which that one is turned round, so that
# no run can meet it. Marks cannot be turned round.
# Usage: awk -v copies=PREFIX -f turn_round.awk FILE; writes PREFIX.LINE.NUMBER.yaml, one an expectation.

function other(word) {
    if (word ~ /^: [0-9]+$/) { return ": " (substr(word, 3) + 1) }
    if (word ~ /rejected/) { return word ~ /^:/ ? ": fulfilled" : "fulfilled" }
    if (word ~ /^state:/) { return word == "state: stopped" ? "state: paused" : "state: stopped" }
    if (word ~ /^result:/) { return word == "result: success" ? "result: error" : "result: success" }
    if (word == ": missing") { return ": {state: stopped}" }
    if (word == ": fulfilled") { return ": rejected" }
    if (part == "futures" || part == "events") { return ": fulfilled" }
    return word == ": pending" ? ": running" : ": pending"
}

# What is expected in a part of `expect:`, as it stands in a line.
BEGIN {
    word_of["plans"] = "state: [a-z]+|result: [a-z]+|: missing"
    word_of["futures"] = word_of["events"] = "[{]rejected: [a-z_]+[}]|: (fulfilled|rejected|pending)"
    word_of["steps"] = word_of["finalize"] = ": (success|error|skipped|skipping|suspended|pending|running)"
    word_of["runs"] = ": [0-9]+"
}

{ text[NR] = $0 }
/^[^ #]/ { in_expect = /^expect:/; part = "" }
in_expect && /^  [a-z]+:/ { part = substr($1, 1, length($1) - 1) }
in_expect && part in word_of {
    done = ""
    rest = $0
    while (match(rest, word_of[part])) {
        found++
        line[found] = NR
        before = done substr(rest, 1, RSTART - 1)
        word = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        turned[found] = before other(word) rest
        done = before word
    }
}

END {
    for (i = 1; i <= found; i++) {
        copy = copies "." line[i] "." i ".yaml"
        for (n = 1; n <= NR; n++) { print n == line[i] ? turned[i] : text[n] > copy }
        close(copy)
    }
    exit found == 0
}
