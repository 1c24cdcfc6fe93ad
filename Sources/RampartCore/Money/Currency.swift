/// An ISO 4217 currency code, packed into an integer that sorts as the code does.
public struct Currency: Comparable, Hashable, Sendable {
    /// The three ASCII letters, first letter most significant.
    public var code: UInt32

    /// The currency whose code these bytes spell in capitals; nil where ISO 4217 has none.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 3 else { return nil }
        let code = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard let index = Self.index(of: code), Self.known[index >> 6] & 1 << UInt64(index & 63) != 0 else {
            return nil
        }
        self.code = code
    }

    /// The currency of that code.
    public init?(_ code: String) { self.init(Array(code.utf8)) }

    /// Creates a currency from a packed code that was made by this type.
    @inlinable
    public init(packed code: UInt32) { self.code = code }

    @inlinable
    public static func < (left: Currency, right: Currency) -> Bool { left.code < right.code }

    /// The three letters.
    public var text: String {
        String(decoding: [UInt8(code >> 16 & 0xFF), UInt8(code >> 8 & 0xFF), UInt8(code & 0xFF)], as: UTF8.self)
    }

    /// The codes of all currencies in the order of the alphabet.
    public static var codes: [String] { knownCodes.split(separator: " ").map { String($0) } }

    /// The active codes of ISO 4217 that name money; funds, metals and test codes are left out.
    private static let knownCodes = """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
        CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD \
        HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD \
        MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN \
        PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY \
        TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """

    /// One bit for each combination of three capitals: this is asked for every event.
    private static let known: [UInt64] = {
        var bits = [UInt64](repeating: 0, count: 26 * 26 * 26 / 64 + 1)
        for code in knownCodes.split(separator: " ") {
            guard let index = index(of: code.utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) else { continue }
            bits[index >> 6] |= 1 << UInt64(index & 63)
        }
        return bits
    }()

    /// The number of a packed code among all that three capitals can spell; nil where they are no capitals.
    private static func index(of code: UInt32) -> Int? {
        var index = 0
        for shift in [UInt32(16), 8, 0] {
            let letter = UInt8(truncatingIfNeeded: code >> shift) &- UInt8(ascii: "A")
            guard letter < 26 else { return nil }
            index = index * 26 + Int(letter)
        }
        return index
    }
}
