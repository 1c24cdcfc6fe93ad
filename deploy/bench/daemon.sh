#!/usr/bin/env bash
# Measures what the daemon costs (docs/BENCHMARKS.md, "The daemon"): each part is a process of its own, and the cluster
# is librdkafka's mock, so that nothing but a build is needed. Numbers are medians of RUNS runs, which is 3.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly runs=${RUNS:-3} preload=${PRELOAD:-10000} partitions=64 bench=.build/release/RampartBench
folder=$(mktemp -d)
readonly folder
clusters=0

stop_clusters() {
    # A cluster ends when its input does.
    exec 7>&- || true
    wait || true
}
finish() {
    stop_clusters
    rm -rf "$folder"
}
trap finish EXIT

# Starts a cluster with the given arguments, and sets `brokers`.
start_cluster() {
    stop_clusters
    clusters=$((clusters + 1))
    local said=$folder/cluster-$clusters
    mkfifo "$said.in"
    "$bench" cluster "$@" <"$said.in" >"$said" 2>"$said.errors" 7>&- &
    exec 7>"$said.in"
    for _ in $(seq 600); do
        brokers=$(cat "$said")
        [[ -n $brokers ]] && return
        sleep 0.1
    done
    printf 'daemon.sh: the cluster did not start\n' >&2
    cat "$said.errors" >&2
    exit 1
}

# Runs a part so that its results end up in the file of a name, a block a run.
part() {
    local name=$1
    shift
    if ! "$bench" "$@" >>"$folder/$name.results" 2>"$folder/errors" 7>&-; then
        cat "$folder/errors" >&2
        exit 1
    fi
}

# The median of a result over the runs of a name.
median() {
    awk -v name="$2" '$1 == name { print $2 }' "$folder/$1.results" | sort -g |
        awk '{ value[NR] = $1 } END { printf "%.1f", value[int((NR + 1) / 2)] }'
}
# The same with two decimals, for what is about a microsecond.
precise() {
    awk -v name="$2" '$1 == name { print $2 }' "$folder/$1.results" | sort -g |
        awk '{ value[NR] = $1 } END { printf "%.2f", value[int((NR + 1) / 2)] }'
}
new_folder() { mktemp -d -p "$folder"; }

swift build -c release --product RampartBench >&2
printf '%s, %s, %s processors, load %s\n' "$(date +%F)" "$(awk -F ': ' '/model name/ { print $2; exit }' /proc/cpuinfo)" \
    "$(nproc)" "$(cut -d ' ' -f 1 /proc/loadavg)"

# (a) Processor time for each event, beside what does less and less of the same.
readonly events=$((preload * partitions))
start_cluster --preload "$preload" --applications $((2 * runs))
for run in $(seq "$runs"); do
    part discard discard --brokers "$brokers" --events "$events"
    part copy discard --copy --application "bench-$((runs + run))" --brokers "$brokers" --events "$events"
    part core core --events "$events"
    part work work --brokers "$brokers" --application "bench-$run" --events "$events" --data "$(new_folder)"
done
printf '\n%d events of 200 bytes over %d partitions; processor time an event\n' "$events" "$partitions"
printf '%-58s %7s us\n' \
    "librdkafka: poll and destroy" "$(precise discard cpu_us_per_event)" \
    "the adapter: the same, and records copied for a worker" "$(precise copy cpu_us_per_event)" \
    "the core alone, no Kafka: decode, stage, dedupe, windows" "$(precise core cpu_us_per_event)" \
    "the daemon: all of it, committed exactly once" "$(precise work cpu_us_per_event)"

# (b) From an event to its alert, at 20,000 events a second. The pacer starts once the worker has its tasks.
for run in $(seq "$runs"); do
    start_cluster
    "$bench" pace --brokers "$brokers" --seconds 12 --after 6 >"$folder/pace" 2>&1 7>&- &
    part paced work --brokers "$brokers" --application bench-1 --seconds 18 --commit-interval 100 --fetch-wait 10 \
        --data "$(new_folder)"
    wait $!
done
printf '\n20,000 events/s, commits every 100 ms, a pane every second; wall time beyond lateness, in ms\n'
printf '%-42s p50 %8s   p99 %8s\n' \
    "click that completes an attack to commit" "$(median paced from_click_p50_ms)" "$(median paced from_click_p99_ms)" \
    "end of its pane to commit" "$(median paced from_pane_end_p50_ms)" "$(median paced from_pane_end_p99_ms)" \
    "of these: the cluster takes the offsets" "$(median paced offsets_p50_ms)" "$(median paced offsets_p99_ms)" \
    "of these: the cluster commits" "$(median paced commit_p50_ms)" "$(median paced commit_p99_ms)"
printf 'processor time an event: %s us\n' "$(median paced cpu_us_per_event)"

# (c) A checkpoint, and the way back.
printf '\nstate of one task; processor time (wall time) in ms\n'
printf '%8s %18s %18s %18s %18s\n' MB snapshot save load restore
for size in 1 8 64; do
    for run in $(seq "$runs"); do part "checkpoint-$size" checkpoint --megabytes "$size" --data "$(new_folder)"; done
    printf '%8s' "$(median "checkpoint-$size" state_mb)"
    for step in snapshot save load restore; do
        printf ' %18s' "$(median "checkpoint-$size" "${step}_cpu_ms") ($(median "checkpoint-$size" "${step}_wall_ms"))"
    done
    printf '\n'
done

# (d) Nothing to do.
start_cluster --applications "$runs"
for run in $(seq "$runs"); do
    part idle work --brokers "$brokers" --application "bench-$run" --seconds 15 --data "$(new_folder)"
done
printf '\n%d tasks without traffic: %s %% of a processor, %s MB; starting took %s s of processor time\n' "$partitions" \
    "$(median idle running_cpu_percent)" "$(median idle resident_mb)" "$(precise idle start_cpu_s)"
