# shellcheck shell=bash
# A browser without a window, for tests: Chromium through chromedriver, whose protocol (WebDriver) is
# spoken here with curl and jq. A test file defines make_pages, which is called once, in $BATS_FILE_TMPDIR;
# pictures that its tests take are left in $PICTURES, to look at.

# shellcheck disable=SC2016 # what stands in single quotes is for jq

PICTURES=$ROOT/build/check/$(basename "$BATS_TEST_FILENAME" _browser.bats)

setup_file() {
    mkdir -p "$PICTURES"
    cd "$BATS_FILE_TMPDIR" || return 1
    make_pages
    browser_start
}

teardown_file() {
    browser_end
}

# browser_start: a browser of its own for the file.
browser_start() {
    local wanted
    chromedriver --port=0 >"$BATS_FILE_TMPDIR/driver.log" 2>&1 3>&- &
    DRIVER_PID=$!
    for _ in $(seq 200); do
        DRIVER_PORT=$(sed -n 's/.*successfully on port \([0-9]*\)\.*$/\1/p' "$BATS_FILE_TMPDIR/driver.log" | tail -n 1)
        [ -z "$DRIVER_PORT" ] || break
        sleep 0.1
    done
    wanted='{"capabilities": {"alwaysMatch": {"goog:loggingPrefs": {"browser": "ALL"}, "goog:chromeOptions":
        {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--window-size=1400,900"]}}}}'
    DRIVER=http://127.0.0.1:$DRIVER_PORT/session
    DRIVER=$DRIVER/$(curl -sS --max-time 60 -d "$wanted" "$DRIVER" | jq -er .value.sessionId)
    export DRIVER DRIVER_PID
}

browser_end() {
    curl -sS --max-time 20 -X DELETE "$DRIVER" >/dev/null || true
    kill "$DRIVER_PID"
}

# driver PATH [JSON]: one command; its value on stdout. An error of it fails the test.
driver() {
    local answer
    answer=$(curl -sS --max-time 30 ${2+-d "$2"} "$DRIVER/$1")
    if jq -e '.value | type == "object" and has("error")' <<<"$answer" >/dev/null; then
        echo "$answer"
        return 1
    fi
    jq -c .value <<<"$answer"
}

# js SCRIPT: what it returns, as JSON.
js() {
    driver execute/sync "$(jq -cn --arg script "$1" '{script: $script, args: []}')"
}

# is SCRIPT: the expression is true in the page, within two seconds.
is() {
    for _ in $(seq 20); do
        [ "$(js "return Boolean($1)")" != true ] || return 0
        sleep 0.1
    done
    echo "not so: $1; the page is at $(js 'return window.timeline ? JSON.stringify(timeline.now()) : "its beginning"')"
    return 1
}

open_page() { # FILE
    driver url "$(jq -cn --arg url "file://$BATS_FILE_TMPDIR/$1" '{url: $url}')" >/dev/null
}

# pointer X Y [click]: move there, and click.
pointer() {
    local moves='{"type": "pointerMove", "duration": 0, "x": $x, "y": $y}'
    [ $# -lt 3 ] || moves+=', {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}'
    driver actions "$(jq -cn --argjson x "$1" --argjson y "$2" \
        "{actions: [{type: \"pointer\", id: \"mouse\", actions: [$moves]}]}")" >/dev/null
}

# at_event LINE [click]: the pointer goes to the event of this line of the trace.
at_event() {
    local point
    point=$(js "return timeline.point($1)")
    pointer "$(jq .x <<<"$point")" "$(jq .y <<<"$point")" "${@:2}"
}

# press KEY…: one after the other; a key is a character or a name.
press() {
    local key keys=''
    for key in "$@"; do
        case $key in
        Enter) key='\ue007' ;; Escape) key='\ue00c' ;; Left) key='\ue012' ;; Up) key='\ue013' ;;
        Right) key='\ue014' ;; Down) key='\ue015' ;; End) key='\ue010' ;; Home) key='\ue011' ;;
        esac
        keys+="{\"type\": \"keyDown\", \"value\": \"$key\"}, {\"type\": \"keyUp\", \"value\": \"$key\"}, "
    done
    driver actions "{\"actions\": [{\"type\": \"key\", \"id\": \"keys\", \"actions\": [${keys%, }]}]}" >/dev/null
}

# click_on SELECTOR
click_on() {
    local element
    element=$(driver element "$(jq -cn --arg selector "$1" '{using: "css selector", value: $selector}')" |
        jq -r '.[]')
    driver "element/$element/click" '{}' >/dev/null
}

# screenshot FILE
screenshot() {
    driver screenshot | jq -r . | base64 -d >"$1"
}
