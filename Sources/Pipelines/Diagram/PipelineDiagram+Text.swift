extension PipelineDiagram {
    /// A line for each box, under the name of its role, and where it leads.
    var plainText: String {
        let width = nodes.map(\.name.count).max() ?? 0
        var lines = [title]
        for role in Role.allCases {
            let members = nodes.indices.filter { nodes[$0].role == role }
            guard !members.isEmpty else { continue }
            lines += ["", role.heading]
            for index in members {
                let node = nodes[index]
                let name = node.name + String(repeating: " ", count: width - node.name.count)
                let line = "  \(name)  \(node.details.joined(separator: "; "))"
                lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
                let targets = edges.filter { $0.from == index }.map { nodes[$0.to].name }
                guard !targets.isEmpty else { continue }
                lines.append("  \(String(repeating: " ", count: width))  -> \(targets.joined(separator: ", "))")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// A flowchart from left to right; the boxes' shapes tell their roles.
    var mermaid: String {
        var lines = ["---", "title: \"\(Self.escapedForMermaid(title))\"", "---", "flowchart LR"]
        for (index, node) in nodes.enumerated() {
            let words = ([node.name] + node.details).map(Self.escapedForMermaid).joined(separator: "<br>")
            let (open, close) = node.role.mermaidBrackets
            lines.append("    n\(index)\(open)\"\(words)\"\(close)")
        }
        for edge in edges { lines.append("    n\(edge.from) --> n\(edge.to)") }
        return lines.joined(separator: "\n")
    }

    /// A directed graph from left to right.
    var dot: String {
        var lines = ["digraph pipeline {", "    label=\(Self.quotedForDot(title));", "    rankdir=LR;"]
        lines.append("    node [fontname=\"sans-serif\"];")
        for (index, node) in nodes.enumerated() {
            let words = ([node.name] + node.details).joined(separator: "\n")
            lines.append("    n\(index) [shape=\(node.role.dotShape), label=\(Self.quotedForDot(words))];")
        }
        for edge in edges { lines.append("    n\(edge.from) -> n\(edge.to);") }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func escapedForMermaid(_ text: String) -> String {
        escaped(text, ["\"": "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "\\": "#92;"])
    }

    private static func quotedForDot(_ text: String) -> String {
        "\"\(escaped(text, ["\"": "\\\"", "\\": "\\\\", "\n": "\\n"]))\""
    }
}

extension PipelineDiagram.Role {
    fileprivate var heading: String {
        switch self {
        case .source: "Sources"
        case .transform: "Transforms"
        case .window: "Windows"
        case .incident: "Incidents"
        case .ledger: "Ledger"
        case .output: "Outputs"
        }
    }

    fileprivate var mermaidBrackets: (open: String, close: String) {
        switch self {
        case .source, .output: ("([", "])")
        case .transform: ("{{", "}}")
        case .window: ("[", "]")
        case .incident: ("[[", "]]")
        case .ledger: ("[(", ")]")
        }
    }

    fileprivate var dotShape: String {
        switch self {
        case .source, .output: "oval"
        case .transform: "hexagon"
        case .window: "box"
        case .incident: "box3d"
        case .ledger: "cylinder"
        }
    }
}
