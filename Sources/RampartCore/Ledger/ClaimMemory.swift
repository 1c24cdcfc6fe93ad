/// How long lines and voids are remembered (R31).
///
/// One counts for charges up to the claim horizon after it. It is kept somewhat longer: such a charge can be found as
/// long as it is in a window, and its credit is stated at the end of the slot.
struct ClaimMemory: Sendable {
    /// The claim horizon.
    let horizon: EventSpan
    /// How long something is kept.
    let span: EventSpan

    init(_ topology: Topology) {
        horizon = topology.ledger.claimHorizon
        let sizes = topology.stages.map { stage in
            if case .window(let window) = stage.kind, window.credit != nil { window.size } else { EventSpan.zero }
        }
        let rest = sizes.reduce(topology.ledger.statement) { max($0, $1) }
        span = EventSpan(milliseconds: horizon.milliseconds + rest.milliseconds)
    }

    /// Whether what happened at a pane end counts for a charge that is found at another.
    func covers(_ charge: Charge, since paneEnd: EventTime, at time: EventTime) -> Bool {
        charge.time - paneEnd <= horizon && !isOver(paneEnd, at: time)
    }

    /// Whether what happened at a pane end counts for nothing any more.
    func isOver(_ paneEnd: EventTime, at time: EventTime) -> Bool { time - paneEnd > span }
}
