import Foundation
import Pipelines
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Diagrams of pipelines, in each form.
@Suite struct DiagramTests {
    /// A filter, two windows, one of which pays, and a topic's name with all that must be escaped somewhere.
    private static let text = #"""
        pipeline: shop
        sources:
          clicks: { event: click, topic: 'a#<b>&"c"\d', fields: { currency: { path: currency, default: GBP } } }
        stages:
          dear:
            kind: filter
            from: clicks
            keep: cost >= 5
          flood:
            from: dear
            key: [merchant_id, device_id]
            window: { size: 10m, every: 10s }
            measure: { clicks: count() }
            tune: { min_clicks: 10 }
            when: clicks >= min_clicks
            alert: { severity: medium }
            credit: { component: click_cost, reason: invalid_click }
          busy:
            from: clicks
            key: [merchant_id]
            window: { size: 1h, every: 1m }
            measure: { clicks: count() }
            when: clicks >= 1000
            alert: { severity: low }
        sinks:
          alerts: { topic: shop.alerts }
        """#

    private func diagram(_ format: PipelineDiagram.Format) throws -> String {
        PipelineDiagram(try load(Self.text)).text(as: format)
    }

    @Test func textNamesEveryBoxAndWhereItLeads() throws {
        let lines = try diagram(.text).split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map(
            String.init)
        #expect(
            lines == [
                "", "Sources", #"  clicks        click; by merchant_id; topic a#<b>&"c"\d"#,
                "                -> dear, busy",
                "", "Transforms", "  dear", "                -> flood",
                "", "Windows",
                "  flood         by merchant_id, device_id; 10m every 10s; min_clicks = 10; severity medium; credits click_cost",
                "                -> ledger, alerts",
                "  busy          by merchant_id; 1h every 1m; severity low", "                -> alerts",
                "", "Ledger", "  ledger        statement every 1h", "                -> credit_lines, credits",
                "", "Outputs", "  credit_lines", "  credits", "  alerts        topic shop.alerts",
            ])
    }

    @Test func aStageInShadowLeadsToItsOwnOutputAlone() throws {
        let text = Self.text.replacing("  flood:\n", with: "  flood:\n    mode: shadow\n")
        let lines = PipelineDiagram(try load(text)).text(as: .text)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines[9...] == [
                "", "Windows",
                "  flood   in shadow; by merchant_id, device_id; 10m every 10s; min_clicks = 10; severity medium; credits click_cost",
                "          -> shadow",
                "  busy    by merchant_id; 1h every 1m; severity low", "          -> alerts",
                "", "Outputs", "  alerts  topic shop.alerts", "  shadow",
            ])
    }

    @Test func mermaidEscapesWhatWouldEndItsWords() throws {
        let text = try diagram(.mermaid)
        #expect(text.contains(#"n0(["clicks<br>click<br>by merchant_id<br>topic a#35;#lt;b#gt;&#quot;c#quot;#92;d"])"#))
        #expect(text.contains(#"n1{{"dear"}}"#) && text.contains("n0 --> n1") && text.contains("n1 --> n2"))
        #expect(text.components(separatedBy: " --> ").count == 9)
    }

    @Test func dotQuotesItsLabels() throws {
        let text = try diagram(.dot)
        #expect(text.contains(#"n0 [shape=oval, label="clicks\nclick\nby merchant_id\ntopic a#<b>&\"c\"\\d"];"#))
        #expect(text.contains("n2 -> n4;") && text.hasSuffix("\n}"))
    }

    @Test func pictureIsWellFormedAndHoldsEveryBoxInside() throws {
        let reader = PictureReader()
        let parser = XMLParser(data: Data(try diagram(.svg).utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reader.words.contains(#"topic a#<b>&"c"\d"#))
        #expect(reader.boxes.count == 9 && reader.paths == 9)
        let ground = try #require(reader.boxes.first)
        for (index, box) in reader.boxes.dropFirst().enumerated() {
            #expect(ground.contains(box), "box \(index) is outside")
            for other in reader.boxes.dropFirst(index + 2) { #expect(!box.intersects(other)) }
        }
    }
}

/// What a picture draws.
private final class PictureReader: NSObject, XMLParserDelegate {
    var boxes: [CGRect] = []
    var paths = 0
    var words: [String] = []
    private var isText = false

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        func number(_ name: String) -> Double { attributes[name].flatMap { Double($0) } ?? 0 }
        switch element {
        case "rect":
            boxes.append(CGRect(x: number("x"), y: number("y"), width: number("width"), height: number("height")))
        case "path": paths += 1
        case "text": words.append("")
        default: break
        }
        isText = element == "text"
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if isText, !words.isEmpty { words[words.count - 1] += string }
    }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
    ) { isText = false }
}
