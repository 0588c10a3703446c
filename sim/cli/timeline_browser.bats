#!/usr/bin/env bats
# The page of dirsim timeline in a real browser: pointer, clicks, search and keys. Pictures of it are left
# in build/check/timeline, to look at.

load cli_test_helper
load browser_test_support

make_pages() {
    "$DIRSIM" timeline "$ROOT/scenarios/smoke/skipped-step-lets-plan-go-on.yaml" -o page.html
    many_plans >many.yaml
    "$DIRSIM" timeline many.yaml -o many.html
}

# many_plans: a scenario of more than 10,000 events.
many_plans() {
    echo 'scenario: many plans at once, so that the page has much to show'
    echo 'world: {queues: {default: {workers: 8}}, latency: 1us..300us}'
    echo 'plans:'
    printf '  plan%d: {run: [a, {concurrence: [b, c, d]}, e], finalize: [e], steps: {c: {rescue: skip}}}\n' $(seq 220)
    echo 'events:'
    for i in $(seq 220); do echo "  - {at: $((i * 3))ms, start: plan$i}"; done
    echo 'faults: [{on: save_step, chance: 1/90, times: 20, error: busy}]'
}

open_first() {
    open_page page.html
    is "document.getElementById('title').textContent === 'a skipped step lets its plan go on'"
}

@test "the page opens without a word of complaint" {
    open_first
    is "document.getElementById('verdict').textContent === 'held'"
    [ "$(driver se/log '{"type": "browser"}' | jq length)" -eq 0 ]
    screenshot "$PICTURES/light.png"
}

@test "hovering over an event tells what it is and why" {
    open_first
    at_event 8
    is "timeline.now().tip.includes('user code of import/fetch begins to run on worker 1/default/1')"
    is "timeline.now().tip.includes('because step import/fetch is saved as running')"
    pointer 300 700
    is "timeline.now().tip === ''"
}

@test "a click follows a work item from birth to end" {
    open_first
    at_event 8 click
    is "timeline.now().line === 8 && timeline.now().following === 'work item 1 of import/fetch'"
    is "timeline.now().thread.join() === '5,6,7,8,9,10,11,12'"
    is "document.querySelectorAll('#thread .row').length === 8"
    is "document.getElementById('said').textContent.includes('begins to run')"
    screenshot "$PICTURES/followed.png"
    pointer 500 700 click
    is "timeline.now().line === 0 && timeline.now().thread.length === 0"
}

@test "a click follows a request, whose future is resolved at the end" {
    open_first
    at_event 1 click
    is "timeline.now().following.startsWith('the request for import')"
    is "timeline.now().thread[0] === 1 && timeline.now().thread.at(-1) === 74"
    is "document.querySelector('#source .here').dataset.line === '15'"
    click_on '#thread .row:last-child'
    is "timeline.now().line === 74 && timeline.now().thread.length > 2"
    is "document.querySelector('#selected .what').textContent === 'the future of import is fulfilled'"
}

@test "search finds events by any of their words" {
    open_first
    press /
    is "document.activeElement.id === 'search'"
    press c h e c k Enter
    is "timeline.now().matches > 5 && timeline.now().line > 0"
    is "/^1 of [0-9]+$/.test(document.getElementById('found').textContent)"
    first=$(js 'return timeline.now().line')
    press Enter
    is "timeline.now().line > $first"
    press Escape
    is "timeline.now().matches === 0 && document.activeElement.id === 'lanes'"
    press / z z z z
    is "document.getElementById('found').textContent === '0 found'"
}

@test "keys go from event to event, follow, and change axis and theme" {
    open_first
    press Right Right
    is "timeline.now().line === 2"
    press End
    is "timeline.now().line === 74"
    press b
    is "timeline.now().line === 73"
    press Home Down
    is "timeline.events.find(e => e.line === timeline.now().line).lane.label === 'store'"
    press Enter
    is "timeline.now().thread.length > 1"
    press t
    is "timeline.now().axis === 'time'"
    dark=$(js 'return timeline.now().dark')
    press d
    is "timeline.now().dark !== $dark"
    screenshot "$PICTURES/dark-in-time.png"
    scale=$(js 'return timeline.now().scale')
    press + +
    is "timeline.now().scale > $scale"
    press 0 Escape
    is "timeline.now().line === 0"
    press '?'
    is "document.getElementById('keys').open"
}

@test "v goes from one remarkable thing to the next" {
    open_page many.html
    press v
    is "timeline.events.find(e => e.line === timeline.now().line).verb === 'fault'"
    first=$(js 'return timeline.now().line')
    press v
    is "timeline.now().line > $first"
    press V
    is "timeline.now().line === $first"
}

@test "10,000 events are drawn without stutter" {
    open_page many.html
    is "timeline.events.length > 10000"
    # 30 frames at every zoom from all of it down to single events: half of them within 16 ms.
    took=$(js "const took = [];
        const key = k => dispatchEvent(new KeyboardEvent('keydown', {key: k}));
        for (let i = 0; i < 30; i++) { key('+'); took.push(timeline.frame()); }
        key('0');
        return took.sort((a, b) => a - b)[15]")
    echo "a frame takes $took ms"
    awk -v took="$took" 'BEGIN { exit !(took < 16) }'
    screenshot "$PICTURES/many.png"
}
