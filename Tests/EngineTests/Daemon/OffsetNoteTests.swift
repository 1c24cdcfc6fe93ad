import Engine
import RampartCore
import Testing

/// What is taken for a note beside an offset, which anyone may have written who may commit for the group.
@Suite struct OffsetNoteTests {
    @Test func aNoteIsReadBack() {
        let note = OffsetNote(
            watermark: .distantPast, partitionWatermark: EventTime(milliseconds: -5), revision: "r", digest: .max,
            commandNext: 0, controlCount: .max, offsetBorn: 7)
        #expect(OffsetNote(text: note.text) == note)
    }

    @Test(arguments: [
        "", "mine", "rampart1 0 0 r ff 1 2", "rampart2 0 0 r ff 1 2 3", "rampart1 0 0 r ff 1 2 3 4",
        "rampart1 0 0 r zz 1 2 3", "rampart1 0 0 r ff -1 2 3", "rampart1 0 0 r ff 1 -1 3",
        "rampart1 0 0 r ff 1 -9223372036854775808 3", "rampart1 0 0 r ff 1 2 -1",
        "rampart1 0 0 r ff 1 9223372036854775808 3",
    ])
    func whatIsNoNoteIsRefused(text: String) { #expect(OffsetNote(text: text) == nil) }
}
