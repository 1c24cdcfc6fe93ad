#!/usr/bin/env bash
# Breaks the core in one place at a time, in a copy of the tree, and says which tests notice.
# A mutant that no test notices ends the script with 1.   Tests/Mutants/run.sh [NAME]...
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
(cd "$root" && git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$copy")
cd "$copy"

survived=0
wanted=("$@")

# mutant NAME FILE OLD NEW [OLD NEW]...: replaces each OLD, which stands once in the file, by its NEW, and expects the
# suite to fail.
mutant() {
    local name=$1 file=Sources/RampartCore/$2
    shift 2
    if [ ${#wanted[@]} -gt 0 ] && [[ " ${wanted[*]} " != *" $name "* ]]; then return; fi
    cp "$file" "$copy/original.swift"
    python3 - "$file" "$@" <<'PYTHON'
import sys
path, *pairs = sys.argv[1:]
text = open(path).read()
for old, new in zip(pairs[::2], pairs[1::2]):
    if text.count(old) != 1:
        sys.exit(f"{path}: the line to break stands there {text.count(old)} times")
    text = text.replace(old, new)
open(path, "w").write(text)
PYTHON
    if ! swift build --build-tests >"$copy/log" 2>&1; then
        echo "$name: does not build"
        tail -5 "$copy/log"
        survived=1
    elif swift test --skip-build --filter 'RampartCoreTests|EngineTests' >"$copy/log" 2>&1; then
        echo "$name: SURVIVED"
        survived=1
    else
        echo "$name: caught by" "$(grep -oE '✘ Test [A-Za-z_]+\(' "$copy/log" | sed 's/✘ Test //; s/(//' | sort -u | paste -sd' ')"
    fi
    mv "$copy/original.swift" "$file"
    # The compiler goes by the time of a file, and the restored one looks older than its last build.
    touch "$file"
}

mutant window-edge-off-by-one Windows/WindowState.swift 'entry.time < start {' 'entry.time <= start {'
mutant dedupe-before-staging Task/KeyGroup+Events.swift \
    'mutating func stage(_ row: Int, of batch: EventBatch) { staging.append(row, of: batch) }' \
    'mutating func stage(_ row: Int, of batch: EventBatch) { if admit(row, of: batch, at: batch.headers[row].time) == .accepted { staging.append(row, of: batch) } }' \
    'switch admit(row, of: batch, at: paneEnd) {' 'switch DedupeTable.Verdict.accepted {'
mutant claim-check-off Ledger/Ledger.swift \
    'if let claim = claims.find(id, of: charge, at: paneEnd) {' \
    'if let claim = claims.find(id, of: charge, at: paneEnd), claim.prior != nil {'
mutant late-events-applied-to-windows Staging/Staging.swift \
    'if header.isLate {' 'if header.isLate, header.time < .distantPast {'
mutant credit-of-incident-not-promised 'Incidents/IncidentTrack+Snapshot.swift' \
    'snapshot.write(creditTold)' 'snapshot.write(EventTime?.none)'
mutant voided-charges-at-stake Ledger/Ledger+Claimable.swift \
    'where !voids.forbids(charge, at: paneEnd)' 'where charge.amount > 0'
mutant exists-needs-all Expressions/Program+Evaluation.swift \
    'case .exists: return Self.fold(operands, decisive: true)' 'case .exists: return Self.fold(operands, decisive: false)'
mutant zone-forgotten Time/TimePart.swift 'let local = time + zone.offset(at: time)' 'let local = time'
mutant ties-by-arrival Staging/Staging.swift \
    '        EventBatch.precedes(
            segments[Int(left.segment)].batch, Int(left.row), segments[Int(right.segment)].batch, Int(right.row),
            stringSlots: stringSlots)' \
    '        (left.segment, left.row) < (right.segment, right.row)'
mutant expiry-does-not-evaluate Windows/WindowState.swift \
    '            contentSum &-= Self.content(batch.headers[row], entry.measured)
            markDirty(slot)' \
    '            contentSum &-= Self.content(batch.headers[row], entry.measured)
            if slots[slot].count == 0 { markDirty(slot) }'
mutant doubling-forgets-its-mark Alerts/AlertBook.swift \
    '        if revises { track.marks = zip(track.marks, values).map { Mark.larger($0, $1) } }' \
    '        if revises { track.marks = values }'
mutant horizon-exclusive Staging/DedupeTable.swift 'first.lastTime < time {' 'first.lastTime <= time {'
mutant cap-counts-held-lines Ledger/Ledger.swift \
    'if let cap = policy.caps[charge.currency], day > cap { return false }' \
    'if let cap = policy.caps[charge.currency], day > cap { posted[capKey] = day; return false }'
mutant slot-end-opens-a-pane Task/KeyGroup.swift 'let pane = due.floored(to: base)' 'let pane = due'
mutant recovery-forgets-what-waits-for-evaluation 'Windows/WindowState+Snapshot.swift' \
    'snapshot.write(entries.nextNumber - pending)' 'snapshot.write(0)'
mutant recovery-forgets-runs 'Alerts/AlertBook+Promises.swift' \
    'for (keyBytes, run) in ended { append(run, of: keyBytes) }' ''
mutant recovery-forgets-the-open-slot 'Ledger/Ledger+Promises.swift' \
    'statements.restore(lines.filter { $0.paneEnd >= lastEnd })' '_ = lastEnd'
mutant recovery-forgets-voids 'Task/KeyGroup+Snapshot.swift' \
    'try voids.restore(from: &snapshot, in: context)' 'var lost = voids; try lost.restore(from: &snapshot, in: context)'
mutant recovery-forgets-dedupe 'Task/KeyGroup+Snapshot.swift' \
    'try dedupe[index].restore(from: &snapshot, in: context)' 'var lost = dedupe; try lost[index].restore(from: &snapshot, in: context)'
mutant recovery-forgets-reevaluation 'Windows/WindowState+Snapshot.swift' \
    'reevaluation = try snapshot.readOptional()' 'let lost: EventTime? = try snapshot.readOptional(); _ = lost'
mutant recovery-forgets-sums 'Ledger/Ledger+Promises.swift' \
    'posted[sum] = try' 'var lost = posted; lost[sum] = try'
mutant recovery-forgets-alerts 'Task/KeyGroup+Snapshot.swift' \
    'windows[index].setTrack(place ?? WindowState.noTrack, of: slot)' ''
mutant shadow-claims Tables/WindowPlan+Exceptions.swift \
    'mode(for: merchant, at: end) == .live ? window.credit : nil' 'window.credit'
mutant ends-of-exceptions-pass-unnoticed Tables/WindowPlan+Exceptions.swift \
    'return low < turns.count ? turns[low] : nil' 'return nil'
mutant mutes-count-at-their-end Tables/StageExceptions.swift 'end < $0.until ? $0 : nil' 'end <= $0.until ? $0 : nil'
mutant segments-before-merchants Tables/StageExceptions.swift \
    '(merchants[merchant] ?? []) + ofSegment' 'ofSegment + (merchants[merchant] ?? [])'
mutant late-charges-are-not-allowed 'Task/KeyGroup+Events.swift' \
    'step.kind, !plan.windows[index].allows(row, of: batch),' 'step.kind,'
mutant shadow-leaves-fired-intervals Alerts/AlertBook.swift \
    'guard keepsRuns, track.mode == .live else { return }' 'guard keepsRuns else { return }'
mutant alerts-do-not-keep-their-mode Alerts/AlertBook.swift 'track.mode == plan.mode(for: track.merchantID, at: end)' 'true'
mutant recovery-forgets-modes 'Alerts/AlertTrack+Snapshot.swift' 'if mode == .shadow || isSaturated { snapshot.write(mode == .shadow) }' 'if isSaturated { snapshot.write(false) }'
mutant scores-of-findings-alone Windows/WindowState.swift 'guard isScored || holds' 'guard holds'
mutant one-key-too-many State/Ceiling.swift 'keys < ceiling.keys' 'keys <= ceiling.keys'
mutant one-byte-too-many State/Ceiling.swift 'bytes + more <= ceiling.bytes' 'bytes + more <= ceiling.bytes + 1'
mutant saturated-lines-are-posted Ledger/Ledger.swift '!isSaturated && post(charge, at: paneEnd)' 'post(charge, at: paneEnd)'
mutant saturation-ends-early State/Saturation.swift 'paneEnd <= span.last' 'paneEnd < span.last'
mutant joins-are-missed-by-no-window Task/GroupPlan.swift \
    'memories[input] = max(memories[input], memories[index])' ''
mutant room-depends-on-watermarks Task/KeyGroup+Events.swift \
    'for index in transforms.indices { transforms[index].forget(before: paneEnd - plan.topology.basePane) }' ''
mutant recovery-forgets-saturation 'Task/KeyGroup+Snapshot.swift' \
    'try saturation.restore(from: &snapshot, in: context)' 'var lost = saturation; try lost.restore(from: &snapshot, in: context)'
mutant recovery-forgets-saturated-alerts 'Alerts/AlertTrack+Snapshot.swift' \
    'if isSaturated { snapshot.write(true) }' 'if isSaturated { snapshot.write(false) }'
mutant tables-hold-one-pane-less Transforms/Table.swift 'floored(to: pane) <= $0 + hold' 'floored(to: pane) < $0 + hold'
mutant tables-begin-anew-with-every-finding Transforms/Table.swift 'if known.last != nil {' 'if known.since < finding.paneEnd {'
mutant recovery-finds-nothing-for-tables 'Task/KeyGroup+Findings.swift' \
    'if !isRebuilding || !plan.tables[index].isEmpty {' 'if !isRebuilding {'
mutant recovery-forgets-which-keys-have-findings 'Task/KeyGroup+Snapshot.swift' \
    'transforms[table].link(slot, key: keyBytes(of: slot, window: index))' '_ = (table, slot)'
mutant tables-never-doubt Transforms/Table.swift 'return entry.isDoubtful ? .doubted : .passed' 'return .passed'
mutant exchange-waits-for-one-task Exchange/Inlet.swift 'heard.min()' 'heard.max()'
mutant exchange-forgets-what-was-passed 'Exchange/KeyGroup+Departure.swift' 'Int64(bitPattern: passed)' 'Int64(0)'
mutant exchange-of-the-unkeyed 'Exchange/KeyGroup+Departure.swift' 'guard departure.takesUnkeyed || ' 'guard '
mutant exchange-deals-by-arrival 'Exchange/KeyGroup+Departure.swift' 'return fingerprint.digest.low' 'return UInt64(row)'
exit "$survived"
