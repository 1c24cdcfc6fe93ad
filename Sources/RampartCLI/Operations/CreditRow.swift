import Foundation

/// A row of the credits topic, as far as lines and tables need it.
struct CreditRow: Decodable {
    /// What a person decided.
    struct Decision: Decodable {
        var who: String
        var why: String
    }

    var creditId: String
    var revision: Int
    var state: String
    var component: String
    var reason: String
    var merchantId: String
    var amountMinor: Int64
    var currency: String
    var scale: Int
    var periodStart: String
    var periodEnd: String
    var lines: Int
    var decision: Decision?

    /// Reads a record's value; nil where it is no credit.
    init?(bytes: [UInt8]) {
        guard let row = try? Self.decoder.decode(CreditRow.self, from: Data(bytes)) else { return nil }
        self = row
    }

    /// The amount in the major unit.
    var amount: String { "\(MajorText.text(units: Int128(amountMinor), scale: scale)) \(currency)" }

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }()
}
