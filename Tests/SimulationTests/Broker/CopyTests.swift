import Simulation
import Testing

/// The whole cluster at once: a correct engine gets through every storm, a broken one is found out.
@Suite struct CopyTests {
    private static let names = [
        "CONCURRENT_TRANSACTIONS", "COORDINATOR_NOT_AVAILABLE", "CRASHED", "FENCED_INSTANCE_ID", "ILLEGAL_GENERATION",
        "UNKNOWN_MEMBER_ID", "UNSTABLE_OFFSET_COMMIT", "_FENCED", "_MSG_TIMED_OUT", "_TIMED_OUT", "_TRANSPORT",
        "abort marker", "commit marker", "evict by fault", "evict silent", "generation", "lost",
        "offsets aborted", "offsets committed", "revoked", "static member is back", "transaction timeout",
    ]

    @Test func oracle_everyRecordIsCopiedOnceWhateverHappens() {
        var seen: [String: Int] = [:]
        for seed in 0..<40 as Range<UInt64> {
            let run = CopyRun(seed: seed)
            #expect(run.problems.isEmpty, "seed \(seed): \(Set(run.problems))\n\(run.cluster.trace)")
            seen.merge(run.cluster.trace.counts, uniquingKeysWith: +)
        }
        // A storm in which nothing went wrong would prove nothing.
        for name in Self.names { #expect(seen[name] != nil, "\(name) never happens") }
    }

    @Test(arguments: CopyWorker.Defect.allCases)
    func aBrokenCopyIsFoundOut(defect: CopyWorker.Defect) {
        #expect((0..<40 as Range<UInt64>).contains { !CopyRun(seed: $0, defect: defect).problems.isEmpty })
    }

    @Test func aSeedTellsTheSameStoryInEveryProcess() async {
        let hashes: [UInt64] = (0..<10 as Range<UInt64>).map { CopyRun(seed: $0).cluster.trace.hash }
        #expect(Set(hashes).count == 10)
        // Another process has other hash seeds, so that an order taken from a dictionary would show.
        await #expect(processExitsWith: .success) { [hashes = hashes as [UInt64]] in
            precondition((0..<10 as Range<UInt64>).map { CopyRun(seed: $0).cluster.trace.hash } == hashes)
        }
    }
}
