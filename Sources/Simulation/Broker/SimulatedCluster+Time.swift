/// What happens because time passes.
extension SimulatedCluster {
    /// Lets time pass; what is due meanwhile happens at its moment, in the order of time.
    public func advance(by milliseconds: Int64) {
        let end = now + milliseconds
        while let next = nextDue(), next.time <= end {
            clock.advance(by: max(0, next.time - now))
            perform(next.event)
        }
        clock.advance(by: end - now)
    }

    private enum Event {
        case outageEnd
        case markers(Int)
        case transactionTimeout(Int)
        case rebalance
        case silence(Int)
        case upheaval
    }

    /// The first thing that is due. While a coordinator is away, nothing that it times happens.
    private func nextDue() -> (time: Int64, event: Event)? {
        if let outage { return (outage.end, .outageEnd) }
        var first: (time: Int64, event: Event)?
        func consider(_ time: Int64, _ event: @autoclosure () -> Event) {
            if time < first?.time ?? .max { first = (time, event()) }
        }
        for index in transactions.indices {
            consider(transactions[index].markersDue, .markers(index))
            consider(transactions[index].timeoutDue(settings.transactionTimeout), .transactionTimeout(index))
        }
        consider(group.rebalanceDue, .rebalance)
        for index in group.members.indices { consider(group.silenceDue(of: index, settings), .silence(index)) }
        consider(faults.upheavalDue, .upheaval)
        return first
    }

    private func perform(_ event: Event) {
        switch event {
        case .outageEnd: endOutage()
        case .markers(let index): writeMarkers(of: index)
        case .transactionTimeout(let index): timeOutTransaction(index)
        case .rebalance: completeRebalance()
        case .silence(let index): evict(index, because: "evict silent")
        case .upheaval: if let upheaval = faults.upheaval(at: now) { strike(upheaval) }
        }
    }

    private func strike(_ upheaval: FaultInjector.Upheaval) {
        switch upheaval {
        case .rebalance: forceRebalance()
        case .eviction(let draw):
            guard !group.members.isEmpty else { return }
            evict(draw % group.members.count, because: "evict by fault")
        case .transactionTimeout(let draw):
            let open = transactions.indices.filter { transactions[$0].phase == .ongoing }
            guard !open.isEmpty else { return }
            timeOutTransaction(open[draw % open.count])
        case .coordinatorLoss(let length): beginOutage(isWholeBroker: false, length: length)
        case .brokerRestart(let length): beginOutage(isWholeBroker: true, length: length)
        }
    }

    // MARK: Outages

    /// Takes the coordinators, or the whole broker, away for a while; nothing is lost.
    public func beginOutage(isWholeBroker: Bool, length: Int64) {
        outage = Outage(isWholeBroker: isWholeBroker, end: now + length)
        note(isWholeBroker ? "broker down" : "coordinator away", nil, length)
    }

    /// A coordinator that loads its state gives all members a new session.
    func endOutage() {
        outage = nil
        group.refresh(at: now)
        note("outage over")
    }

    /// Begins a rebalance for no reason that a member could see.
    public func forceRebalance() {
        guard group.phase == .stable else { return }
        prepareRebalance()
    }

    /// Takes a client's member out of the group, as if its session had timed out.
    public func evict(client: Int) {
        guard let index = group.members.firstIndex(where: { $0.client == client }) else { return }
        evict(index, because: "evict")
    }

    /// Times out the open transaction of a transactional id, if there is one.
    public func timeOutTransaction(of transactionalID: String) {
        guard let index = transactionIndices[transactionalID], transactions[index].phase == .ongoing else { return }
        timeOutTransaction(index)
    }
}
