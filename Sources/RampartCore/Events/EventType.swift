/// What kind of thing happened in the marketplace.
public enum EventType: UInt8, CaseIterable, Hashable, Sendable {
    case order, refund, click, review, registration, listing, livestream, void

    /// The name in records and pipeline files.
    public var name: String { "\(self)" }

    /// The event type of that name, if there is one.
    public init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    /// The optional fields of an event of this type, beside `type`, `event_id`, `ts` and `charge_id`.
    public var fields: [Field] {
        switch self {
        case .order:
            [
                .orderID, .merchantID, .buyerID, .listingID, .amount, .currency, .paymentMethod, .ip, .deviceID,
            ]
        case .refund: [.orderID, .merchantID, .buyerID, .amount, .currency, .reason, .ip, .deviceID]
        case .click:
            [.adID, .campaignID, .merchantID, .buyerID, .ip, .deviceID, .userAgent, .cost, .currency]
        case .review: [.reviewID, .orderID, .merchantID, .buyerID, .rating, .text, .ip, .deviceID]
        case .registration: [.accountID, .buyerID, .ip, .deviceID, .phonePrefix, .emailDomain]
        case .listing: [.listingID, .merchantID, .title, .brand, .price, .currency]
        case .livestream: [.streamID, .merchantID, .text]
        case .void: [.merchantID, .chargeID]
        }
    }
}
