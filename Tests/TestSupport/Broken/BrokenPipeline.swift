/// A pipeline with exactly one mistake, and what must be told of it.
public struct BrokenPipeline: Sendable {
    /// The kind of mistake.
    public var mistake: String
    /// Where it was made, for people.
    public var place: String
    /// The text.
    public var text: String
    /// The line of the mistake.
    public var line: Int
    /// Words of the error, its mend included.
    public var says: String
    /// Whether there is a mend to suggest.
    public var hasMend: Bool
    /// Whether nothing else is told: some mistakes break what several others rest on.
    public var isAlone: Bool
    /// Whether the shape alone is wrong, so that an editor can see it.
    public var isStructural: Bool

    /// Every kind of mistake in every right pipeline that allows it, at one place each: other seeds draw other places.
    public static func drawn(seed: UInt64) throws -> [BrokenPipeline] {
        let entries = try PipelineTexts.shipped() + PipelineTexts.examples() + [PipelineTexts.everyKey]
        var generator = SeededGenerator(seed: seed)
        var broken: [BrokenPipeline] = []
        for entry in entries {
            let tree = try Tree(yaml: entry.text)
            for mutation in Mutation.all {
                let patterns = mutation.patterns.shuffled(using: &generator)
                let places = patterns.flatMap { Mutation.places(of: $0, in: tree).shuffled(using: &generator) }
                let isFlow = Bool.random(using: &generator)
                for path in places {
                    let edits = mutation.apply(tree, path, isFlow: isFlow, &generator)
                    guard var edit = edits.randomElement(using: &generator) else { continue }
                    edit.place = "\(entry.name), \(path.map(\.description).joined(separator: "."))"
                    broken.append(edit)
                    break
                }
            }
            broken += BrokenText.mistakes(in: tree, name: entry.name)
        }
        return broken
    }
}

/// A way to make one mistake wherever it can be made.
struct Mutation: Sendable {
    /// One wrong tree, with the place of the mistake.
    struct Edit {
        var tree: Tree
        var blame: Path
        var says: String
        var hasMend = true
    }

    /// What the mistake is.
    var name: String
    /// Where it can be made: ways from the root with `*` for any step.
    var patterns: [String]
    /// Whether the shape alone is wrong.
    var isStructural = false
    /// Whether nothing else is told.
    var isAlone = true
    /// Makes it at one place; none where this place does not allow it.
    var edits: @Sendable (Tree, Path, inout SeededGenerator) -> [Edit]

    static let all = shapes + values + names + expressions

    /// The places of a tree that a pattern fits.
    static func places(of pattern: String, in tree: Tree) -> [Path] {
        let steps = pattern.split(separator: ".").map(String.init)
        return ([[]] + tree.paths).filter { fits($0, steps) }
    }

    private static func fits(_ path: Path, _ steps: [String]) -> Bool {
        path.count == steps.count && zip(path, steps).allSatisfy { $1 == "*" || $0.description == $1 }
    }

    func apply(
        _ tree: Tree, _ path: Path, isFlow: Bool, _ generator: inout SeededGenerator
    ) -> [BrokenPipeline] {
        edits(tree, path, &generator).map { edit in
            let written = TreeText(edit.tree, isFlow: isFlow)
            return BrokenPipeline(
                mistake: name, place: "", text: written.text, line: written.lines[edit.blame] ?? 0, says: edit.says,
                hasMend: edit.hasMend, isAlone: isAlone, isStructural: isStructural)
        }
    }

    /// The same where more than the mistake itself is told.
    var withOthers: Mutation {
        var copy = self
        copy.isAlone = false
        return copy
    }

    /// A mutation that puts another value in place of the one that is there.
    static func values(
        _ name: String, at patterns: [String], isStructural: Bool = false, hasMend: Bool = false,
        _ values: [(value: Tree, says: String)]
    ) -> Mutation {
        Mutation(name: name, patterns: patterns, isStructural: isStructural) { tree, path, _ in
            values.map {
                Edit(tree: tree.replacing(path, with: $0.value), blame: path, says: $0.says, hasMend: hasMend)
            }
        }
    }

    /// A mutation of the text of a scalar; none where the text stays as it is.
    static func texts(
        _ name: String, at patterns: [String], says: String, hasMend: Bool = true,
        _ change: @escaping @Sendable (String) -> String?
    ) -> Mutation {
        Mutation(name: name, patterns: patterns) { tree, path, _ in
            guard case .scalar(let text, let isPlain)? = tree[path], let changed = change(text), changed != text else {
                return []
            }
            let value = Tree.scalar(changed, isPlain: isPlain)
            return [Edit(tree: tree.replacing(path, with: value), blame: path, says: says, hasMend: hasMend)]
        }
    }
}

/// A word as a tired person types it: two letters swapped, one left out or one typed twice.
func misspelt(_ word: String, _ generator: inout SeededGenerator) -> String {
    var letters = Array(word)
    guard letters.count > 3 else { return word + String(letters.suffix(1)) }
    let index = Int.random(in: 1..<letters.count - 1, using: &generator)
    switch Int.random(in: 0..<3, using: &generator) {
    case 0 where letters[index] != letters[index + 1]: letters.swapAt(index, index + 1)
    case 1 where letters[index] != letters[index - 1]: letters.remove(at: index)
    default: letters.insert(letters[index], at: index)
    }
    return String(letters)
}
