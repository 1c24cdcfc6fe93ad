extension KeyGroup {
    /// Has the incidents take a pane's rows of alerts, before the ledger claims (R13, R25).
    mutating func gather(_ alerts: ArraySlice<Alert>, at end: EventTime, into outputs: inout Outputs) {
        guard !incidents.isEmpty else { return }
        let sorted = alerts.sorted { left, right in
            if left.stage != right.stage { return left.stage < right.stage }
            if left.keyBytes != right.keyBytes { return left.keyBytes.lexicographicallyPrecedes(right.keyBytes) }
            return left.revision < right.revision
        }
        let charges = offered.isEmpty ? [] : ledger.claimable(offered, except: voids, at: end)
        for index in incidents.indices { incidents[index].evaluate(sorted, charges, at: end, into: &outputs) }
    }

    /// Has the ledger claim what was offered, and the incidents take the lines.
    mutating func claimOffered(at end: EventTime, into outputs: inout Outputs) {
        guard !offered.isEmpty else { return }
        let first = outputs.lines.count
        ledger.claim(offered, except: voids, isSaturated: saturation.refused(at: end) != nil, at: end, into: &outputs)
        offered.removeAll(keepingCapacity: true)
        for index in incidents.indices { incidents[index].take(outputs.lines[first...], at: end) }
    }
}
