/// What a topic kept of a message beside its value, shortened to the limits.
public struct RecordOrigin: Hashable, Sendable {
    /// The start of some bytes that anyone may have written.
    public struct Content: Hashable, Sendable {
        /// The first bytes, at most `Limits.originBytes`.
        public let prefix: [UInt8]
        /// Number of bytes of the whole.
        public let byteCount: Int

        /// Keeps the start of some bytes.
        public init(_ bytes: some Collection<UInt8>) {
            prefix = Array(bytes.prefix(Limits.originBytes))
            byteCount = bytes.count
        }
    }

    /// A header of a message.
    public struct Header: Hashable, Sendable {
        /// The name; may repeat.
        public var name: Content
        /// The value, if it has one.
        public var value: Content?

        /// Creates a header.
        public init(name: Content, value: Content?) {
            self.name = name
            self.value = value
        }
    }

    /// The broker's timestamp, if there is one.
    public var timestamp: EventTime?
    /// The key, if there is one.
    public var key: Content?
    /// The first headers in their order, at most `Limits.headers`.
    public var headers: [Header]
    /// Number of all headers.
    public var headerCount: Int

    /// Creates the origin of a message.
    public init(timestamp: EventTime?, key: Content?, headers: [Header], headerCount: Int) {
        self.timestamp = timestamp
        self.key = key
        self.headers = headers
        self.headerCount = headerCount
    }

    /// Writes `timestamp`, the key and the headers; of what was shortened, the whole number too.
    func writeMembers(to json: inout JSONWriter) {
        json.member("timestamp", timestamp)
        if let key { key.writeMembers("key", to: &json) } else { json.member("key", String?.none) }
        json.array("headers", of: headers) { json, header in
            json.object { json in
                header.name.writeMembers("name", to: &json)
                if let value = header.value {
                    value.writeMembers("value", to: &json)
                } else {
                    json.member("value", String?.none)
                }
            }
        }
        if headerCount > headers.count { json.member("headers_count", headerCount) }
    }
}

extension RecordOrigin.Content {
    /// Writes text under a name, or base 64 under a name that says so; and of shortened bytes how many there were.
    fileprivate func writeMembers(_ name: String, to json: inout JSONWriter) {
        if let text = String(validating: prefix, as: UTF8.self) {
            json.member(name, text)
        } else {
            json.member("\(name)_base64", Base64.text(prefix))
        }
        if byteCount > prefix.count { json.member("\(name)_bytes", byteCount) }
    }
}
