import Simulation
import Testing

/// Chance that is the same for everybody who has the seed.
@Suite struct RandomTests {
    /// Values of the reference implementation: xoshiro256** seeded with four draws of SplitMix64 from 0.
    @Test func drawsWhatTheReferenceDraws() {
        var random = Random(seed: 0)
        let drawn = (0..<3).map { _ in random.next() }
        #expect(drawn == [0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0])
    }

    @Test func aForkDependsOnItsNameAndNotOnWhatWasDrawn() {
        var random = Random(seed: 7)
        var before = random.fork("a")
        _ = random.next()
        var after = random.fork("a")
        var other = random.fork("b")
        let drawn = [before.next(), after.next(), other.next()]
        #expect(drawn[0] == drawn[1])
        #expect(drawn[0] != drawn[2])
    }

    @Test func aCommitIsASeed() {
        let commit = "91dd2340000000000000000000000000000000ab"
        #expect(Random.seed(of: "42") == 42)
        #expect(Random.seed(of: commit) != nil)
        #expect(Random.seed(of: commit) != Random.seed(of: String(commit.reversed())))
        #expect(Random.seed(of: String(repeating: "g", count: 40)) == nil)
        #expect(Random.seed(of: "forty-two") == nil)
    }

    @Test func drawsStayInTheirBoundsAndReachThem() {
        var random = Random(seed: 3)
        let drawn = Set((0..<1000).map { _ in random.range(-2...2) })
        #expect(drawn == [-2, -1, 0, 1, 2])
        let yes = (0..<10_000).filter { _ in random.chance(1, in: 4) }.count
        #expect((2300...2700).contains(yes))
        let extremes = [Ratio.never, .always].map { random.chance($0) }
        #expect(extremes == [false, true])
    }

    @Test func shufflingKeepsAllAndChangesTheOrder() {
        var random = Random(seed: 3)
        var values = Array(0..<20)
        random.shuffle(&values)
        #expect(values != Array(0..<20))
        #expect(values.sorted() == Array(0..<20))
    }
}
