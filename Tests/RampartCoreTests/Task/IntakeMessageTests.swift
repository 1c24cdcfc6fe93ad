import Testing

@testable import RampartCore

/// What only messages have: append times, keys and headers.
@Suite struct IntakeMessageTests {
    private func read(
        _ seconds: Int64, appended: Int64?, ahead: EventSpan? = .seconds(60), isAppendTime: Bool = true
    ) -> (setAside: TaskState.SetAside, task: TaskState) {
        var fixture = TaskFixture()
        fixture.bounds.maxAhead = ahead
        var task = fixture.start()
        let batch = TaskFixture.messages(
            [(TaskFixture.record("a", at: seconds), appended)], isAppendTime: isAppendTime)
        return (task.read(batch, of: 0), task)
    }

    @Test func tooFarAheadMovesNothing() {
        let (within, moved) = read(160, appended: 100)
        #expect(within.deadLetters.isEmpty && moved.watermark == TestPipeline.time(160))
        let (beyond, unmoved) = read(161, appended: 100)
        #expect(beyond.deadLetters.map(\.reason) == [.tooFarAhead] && unmoved.watermark == .distantPast)
        #expect(unmoved.intakeCounters.total.deadLettered == 1 && unmoved.stagedBytes == 0)
    }

    @Test func onlyAppendTimesAreTrusted() {
        #expect(read(9999, appended: 100, isAppendTime: false).setAside.deadLetters.isEmpty)
        #expect(read(9999, appended: nil).setAside.deadLetters.isEmpty)
        #expect(read(9999, appended: 100, ahead: nil).setAside.deadLetters.isEmpty)
    }

    @Test func aBadRecordThatIsTooFarAheadKeepsItsReasonAndMovesNothing() {
        var fixture = TaskFixture()
        fixture.bounds.maxAhead = .seconds(60)
        var task = fixture.start()
        let batch = TaskFixture.messages([(TaskFixture.record("a", at: 999, cost: -1), 100)])
        #expect(task.read(batch, of: 0).deadLetters.map(\.reason) == [.negativeMoney])
        #expect(task.watermark == .distantPast)
    }

    @Test func messagesSetAsideCarryTheirOrigin() throws {
        var task = TaskFixture().start()
        let batch = TaskFixture.messages([
            (TaskFixture.record("a", at: 50), 100), (TaskFixture.record("b", at: 49), 101), (Array("{".utf8), 102),
        ])
        let setAside = task.read(batch, of: 0)
        let late = try #require(setAside.lateEvents.first?.origin)
        #expect(late.timestamp == TestPipeline.time(101) && late.key?.prefix == Array("k".utf8))
        #expect(late.headers.map(\.name.prefix) == [Array("trace".utf8)] && late.headers[0].value?.prefix == [0xFF])
        let letter = try #require(setAside.deadLetters.first)
        #expect(letter.origin?.timestamp == TestPipeline.time(102) && letter.place.position == 102)
        let file = task.read(RecordBatch(json: [Array("{".utf8)]), of: 0)
        #expect(file.deadLetters.map(\.origin) == [nil])
    }

    @Test func keysAndHeadersAreKeptUpToTheirLimits() {
        var batch = RecordBatch()
        let long = [UInt8](repeating: 1, count: Limits.originBytes + 1)
        let headers = (0...Limits.headers).map { _ in RecordEnvelope.Header(name: "h", value: long) }
        long.withUnsafeBytes {
            batch.append(offset: 0, timestamp: nil, isAppendTime: true, key: $0, value: nil, headers: headers)
        }
        let origin = batch.origin(0)
        #expect(origin?.key?.prefix.count == Limits.originBytes && origin?.key?.byteCount == long.count)
        #expect(origin?.headers.count == Limits.headers && origin?.headerCount == Limits.headers + 1)
    }
}
