extension PipelineDiagram {
    /// Sizes in the picture's units, which are pixels at its own size.
    private enum Size {
        static let line = 18
        /// No letter of the font is wider; the font itself is not known here.
        static let letter = 8
        static let padding = 12
        static let between = 18
        static let gutter = 56
        static let margin = 24
        static let title = 34
    }

    /// A box with its place.
    private struct Box {
        var x: Int
        var y: Int
        var width: Int
        var height: Int
    }

    /// A picture: boxes in columns, each column in the middle of the height, and curves between them.
    var svg: String {
        let boxes = boxes
        let width = (boxes.map { $0.x + $0.width }.max() ?? 0) + Size.margin
        let height = (boxes.map { $0.y + $0.height }.max() ?? Size.title) + Size.margin
        let title = Self.escapedForXML(title)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"\(width)\" height=\"\(height)\" "
                + "viewBox=\"0 0 \(width) \(height)\">",
            "<title>\(title)</title>", Self.style,
            "<rect class=\"ground\" width=\"\(width)\" height=\"\(height)\"/>",
            "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
                + "orient=\"auto\"><path class=\"tip\" d=\"M0 0 8 4 0 8z\"/></marker></defs>",
            "<text class=\"title\" x=\"\(Size.margin)\" y=\"\(Size.margin)\">\(title)</text>",
        ]
        lines += edges.map { Self.curve(from: boxes[$0.from], to: boxes[$0.to]) }
        for (node, box) in zip(nodes, boxes) { lines += Self.drawing(of: node, in: box) }
        return (lines + ["</svg>"]).joined(separator: "\n")
    }

    private static let style = """
        <style>
        text { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; fill: #1c2330 }
        .title { font-weight: 600 } .name { font-weight: 600 } .detail { fill: #4a5568 }
        .ground { fill: #ffffff } .edge { fill: none; stroke: #8090a8; stroke-width: 1.5 } .tip { fill: #8090a8 }
        rect.source { fill: #e6f0fb; stroke: #5b8fc9 } rect.transform { fill: #f3ecfa; stroke: #9a72c4 }
        rect.window { fill: #fdf1de; stroke: #cf9436 } rect.ledger { fill: #e4f5ea; stroke: #4f9e6b }
        rect.incident { fill: #fce8e6; stroke: #c9645b } rect.output { fill: #eef1f5; stroke: #7b8798 }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6eaf2 } .detail { fill: #aab4c5 } .ground { fill: #12161d }
        rect.source { fill: #16304b } rect.transform { fill: #33234a } rect.window { fill: #46330f }
        rect.incident { fill: #4a1f1b } rect.ledger { fill: #143a24 } rect.output { fill: #232a35 }
        }
        </style>
        """

    // MARK: - Places

    private var boxes: [Box] {
        var boxes = nodes.map { node in
            let letters = ([node.name] + node.details).map(\.count).max() ?? 0
            return Box(
                x: 0, y: 0, width: letters * Size.letter + 2 * Size.padding,
                height: (node.details.count + 1) * Size.line + Size.padding)
        }
        let columns = (0...(nodes.map(\.column).max() ?? 0)).map { column in
            nodes.indices.filter { nodes[$0].column == column }
        }
        let heights = columns.map { column in
            column.reduce(-Size.between) { $0 + boxes[$1].height + Size.between }
        }
        let tallest = heights.max() ?? 0
        var x = Size.margin
        for (column, height) in zip(columns, heights) {
            let width = column.map { boxes[$0].width }.max() ?? 0
            var y = Size.margin + Size.title + (tallest - height) / 2
            for index in column {
                boxes[index].x = x
                boxes[index].y = y
                boxes[index].width = width
                y += boxes[index].height + Size.between
            }
            x += width + Size.gutter
        }
        return boxes
    }

    // MARK: - Drawing

    private static func curve(from: Box, to: Box) -> String {
        let (x1, y1) = (from.x + from.width, from.y + from.height / 2)
        let (x2, y2) = (to.x - 2, to.y + to.height / 2)
        let middle = (x1 + x2) / 2
        return
            "<path class=\"edge\" marker-end=\"url(#tip)\" d=\"M\(x1) \(y1)C\(middle) \(y1) \(middle) \(y2) \(x2) \(y2)\"/>"
    }

    private static func drawing(of node: Node, in box: Box) -> [String] {
        var lines = [
            "<rect class=\"\(node.role.rawValue)\" x=\"\(box.x)\" y=\"\(box.y)\" width=\"\(box.width)\" "
                + "height=\"\(box.height)\" rx=\"6\"/>"
        ]
        for (index, words) in ([node.name] + node.details).enumerated() {
            let y = box.y + Size.line * (index + 1)
            let kind = index == 0 ? "name" : "detail"
            lines.append(
                "<text class=\"\(kind)\" x=\"\(box.x + Size.padding)\" y=\"\(y)\">\(escapedForXML(words))</text>")
        }
        return lines
    }

    private static func escapedForXML(_ text: String) -> String {
        escaped(text, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"])
    }
}
