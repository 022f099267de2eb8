#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test.
# ./test.sh [PART]: only the suites in whose names PART occurs, such as Protocol. KNSOCK_SUITE_SECONDS: the most that one suite may take.
set -euo pipefail

root=$(dirname "$(readlink -f "$0")")
. "$root/eng/setup.sh"
part=${1:-}
limit=${KNSOCK_SUITE_SECONDS:-900}
reports=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$reports"' EXIT
passed=0 failed=0 skipped=0 ran=0

# tally NAME SECONDS PASSED FAILED SKIPPED: says how a suite ended and adds it up.
tally() {
    passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5)) ran=$((ran + 1))
    echo "$1: $3 passed, $4 failed, $5 skipped ($2 s)"
}

# figure FILE NAME: an attribute of the first <assembly> element of a report, or 0.
figure() {
    local value
    value=$(grep -o -m1 '<assembly [^>]*' "$1" 2>/dev/null | grep -o " $2=\"[0-9]*\"" | tr -dc 0-9) || true
    echo "${value:-0}"
}

# run_suite NAME: runs a test project, or the web client's tests; how it ended and what it printed is left beside its report.
run_suite() {
    local name=$1 report="$reports/$1.report" start=$SECONDS code=0
    if [ "$name" = web ]; then
        (cd "$root/web" && NO_COLOR=1 timeout --foreground -k 10 "$limit" npx --no-install vitest run --reporter=dot --reporter=json --outputFile="$report")
    else
        timeout --foreground -k 10 "$limit" "$root/tests/$name/bin/Release/net10.0/$name" --no-progress --no-ansi \
            --report-xunit --report-xunit-filename "$name.report" --results-directory "$reports"
    fi </dev/null >"$reports/$name.log" 2>&1 || code=$?
    echo "$code $((SECONDS - start))" >"$reports/$name.end"
}

# tell NAME: what a suite that has run printed, and its figures. One that crashes, hangs or runs no test counts as one failure.
tell() {
    local name=$1 report="$reports/$1.report" code=1 seconds=0 good bad skipped
    cat "$reports/$name.log"
    read -r code seconds <"$reports/$name.end" || true
    if [ "$name" = web ]; then
        good=$(count "$report" numPassedTests) bad=$(count "$report" numFailedTests) skipped=$(count "$report" numPendingTests)
    else
        good=$(figure "$report" passed) bad=$(($(figure "$report" failed) + $(figure "$report" errors))) skipped=$(figure "$report" skipped)
    fi
    if [ "$bad" = 0 ] && { [ "$code" != 0 ] || [ "$good" = 0 ]; }; then
        echo "$name ended with code $code$([ "$code" != 124 ] || echo ": not done after $limit s"); $good tests had passed" >&2
        bad=1
    fi
    tally "$name" "$seconds" "$good" "$bad" "$skipped"
}

# count FILE NAME: a number at the top of a report in JSON, or 0.
count() {
    local value
    value=$(grep -o -m1 "\"$2\":[0-9]*" "$1" 2>/dev/null | head -n 1 | tr -dc 0-9) || true
    echo "${value:-0}"
}

install ffmpeg libsdl2-2.0-0 iproute2 xvfb xdotool nodejs npm chromium || present ffmpeg || exit 1
# What the Python programs in tests/legacy are written with.
install python3 python3-numpy python3-opencv || true
# What others play HLS with, and cache it; tests of these are left out where they are not to be had.
install nginx-light vlc-bin vlc-plugin-base gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav || true

suites=()
for project in "$root"/tests/*.Tests; do
    [[ ${project##*/} != *"$part"* ]] || suites+=("${project##*/}")
done

echo "Building ..."
if [ -z "$part" ]; then
    build KnSock.slnx
else
    for suite in "${suites[@]}"; do build "tests/$suite"; done
fi
[[ web != *"$part"* ]] || suites+=(web)

# What of them reckons and hardly ever waits runs beside the longest one, which hardly ever reckons, with what that leaves of the processor.
longest=KnSock.EndToEnd.Tests reckoning=" KnSock.Fanout.Tests KnSock.Fuzz.Tests KnSock.Protocol.Tests KnSock.Simulation.Tests web "
beside=() rest=()
for suite in "${suites[@]}"; do
    if [[ " ${suites[*]} " = *" $longest "* && $reckoning = *" $suite "* ]]; then beside+=("$suite"); else rest+=("$suite"); fi
done

for suite in "${rest[@]}"; do
    if [ "$suite" = "$longest" ] && [ ${#beside[@]} -gt 0 ]; then
        (renice -n 19 -p "$BASHPID" >/dev/null && for other in "${beside[@]}"; do run_suite "$other"; done) &
    fi
    run_suite "$suite"
    tell "$suite"
done
wait
for suite in "${beside[@]}"; do tell "$suite"; done

# What failed, once more, for the end is what one sees first.
if [ "$failed" -gt 0 ]; then
    for suite in "${suites[@]}"; do
        grep -E -A 6 '^failed | FAIL ' "$reports/$suite.log" | sed "s/^/$suite: /" || true
    done
fi
[ "$ran" -gt 0 ] || { echo "No suite is called like '$part'." >&2; failed=1; }
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
