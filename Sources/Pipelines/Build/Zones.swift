internal import Foundation
internal import RampartCore

/// Time zones by name, as plain values for the core.
enum Zones {
    /// The rules of a named zone from 1970 to 2100.
    static func rules(_ node: YamlNode, _ report: Report) -> ZoneRules? {
        guard let name = node.string("zone", report) else { return nil }
        guard let rules = rules(named: name) else {
            report.error(
                node.position, "\(quoted(name)) is no time zone; expected a name such as Europe/London or UTC",
                suggestion(name))
            return nil
        }
        return rules
    }

    /// The rules of a named zone from 1970 to 2100, if there is one.
    static func rules(named name: String) -> ZoneRules? {
        // Letters such as PST mean different zones in different countries, so only regions have names here.
        let isRegion = name.contains("/") || name == "UTC" || name == "GMT"
        guard isRegion, let zone = TimeZone(identifier: name) else { return nil }
        return rules(zone, name: name)
    }

    /// The name that was probably meant.
    static func suggestion(_ name: String) -> String? {
        let names = TimeZone.knownTimeZoneIdentifiers
        // People know their city, and forget the part of the world before it.
        let cities = Dictionary(names.map { ($0.split(separator: "/").last.map(String.init) ?? $0, $0) }) { $1 }
        let city = Suggestion.closest(to: name, among: cities.keys.sorted()).flatMap { cities[$0] }
        return Suggestion.didYouMean(name, among: names + ["UTC"]) ?? city.map { "did you mean `\($0)`?" }
    }

    /// Finds every change of offset, also those that have nothing to do with summer time.
    static func rules(_ zone: TimeZone, name: String) -> ZoneRules {
        let first: Int64 = -1
        let last = EventTime.year2100.milliseconds / 1000 + 366 * secondsPerDay
        let initial = offset(zone, at: first)
        var rules = ZoneRules(name: name, initialOffset: .seconds(initial))
        var current = initial
        var start = first
        while start < last {
            // No zone has changed its offset twice within three days and come back, so none is stepped over.
            let end = start + 3 * secondsPerDay
            let next = offset(zone, at: end)
            if next != current {
                var low = start
                var high = end
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if offset(zone, at: middle) == current { low = middle } else { high = middle }
                }
                current = next
                rules.transitions.append(
                    ZoneRules.Transition(start: EventTime(milliseconds: high * 1000), offset: .seconds(current)))
            }
            start = end
        }
        return rules
    }

    private static let secondsPerDay: Int64 = 86_400

    private static func offset(_ zone: TimeZone, at seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
}
