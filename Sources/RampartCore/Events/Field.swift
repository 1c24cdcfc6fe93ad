/// The flat set of optional fields that an event can carry.
public enum Field: UInt8, CaseIterable, Hashable, Sendable {
    case merchantID, orderID, buyerID, listingID, adID, campaignID, reviewID, streamID, accountID, chargeID
    case amount, cost, price, currency
    case rating
    case ip, deviceID, userAgent, paymentMethod, reason, phonePrefix, emailDomain, brand
    case title, text

    /// How a field's value is read, kept and typed in expressions.
    public enum Kind: Hashable, Sendable {
        /// A short string, compared byte for byte.
        case identifier
        /// A long string.
        case text
        /// A 64-bit integer.
        case integer
        /// A non-negative 64-bit integer at the source's scale, in the currency of the event.
        case money
        /// An ISO 4217 code.
        case currency
    }

    /// The kind of value that this field holds.
    public var kind: Kind {
        switch self {
        case .amount, .cost, .price: .money
        case .currency: .currency
        case .rating: .integer
        case .title, .text: .text
        default: .identifier
        }
    }

    /// Whether values are kept as bytes; the others are integers.
    public var isString: Bool {
        switch kind {
        case .identifier, .text, .currency: true
        case .integer, .money: false
        }
    }

    /// The most bytes of a value that is kept as bytes.
    var byteLimit: Int { kind == .text ? Limits.textBytes : Limits.identifierBytes }

    /// Whether the field says something about a person, and so is masked in messages (R38).
    public var isPersonal: Bool {
        switch self {
        case .buyerID, .accountID, .ip, .deviceID, .userAgent, .phonePrefix, .emailDomain: true
        default: false
        }
    }

    /// The name in records and pipeline files, in snake case.
    public var name: String {
        switch self {
        case .merchantID: "merchant_id"
        case .orderID: "order_id"
        case .buyerID: "buyer_id"
        case .listingID: "listing_id"
        case .adID: "ad_id"
        case .campaignID: "campaign_id"
        case .reviewID: "review_id"
        case .streamID: "stream_id"
        case .accountID: "account_id"
        case .chargeID: "charge_id"
        case .deviceID: "device_id"
        case .userAgent: "user_agent"
        case .paymentMethod: "payment_method"
        case .phonePrefix: "phone_prefix"
        case .emailDomain: "email_domain"
        case .amount, .cost, .price, .currency, .rating, .ip, .reason, .brand, .title, .text: "\(self)"
        }
    }

    /// The field of that name, if there is one.
    public init?(name: String) {
        guard let field = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = field
    }
}
