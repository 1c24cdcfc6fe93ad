/// The charges of an incident in one currency and scale, and what was told of them (R25).
struct IncidentMoney: Hashable, Sendable {
    /// What a sum of money was when a revision told it last.
    struct Told: Hashable, Sendable {
        var atStake: Int128 = 0
        var posted: Int128 = 0
        var held: Int128 = 0
    }

    let currency: Currency
    let scale: Int
    /// Lines that the rules have posted.
    var posted: Int128 = 0
    /// Lines that the rules have held.
    var held: Int128 = 0
    var told = Told()

    /// Whether what the ledger has made has doubled since it was told, so that it is worth a row.
    var isCreditWorthTelling: Bool {
        Self.doubles(told.posted, posted) || Self.doubles(told.held, held)
    }

    /// Whether some sum has doubled; `claimable` is what the ledger is about to claim.
    func isWorthTelling(_ claimable: Int128) -> Bool {
        isCreditWorthTelling || Self.doubles(told.atStake, posted + held + claimable)
    }

    /// Notes that everything was told, and makes the part of the row.
    mutating func tell(_ claimable: Int128) -> IncidentRevision.Money {
        told = Told(atStake: posted + held + claimable, posted: posted, held: held)
        return IncidentRevision.Money(
            currency: currency, scale: scale, atStake: told.atStake, posted: posted, held: held)
    }

    private static func doubles(_ mark: Int128, _ value: Int128) -> Bool { value >= max(1, 2 * mark) }
}

extension [IncidentMoney] {
    /// The place of a currency and scale, which is made where there is none; places are in the order of rows.
    mutating func place(of currency: Currency, scale: Int) -> Int {
        let place = firstIndex { ($0.currency, $0.scale) >= (currency, scale) } ?? count
        if place == count || self[place].currency != currency || self[place].scale != scale {
            insert(IncidentMoney(currency: currency, scale: scale), at: place)
        }
        return place
    }
}
