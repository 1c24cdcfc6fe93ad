import Foundation
import Pipelines
import Testing

/// A change of a good file that must be refused, exactly where the marks « stand.
struct Refusal: Sendable, CustomTestStringConvertible {
    /// What is wrong.
    let name: String
    /// The text of the good file that is replaced.
    let old: String
    /// What replaces it, with a « before each place that must be told.
    let new: String
    /// What each message must say, in the order of the places.
    var says: [String]
    /// The places where they are not marked.
    var places: [String]?

    init(_ name: String, _ old: String, _ new: String, _ says: String...) {
        self.name = name
        self.old = old
        self.new = new
        self.says = says
    }

    var testDescription: String { name }

    /// The good file.
    static let base = """
        pipeline: shop
        sources:
          clicks:
            event: click
          orders:
            event: order
        stages:
          paid:
            kind: filter
            from: clicks
            keep: cost > least
            tune: { least: 0 }
          many-clicks:
            from: paid
            key: [merchant_id, ad_id]
            window: { size: 10m, every: 1m }
            measure:
              clicks: count()
              spent: sum(cost)
            tune: { min_clicks: { default: 10, min: 2, max: 100 } }
            when: clicks >= min_clicks
            credit: { component: click_cost, reason: invalid_click }

        """

    /// Loads the changed file and compares what is told with the marks.
    func check(base: String = Refusal.base, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(base.contains(old), "The good file has no such text.", sourceLocation: sourceLocation)
        guard let range = base.range(of: old) else { return }
        let marked = base.replacingCharacters(in: range, with: new)
        let (text, marks) = Refusal.unmark(marked)
        let places = self.places ?? marks
        let found = diagnostics(of: text).filter { $0.severity == .error }
        let lines = found.map(\.rendered).joined(separator: "\n")
        #expect(
            found.map { "\($0.line):\($0.column)" } == places, "told: \(lines)", sourceLocation: sourceLocation)
        #expect(says.count == places.count, "Every mark has its words.", sourceLocation: sourceLocation)
        for (diagnostic, words) in zip(found, says) {
            #expect(diagnostic.rendered.contains(words), "told: \(diagnostic.rendered)", sourceLocation: sourceLocation)
        }
    }

    /// The text without its marks, and their places as `line:column`.
    static func unmark(_ marked: String) -> (text: String, places: [String]) {
        var text = String.UnicodeScalarView()
        var places: [String] = []
        var (line, column) = (1, 1)
        for scalar in marked.unicodeScalars {
            if scalar == "«" {
                places.append("\(line):\(column)")
                continue
            }
            text.append(scalar)
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        return (String(text), places)
    }
}

/// Everything that a load tells.
func diagnostics(of text: String, overrides: [ThresholdOverride] = []) -> [Diagnostic] {
    switch PipelineLoader.load(text: text, file: "p.yaml", overrides: overrides) {
    case .success(let pipeline): pipeline.warnings
    case .failure(let diagnostics): diagnostics.all
    }
}

/// The pipeline of a good text.
func load(_ text: String, overrides: [ThresholdOverride] = []) throws -> Pipeline {
    try PipelineLoader.load(text: text, file: "p.yaml", overrides: overrides).get()
}

extension Refusal {
    /// The same with places that no mark can name, because they are what is wrong with the text.
    func at(_ places: String...) -> Refusal {
        var copy = self
        copy.places = places
        return copy
    }
}
