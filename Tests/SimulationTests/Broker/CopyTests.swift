import Simulation
import Testing

/// The whole cluster at once: a correct engine gets through every storm, a broken one is found out.
@Suite struct CopyTests {
    @Test func oracle_everyRecordIsCopiedOnceWhateverHappens() {
        for seed in 0..<40 as Range<UInt64> {
            let run = CopyRun(seed: seed)
            #expect(run.problems.isEmpty, "seed \(seed): \(Set(run.problems))\n\(run.cluster.trace)")
        }
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
