import Pipelines
import RampartCore

/// The stages whose scores a replay writes, as its arguments name them: `STAGE`, or `STAGE=panes`.
enum ScoreArguments {
    /// What is asked for, by the index of the stage.
    static func read(_ arguments: [String], topology: Topology) throws -> [Int: ScoreRow.Detail] {
        var details: [Int: ScoreRow.Detail] = [:]
        for argument in arguments {
            let (stage, detail) = try read(argument, topology)
            guard details.updateValue(detail, forKey: stage) == nil else {
                throw Failure.unusable("--scores names `\(topology.stages[stage].name)` twice; name it once")
            }
        }
        return details
    }

    private static func read(_ argument: String, _ topology: Topology) throws -> (stage: Int, detail: ScoreRow.Detail) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 1 || sides[1] == "panes" else {
            throw Failure.unusable("--scores \(argument): expected \(sides[0]) for each hour, or \(sides[0])=panes")
        }
        let name = String(sides[0])
        guard let stage = topology.stages.firstIndex(where: { $0.name == name }) else {
            let names = topology.stages.map(\.name)
            let mend = Suggestion.didYouMean(name, among: names) ?? "the stages are \(names.joined(separator: ", "))"
            throw Failure.unusable("--scores \(argument): there is no stage `\(name)`; \(mend)")
        }
        guard case .window = topology.stages[stage].kind else {
            throw Failure.unusable("--scores \(argument): `\(name)` is a filter, which has no score; name a window")
        }
        return (stage, sides.count == 1 ? .hour : .pane)
    }
}
