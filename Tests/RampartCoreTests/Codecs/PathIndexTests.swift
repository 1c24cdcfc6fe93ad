import RampartCore
import Testing

/// Paths through JSON lists.
@Suite struct PathIndexTests {
    private static func path(_ steps: Path.Step...) -> Path { Path(steps: steps) }
    private static func name(_ name: String) -> Path.Step { .name(Array(name.utf8)) }

    /// A click of merchant `items[1].m`, advertisement `items[0]` and campaign `grid[1][0].c`.
    private static let fixture = DecodingFixture(
        sources: [
            DecodingFixture.clicks(
                [
                    FieldMapping(
                        field: .merchantID, path: path(name("items"), .index(1), name("m")),
                        reading: .string(prefix: nil)),
                    FieldMapping(field: .adID, path: path(name("items"), .index(0)), reading: .string(prefix: nil)),
                    FieldMapping(
                        field: .campaignID, path: path(name("grid"), .index(1), .index(0), name("c")),
                        reading: .string(prefix: nil)),
                ], identity: nil)
        ], layout: [.merchantID, .adID, .campaignID])

    private func texts(_ json: String) -> [String?] {
        let (outcome, events) = Self.fixture.decode(one: json)
        guard outcome.result == .event else { return [] }
        return (0..<3).map { events.has($0, row: 0) ? events.text($0) : nil }
    }

    @Test(arguments: [
        (#"{"ts":1,"items":["a",{"m":"m"}]}"#, ["m", "a", nil]),
        (#"{"ts":1,"items":["a",{"x":[{"m":"no"}],"m":"m"},{"m":"no"}],"m":"no"}"#, ["m", "a", nil]),
        (#"{"items" : [ "a\u0062" , { "m" : "m\n" } ] , "ts" : 1 }"#, ["m\n", "ab", nil]),
        (#"{"ts":1,"items":[null,{"m":"m"}],"grid":[[{"c":"no"}],[{"c":"c"},{"c":"no"}]]}"#, ["m", nil, "c"]),
        // What stands at the way of a path is as missing.
        (#"{"ts":1,"items":["",{"m":"m"}],"grid":[[],[]]}"#, ["m", nil, nil]),
        (#"{"ts":1,"items":[7,{"m":"m"}],"grid":{"1":[{"c":"no"}]}}"#, ["m", "7", nil]),
        (#"{"ts":1,"items":["a",{"m":"m"}],"grid":[[{"c":"no"}],{"0":{"c":"no"}}]}"#, ["m", "a", nil]),
        (#"{"ts":1,"items":["a",{"m":"m"}],"grid":"[[],[{\"c\":1}]]"}"#, ["m", "a", nil]),
    ])
    func elementsAreFound(json: String, expected: [String?]) { #expect(texts(json) == expected) }

    @Test(
        arguments: [
            (#"{"ts":1,"items":["a"]}"#, .missingField, "`items[1].m` is missing, null or empty."),
            (#"{"ts":1,"items":[]}"#, .missingField, "`items[1].m` is missing, null or empty."),
            (#"{"ts":1,"items":{"0":"a","1":{"m":"m"}}}"#, .missingField, "`items[1].m` is missing, null or empty."),
            (#"{"ts":1,"items":["a","m"]}"#, .missingField, "`items[1].m` is missing, null or empty."),
            (
                #"{"ts":1,"items":["a",{"m":["m"]}]}"#, .wrongType,
                #"`items[1].m` is ["m"], which is not the kind of value that belongs there."#
            ),
            (#"{"ts":1,"items":["a",{"m":"m","m":"m"}]}"#, .duplicateKey, "`items[1].m` appears more than once."),
            (#"{"ts":1,"items":["a",{"m":"m"}],"items":[]}"#, .duplicateKey, "`items[1].m` appears more than once."),
            (#"{"ts":1,"items":["a",{"m":"m"},]}"#, .invalidJSON, "The record is not one JSON object: see byte 32."),
            (#"{"ts":1,"items":["a" {"m":"m"}]}"#, .invalidJSON, "The record is not one JSON object: see byte 22."),
        ] as [(String, DeadLetterReason, String)])
    func whatIsNotThereIsTold(json: String, reason: DeadLetterReason, detail: String) {
        let outcome = Self.fixture.decode(one: json).outcome
        #expect(outcome.reason == reason && outcome.detail == detail, "\(outcome.detail)")
    }

    /// Cut or changed anywhere, a record is read or set aside, and never traps.
    @Test func damagedListsNeverTrap() {
        let whole = Array(#"{"ts":1,"items":["a",{"m":"m"}],"grid":[[],[{"c":"c"}]]}"#.utf8)
        for index in 1..<whole.count {
            #expect(Self.fixture.decode(one: Array(whole[..<index])).outcome.result != .event)
            for byte in Array(#"[]{},:"0\ "#.utf8) + [0, 0xFF] {
                var damaged = whole
                damaged[index] = byte
                _ = Self.fixture.decode(one: damaged)
            }
        }
    }
}
