import Engine

/// The transaction coordinator: who has a transactional id, and how its transaction ends.
extension SimulatedCluster {
    /// A producer's claim on a transactional id: good as long as the epoch is the newest.
    struct ProducerClaim {
        let transaction: Int
        let epoch: Int
    }

    func transactionIndex(of id: String) -> Int {
        if let index = transactionIndices[id] { return index }
        transactionIndices[id] = transactions.count
        transactions.append(TransactionState(id: id))
        return transactions.count - 1
    }

    /// InitProducerId: a new epoch, once the predecessor's transaction has ended.
    ///
    /// An open one is aborted under a bumped epoch, so that its producer is fenced from here on; a prepared one is
    /// completed. Until that is done the answer is to ask again.
    func initProducer(_ index: Int) throws(BrokerError) -> ProducerClaim {
        if transactions[index].phase == .ongoing {
            transactions[index].epoch += 1
            end(index, isCommit: false)
        }
        guard transactions[index].phase == .empty else { throw .concurrentTransactions }
        transactions[index].epoch += 1
        note("producer", nil, Int64(transactions[index].epoch))
        return ProducerClaim(transaction: index, epoch: transactions[index].epoch)
    }

    /// AddPartitionsToTxn and AddOffsetsToTxn (`log` nil): the first one opens the transaction and starts its time-out.
    func register(_ claim: ProducerClaim, log: Int?) throws(BrokerError) {
        try check(claim)
        let index = claim.transaction
        switch transactions[index].phase {
        case .empty:
            transactions[index].phase = .ongoing
            transactions[index].openedAt = now
        case .ongoing: break
        case .preparedCommit, .preparedAbort: throw .concurrentTransactions
        }
        guard let log else {
            transactions[index].hasOffsets = true
            return
        }
        if !transactions[index].partitions.contains(log) { transactions[index].partitions.append(log) }
    }

    /// EndTxn. Deciding again what is decided already changes nothing, so that a lost answer can be asked for.
    func endTransaction(_ claim: ProducerClaim, isCommit: Bool) throws(BrokerError) {
        try check(claim)
        switch transactions[claim.transaction].phase {
        case .ongoing: end(claim.transaction, isCommit: isCommit)
        case .empty: break
        case .preparedCommit: precondition(isCommit, "abort of a transaction that was decided to be committed")
        case .preparedAbort: precondition(!isCommit, "commit of a transaction that was decided to be aborted")
        }
    }

    /// The coordinator's own abort; the bumped epoch fences the producer that was too slow.
    func timeOutTransaction(_ index: Int) {
        note("transaction timeout", nil, Int64(index))
        transactions[index].epoch += 1
        end(index, isCommit: false)
    }

    func check(_ claim: ProducerClaim) throws(BrokerError) {
        guard transactions[claim.transaction].epoch == claim.epoch else { throw .fenced }
    }

    /// The point of no return: from here on only the markers are missing, and each is written in its own time.
    private func end(_ index: Int, isCommit: Bool) {
        transactions[index].phase = isCommit ? .preparedCommit : .preparedAbort
        note(isCommit ? "prepare commit" : "prepare abort", nil, Int64(index))
        var targets = transactions[index].partitions.map(Optional.some)
        if transactions[index].hasOffsets { targets.append(nil) }
        for log in targets {
            let due = now + faults.markerDelay(at: now)
            transactions[index].markers.append(TransactionState.Marker(due: due, log: log))
        }
        writeMarkers(of: index)
    }

    /// Writes the markers that are due; the last one frees the transactional id for the next transaction.
    func writeMarkers(of index: Int) {
        let isCommit = transactions[index].phase == .preparedCommit
        for marker in transactions[index].markers where marker.due <= now {
            if let log = marker.log {
                logs[log].appendMarker(producer: index, isCommit: isCommit, at: now)
                note(isCommit ? "commit marker" : "abort marker", logs[log].partition, logs[log].end - 1)
            } else {
                offsets.end(producer: index, isCommit: isCommit, at: now)
                note(isCommit ? "offsets committed" : "offsets aborted", nil, Int64(index))
            }
        }
        transactions[index].markers.removeAll { $0.due <= now }
        guard transactions[index].markers.isEmpty else { return }
        transactions[index].phase = .empty
        transactions[index].partitions.removeAll()
        transactions[index].hasOffsets = false
    }
}
