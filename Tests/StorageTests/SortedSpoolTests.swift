import Foundation
import RampartCore
import Testing

@testable import Storage

@Suite struct SortedSpoolTests {
    private func text(_ place: RecordPlace) -> String {
        "\(place.source ?? -1) \(place.partition) \(place.position) \(String(repeating: "x", count: place.position % 7))\n"
    }

    private func inode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }

    /// Chunks of some partitions in any order, their rows of any source, against a sort of all rows.
    @Test(arguments: [1, 40, 500, 1 << 20])
    func oracleAnyPollingOrderEndsInTheOrderOfPlaces(pendingBytesMax: Int) throws {
        let temporary = try TemporaryFolder()
        var random = SplitMix(state: UInt64(pendingBytesMax))
        for round in 0..<20 {
            let path = "\(temporary.path)/\(round).partial"
            let spool = try SortedSpool(path: path, pendingBytesMax: pendingBytesMax)
            var positions = [Int](repeating: 0, count: Int.random(in: 1...4, using: &random))
            var places: [RecordPlace] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let partition = Int.random(in: positions.indices, using: &random)
                for _ in 0..<Int.random(in: 0...9, using: &random) {
                    positions[partition] += Int.random(in: 1...3, using: &random)
                    let source = Int.random(in: -1...2, using: &random)
                    let place = RecordPlace(
                        source: source < 0 ? nil : source, partition: partition, position: positions[partition])
                    places.append(place)
                    try spool.append(text(place).utf8, at: place)
                }
            }
            try spool.finish()
            let expected = places.sorted().map(text).joined()
            #expect(String(decoding: try temporary.read("\(round).partial"), as: UTF8.self) == expected)
        }
        #expect(try temporary.names().count == 20)
    }

    @Test func aFileInOrderIsNotRewrittenAndOneOutOfOrderIs() throws {
        let temporary = try TemporaryFolder()
        for (name, partitions, isRewritten) in [("a.partial", [0, 1, 2], false), ("b.partial", [0, 2, 1], true)] {
            let path = "\(temporary.path)/\(name)"
            let spool = try SortedSpool(path: path, pendingBytesMax: 1)
            let before = try inode(path)
            for partition in partitions {
                for position in 0..<3 {
                    let place = RecordPlace(source: 0, partition: partition, position: position)
                    try spool.append(text(place).utf8, at: place)
                }
            }
            try spool.finish()
            #expect((try inode(path) != before) == isRewritten)
        }
        #expect(try temporary.read("a.partial") == temporary.read("b.partial"))
        #expect(try temporary.names() == ["a.partial", "b.partial"])
    }

    /// Records of one log can go to different sources by turns; that must not make a run of every row.
    @Test func rowsThatAlternateMakeFewRuns() throws {
        let temporary = try TemporaryFolder()
        let spool = try SortedSpool(path: "\(temporary.path)/a.partial", pendingBytesMax: 10_000)
        var byteCount = 0
        for position in 0..<5000 {
            let place = RecordPlace(source: position % 3, partition: 0, position: position)
            try spool.append(text(place).utf8, at: place)
            byteCount += text(place).utf8.count
        }
        try spool.finish()
        #expect(spool.runCount <= 3 * (byteCount / 10_000 + 1))
    }

    @Test func rowsLargerThanAnyBufferAreCopiedWhole() throws {
        let temporary = try TemporaryFolder()
        let spool = try SortedSpool(path: "\(temporary.path)/a.partial")
        let rows = (0..<3).map { [UInt8](repeating: UInt8(ascii: "a") + UInt8($0), count: 700_001) }
        for index in [2, 0, 1] {
            try spool.append(rows[index], at: RecordPlace(source: 0, partition: index, position: 0))
        }
        try spool.finish()
        #expect(try temporary.read("a.partial") == rows.flatMap { $0 })
    }

    @Test func positionsThatFallAreAProgrammersError() async {
        await #expect(processExitsWith: .failure) {
            let temporary = try TemporaryFolder()
            let spool = try SortedSpool(path: "\(temporary.path)/a.partial", pendingBytesMax: 1)
            try spool.append([1], at: RecordPlace(source: 0, partition: 0, position: 5))
            try spool.append([1], at: RecordPlace(source: 0, partition: 0, position: 5))
            try spool.finish()
            exit(0)
        }
    }
}
