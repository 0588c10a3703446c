#!/usr/bin/env bats
# dirsim report: the page of a campaign's database, and that of a folder of AFL++.

load cli_test_helper

@test "the page tells groups, marks and moves, and needs nothing from anywhere" {
    dirsim campaign --faithful --seeds 300 --jobs 2 --db results.db >said || [ $? -eq 1 ]
    works dirsim report results.db -o page.html
    groups=$(sqlite3 results.db 'SELECT count(*) FROM failures')
    [ "$groups" -gt 0 ]
    [ "$(grep -c '<b class="bad">' page.html)" -eq "$groups" ]
    run -1 grep -nE '(src|href)=|url\(|@import|https?://|<script' page.html
    works dirsim report results.db
    [ "$output" = "$(cat page.html)" ]
}

@test "a campaign that found nothing has a page, too" {
    dirsim campaign --seeds 1 --db results.db
    works dirsim report results.db
    says "<p class=\"faint\">None.</p>" "Marks that no run reached" "rescue-skip"
}

@test "the page shows speed, coverage and groups over time" {
    dirsim campaign --faithful --seeds 400 --jobs 2 --db results.db >said || [ $? -eq 1 ]
    works dirsim report results.db -o page.html
    xmllint --html --noout page.html 2>&1 | grep -v 'Tag .* invalid' | grep -E 'error' && return 1
    [ "$(grep -c '<svg ' page.html)" -eq 3 ]
    [ "$(grep -c '<polyline ' page.html)" -eq 5 ]
    # The last sample is what the totals say.
    [ "$(sqlite3 results.db 'SELECT runs, failed FROM samples ORDER BY ms DESC LIMIT 1')" = \
        "$(sqlite3 results.db 'SELECT runs, failed FROM campaigns')" ]
    [ "$(sqlite3 results.db 'SELECT count(*) FROM samples AS a JOIN samples AS b ON a.ms < b.ms
        AND (a.runs > b.runs OR a.moves > b.moves OR a.pairs > b.pairs OR a.marks > b.marks)')" -eq 0 ]
    # Going on goes on with them.
    before=$(sqlite3 results.db 'SELECT max(ms), count(*) FROM samples')
    dirsim campaign --faithful --seeds 500 --jobs 2 --db results.db >said || [ $? -eq 1 ]
    [ "$(sqlite3 results.db "SELECT count(*) >= ${before#*|} AND max(ms) > ${before%|*} FROM samples")" -eq 1 ]
}

@test "the smallest scenario of each group stands in the page, wherever its file is" {
    dirsim campaign --defect requests-die-with-world --seeds 300 --db results.db --out found >said || [ $? -eq 1 ]
    [ "$(ls found)" != "" ]
    for file in found/*.yaml; do
        [ "$(sqlite3 results.db "SELECT text FROM files WHERE path = '$file'")" = "$(cat "$file")" ]
    done
    mv found elsewhere
    works dirsim report results.db -o page.html
    [ "$(grep -o '<details>' page.html | wc -l)" -eq "$(find elsewhere -type f | wc -l)" ]
    grep -q 'defects: \[requests-die-with-world\]' page.html
    # Merged, the page is the same but for what it took.
    dirsim campaign --merge results.db -o merged.db
    [ "$(sqlite3 merged.db 'SELECT * FROM files; SELECT * FROM samples')" = \
        "$(sqlite3 results.db 'SELECT * FROM files; SELECT * FROM samples')" ]
}

@test "of a campaign over files the page names seed and file" {
    cp "$ROOT"/scenarios/smoke/skipped-step-lets-plan-go-on.yaml one.yaml
    sed '/^shows:/d; /violates/d' "$ROOT"/scenarios/defects/item-worked-on-twice.yaml >two.yaml
    dirsim campaign --defect item-worked-on-twice --seeds 5..6 --db results.db one.yaml two.yaml >said || [ $? -eq 1 ]
    works dirsim report results.db
    says '<td class="n">5<br><span class="faint file">two.yaml</span>'
}

@test "a database of an earlier dirsim is read, and made like a new one" {
    dirsim campaign --faithful --seeds 100 --db results.db >said || [ $? -eq 1 ]
    sqlite3 results.db 'DROP TABLE samples; DROP TABLE files; PRAGMA user_version = 1'
    works dirsim report results.db
    says "It took too short a time for a chart."
    [ "$(sqlite3 results.db 'PRAGMA user_version; SELECT runs FROM campaigns; SELECT count(*) FROM samples' | paste -sd' ')" = "2 100 0" ]
    sqlite3 results.db 'PRAGMA user_version = 3'
    fails 3 dirsim report results.db
    complains "is no database of a campaign of this dirsim"
}

# a_fuzzer FOLDER: as AFL++ leaves it.
a_fuzzer() {
    write "$1/fuzzer_stats" <<'END'
run_time          : 7265
execs_done        : 1234567
execs_per_sec     : 169.93
edges_found       : 410
saved_crashes     : 1
command_line      : afl-fuzz -i in -o out -- build/afl/fuzz/story @@
END
    {
        echo '# relative_time, cycles_done, corpus_count, saved_crashes, execs_per_sec, total_execs, edges_found'
        for i in $(seq 0 900); do echo "$((8 * i)), 0, $((10 + i / 9)), 0, 17$((i % 10)).25, $((i * 1000)), $((300 + i / 9))"; done
    } >"$1/plot_data"
    mkdir -p "$1/crashes"
    touch "$1/crashes/id:000000,sig:06,src:000003,op:havoc,rep:8" "$1/crashes/README.txt"
}

@test "a folder of AFL++ has a page of edges, speed and crashes, for each of its fuzzers" {
    a_fuzzer out/main
    a_fuzzer 'out/second <&>'
    mkdir -p out/.synced out/empty
    works dirsim report out -o page.html
    [ "$(grep -c '<section>' page.html)" -eq 2 ]
    [ "$(grep -c '<polyline ' page.html)" -eq 6 ]
    run -1 grep -nE '(src|href)=|url\(|@import|https?://|<script' page.html
    works dirsim report out/main
    says "<h2>out/main</h2>" "<b>1,234,567</b> executions" "<b>2 h 1 min</b>" "<b>169.93</b> a second" \
        "Edges found: after 2 h: 400 edges" "after 0 ms: 300 edges" "Crashes: 1" \
        "<code>build/afl/fuzz/story out/main/crashes/id:000000,sig:06,src:000003,op:havoc,rep:8</code>"
    [[ $output != *README* ]]
    works dirsim report 'out/second <&>'
    says "<h2>out/second &lt;&amp;&gt;" "'out/second &lt;&amp;&gt;/crashes/"
}

@test "of a fuzzer that has only begun there is a page, too; what is damaged does no harm" {
    write out/default/fuzzer_stats <<<'command_line : afl-fuzz -- ./t'
    works dirsim report out
    says "It took too short a time for a chart."
    head -c 3000 /dev/urandom >out/default/plot_data
    head -c 3000 /dev/urandom >>out/default/fuzzer_stats
    works dirsim report out
    write out/default/plot_data <<'END'
# relative_time, execs_per_sec, edges_found
99999999999999999999999,-5,99999999999999999999999
1,2
END
    works dirsim report out
}

@test "what is no database is told" {
    fails 2 dirsim report
    fails 3 dirsim report nowhere.db
    complains "nowhere.db"
    [ ! -e nowhere.db ]
    write text.db <<<'this is text, and no database at all, however long it may go on'
    fails 3 dirsim report text.db
    dirsim campaign --seeds 1 --db results.db
    fails 3 dirsim report results.db -o no/such/folder.html
    mkdir nothing
    fails 3 dirsim report nothing
    complains "nothing: neither a database of campaigns nor what AFL++ leaves"
}
