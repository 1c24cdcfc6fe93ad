/// Shortens what could tell who a person is (R38).
enum Mask {
    /// Characters of a value that may stay.
    private static let keptMax = 3

    /// The value of a field: whole where the field is not personal.
    static func personal(_ value: String, of field: Field) -> String {
        guard field.isPersonal else { return value }
        if field == .ip, let network = networkOfIPv4(value) { return "\(network).*.*" }
        return personal(value)
    }

    /// The first characters of a value, never more than half of it, and an ellipsis.
    static func personal(_ value: String) -> String {
        let count = min(keptMax, value.unicodeScalars.count / 2)
        return String(String.UnicodeScalarView(value.unicodeScalars.prefix(count))) + "…"
    }

    /// The first two of the four numbers of an IPv4 address; nil where the text is none.
    private static func networkOfIPv4(_ text: String) -> String? {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress =
            octets.count == 4
            && octets.allSatisfy { octet in
                octet.utf8.count <= 3 && UInt8(octet) != nil && octet.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
        return isAddress ? "\(octets[0]).\(octets[1])" : nil
    }
}
