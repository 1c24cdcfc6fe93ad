extension Ledger {
    /// The charges of a pane for which `claim` will make lines, in its order.
    mutating func claimable(_ charges: [Charge], except voids: Voids, at paneEnd: EventTime) -> [Charge] {
        forget(at: paneEnd)
        var claimable: [Charge] = []
        var taken: Set<String> = []
        for charge in charges.sorted(by: Charge.precedes) where !voids.forbids(charge, at: paneEnd) {
            let id = lineID(of: charge)
            guard !taken.contains(id), claims.find(id, of: charge, at: paneEnd) == nil else { continue }
            guard claims.count + taken.count < claimCeiling else { break }
            taken.insert(id)
            claimable.append(charge)
        }
        return claimable
    }
}
