import RampartCore

extension ModelPipeline {
    /// Where a stage's events lie: by the way of keys that they were dealt out by, one after the other; empty at the merchant's.
    ///
    /// Nil where they lie in several places.
    func place(of stage: Int) -> [Set<Field>]? {
        var inputs = stages[stage].inputs
        var key: Set<Field>?
        switch stages[stage].kind {
        case .filter: break
        case .incident: return incidentPlace(inputs)
        case .join(let join):
            inputs += join.with
            key = Set(join.key)
        case .table(let table): key = Set(table.key)
        case .window(let window): key = Set(window.key)
        }
        var places: Set<[Set<Field>]> = []
        for input in inputs {
            switch input {
            case .source: places.insert([])
            case .stage(let other):
                guard let place = place(of: other) else { return nil }
                places.insert(place)
            }
        }
        guard places.count == 1, let place = places.first else { return nil }
        let own = key.map { (place.last ?? [.merchantID]).isSubset(of: $0) ? place : place + [$0] } ?? place
        // A table lies where the window is whose findings it keeps.
        if case .table(let table) = stages[stage].kind, self.place(of: table.of) != own { return nil }
        return own
    }

    /// Where all alerts of a merchant from some windows are, and so an incident can be; nil where there is no such place.
    func incidentPlace(_ windows: [Stage.Input]) -> [Set<Field>]? {
        var places: Set<[Set<Field>]> = []
        for case .stage(let window) in windows {
            guard let key = stages[window].window?.key, key.contains(.merchantID), let place = place(of: window),
                place.last.map({ $0 == [.merchantID] }) ?? true
            else { return nil }
            places.insert(place)
        }
        return places.count == 1 ? places.first : nil
    }

    /// Whether every stage finds all that it reads in one place.
    var isDealtOut: Bool { stages.indices.allSatisfy { place(of: $0) != nil } }

    /// Takes the credit from windows that are kept apart from the merchant.
    mutating func removeForeignCredits() {
        for index in stages.indices {
            guard case .window(var window) = stages[index].kind, window.credit != nil, place(of: index) != [] else {
                continue
            }
            window.credit = nil
            stages[index].kind = .window(window)
        }
    }
}
