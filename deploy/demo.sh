#!/usr/bin/env bash
# Builds Rampart, replays the labelled log that ships with it, shows what was found, and runs the daemon for a while.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly out=out/demo
readonly log=deploy/demo/siege.ndjson.gz
readonly labels=deploy/demo/siege-labels.ndjson.gz
readonly truth=deploy/demo/truth.json

heading() { printf '\n== %s\n\n' "$*"; }

# Prints the alert that opened first for each stage and merchant, a line each.
first_alerts() {
    awk '
        function member(name,    text) {
            if (!match($0, "\"" name "\": *\"([^\"\\\\]|\\\\.)*\"")) return ""
            text = substr($0, RSTART, RLENGTH)
            sub("^\"" name "\": *\"", "", text)
            sub("\"$", "", text)
            gsub(/\\"/, "\"", text)
            return text
        }
        /"revision": *1[,}]/ && !seen[member("stage"), member("merchant_id")]++ {
            printf "%s  %-8s  %s  %s\n", substr(member("window_end"), 1, 16), member("severity"), \
                member("merchant_id"), member("message")
        }
    ' "$out/alerts.ndjson"
}

# Prints how much is given back, by state and currency; the log has two decimal places.
money() {
    sed -nE 's/.*"state": *"([a-z]+)".*"amount_minor": *([0-9]+).*"currency": *"([A-Z]+)".*/\1 \2 \3/p' \
        "$out/credits.ndjson" |
        awk '{ sum[$1 " " $3] += $2; count[$1 " " $3]++ }
             END { for (name in sum) { split(name, part, " ")
                       printf "%-8s  %10.2f %s in %d credits\n", part[1], sum[name] / 100, part[2], count[name] } }' |
        sort
}

deploy/install.sh
heading "Building (the first time takes some minutes)"
swift build -c release --product rampart
rampart=$(swift build -c release --show-bin-path)/rampart

heading "Replaying three days of a small marketplace"
rm -rf "$out"
mkdir -p "$(dirname "$out")"
"$rampart" replay pipelines/marketplace.yaml "$log" --out "$out"

heading "What happened: the first alert of each kind at each merchant"
first_alerts
heading "What the merchants get back"
money

if command -v python3 >/dev/null; then
    heading "Was it right? The log is labelled, and a script that shares no code with Rampart compares"
    deploy/verify/siege.py "$out" "$log" "$labels" "$truth"
fi

heading "The same as a daemon, for half a minute, on a stand-in for Kafka"
"$rampart" run pipelines/marketplace.yaml --embedded --for 30s

heading "Where it is"
printf '%s\n' \
    "$out/alerts.ndjson        every alert with its measures, thresholds and evidence" \
    "$out/incidents.ndjson     the alerts of one merchant as one case, with what is at stake" \
    "$out/credit-lines.ndjson  every click that is given back, once" \
    "$out/credits.ndjson       the same as statements, one for each merchant and hour" \
    "$out/dead-letters.ndjson  broken records with their reason; late.ndjson has the late ones" \
    "$out/summary.json         how many records met which fate" \
    "" \
    "Change a threshold and look again:" \
    "  $rampart replay pipelines/marketplace.yaml $log --out out/mine --set malicious-clicks.min_clicks=30" \
    "" \
    "Run the daemon beside your Kafka:" \
    "  $rampart run pipelines/marketplace.yaml --brokers localhost:9092"
