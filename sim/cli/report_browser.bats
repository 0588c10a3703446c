#!/usr/bin/env bats
# The page of dirsim report in a real browser. A picture of it is left in build/check/report, to look at.

load cli_test_helper
load browser_test_support

make_pages() {
    "$DIRSIM" campaign --faithful --seeds 400 --db results.db --out found >said || [ $? -eq 1 ]
    "$DIRSIM" report results.db -o page.html
}

@test "the page opens without a word of complaint, and its charts are drawn" {
    open_page page.html
    is "document.querySelectorAll('svg').length === 3"
    [ "$(driver se/log '{"type": "browser"}' | jq length)" -eq 0 ]
    screenshot "$PICTURES/page.png"
    # Each line is as wide as the plot, and within its chart; nothing is wider than the page.
    is "[...document.querySelectorAll('polyline')].every(line => {
        const box = line.getBoundingClientRect(), all = line.parentNode.getBoundingClientRect();
        return box.width > all.width * 0.8 && box.left >= all.left && box.right <= all.right &&
            box.top >= all.top && box.bottom <= all.bottom; })"
    is "[...document.querySelectorAll('svg text')].every(text => {
        const box = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
        return box.left >= all.left && box.right <= all.right + 1 && box.bottom <= all.bottom + 1; })"
    is "document.documentElement.scrollWidth <= window.innerWidth"
    is "getComputedStyle(document.querySelector('polyline')).stroke !== 'none'"
}

@test "a click on a file's name shows what it says, and another hides it" {
    open_page page.html
    is "document.querySelector('.groups details pre').checkVisibility() === false"
    click_on '.groups summary'
    is "document.querySelector('.groups details pre').checkVisibility() === true"
    is "document.querySelector('.groups details pre').textContent.includes('\\nscenario: ')"
    screenshot "$PICTURES/open.png"
    click_on '.groups summary'
    is "document.querySelector('.groups details pre').checkVisibility() === false"
}
