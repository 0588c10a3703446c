#!/usr/bin/env bats
# dirsim report: the page of a campaign's database.

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

@test "what is no database is told" {
    fails 2 dirsim report
    fails 3 dirsim report nowhere.db
    complains "nowhere.db"
    [ ! -e nowhere.db ]
    write text.db <<<'this is text, and no database at all, however long it may go on'
    fails 3 dirsim report text.db
    dirsim campaign --seeds 1 --db results.db
    fails 3 dirsim report results.db -o no/such/folder.html
}
