import Testing

@testable import Storage

@Suite struct CheckpointNameTests {
    @Test(arguments: [0, 1, 99_999, 100_000, 999_999_999_999_999_999])
    func namesAreReadBack(number: Int) {
        for name in [
            CheckpointName(task: number, generation: 1, sequence: 2),
            CheckpointName(task: 1, generation: number, sequence: 2),
            CheckpointName(task: 1, generation: 2, sequence: number),
        ] {
            #expect(CheckpointName(name.text) == name)
            #expect(CheckpointName(partial: name.partial) == name)
            #expect(CheckpointName(name.partial) == nil && CheckpointName(partial: name.text) == nil)
        }
    }

    @Test(arguments: [
        "", ".checkpoint", "task-00001.generation-0000000001.checkpoint", "notes.txt",
        "task-1.generation-0000000001.sequence-0000000001.checkpoint",
        "task-00001.generation-0000000001.sequence-0000000001.checkpoint.checkpoint",
        "task-00001.generation-0000000001.sequence-.checkpoint",
        "task--0001.generation-0000000001.sequence-0000000001.checkpoint",
        "task-00001.generation-0000000001.sequence-1000000000000000000.checkpoint",
        "task-00001.generation-0000000001.sequence-99999999999999999999.checkpoint",
        "task-00001.sequence-0000000001.generation-0000000001.checkpoint",
        "task-00001.generation-000000000١.sequence-0000000001.checkpoint",
    ])
    func otherNamesAreNone(text: String) {
        #expect(CheckpointName(text) == nil)
    }

    @Test func theOrderIsThatOfAge() {
        let names = [(1, 2, 3), (1, 2, 4), (1, 10, 1), (2, 1, 1)].map {
            CheckpointName(task: $0.0, generation: $0.1, sequence: $0.2)
        }
        #expect(names.shuffled().sorted() == names)
        #expect(names.map(\.text).sorted() == names.map(\.text))
    }
}
