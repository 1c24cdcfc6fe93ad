/// A value that knows its form in our outputs.
public protocol JSONValue {
    /// Writes exactly one JSON value.
    func write(to json: inout JSONWriter)
}

extension String: JSONValue {
    /// Writes the string, escaped.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Bool: JSONValue {
    /// Writes `true` or `false`.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Int: JSONValue {
    /// Writes all digits.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Int64: JSONValue {
    /// Writes all digits.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension UInt64: JSONValue {
    /// Writes all digits.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Int128: JSONValue {
    /// Writes all digits.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Double: JSONValue {
    /// Writes the shortest decimal that reads back as the same double.
    public func write(to json: inout JSONWriter) { json.value(self) }
}

extension Optional: JSONValue where Wrapped: JSONValue {
    /// Writes the value, or `null`.
    public func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { json.null() }
    }
}

extension Array: JSONValue where Element: JSONValue {
    /// Writes the elements in their order.
    public func write(to json: inout JSONWriter) { json.array(of: self) { $1.write(to: &$0) } }
}

extension EventTime: JSONValue {
    /// ISO 8601 in UTC with milliseconds.
    public func write(to json: inout JSONWriter) { json.value(text) }
}

extension Currency: JSONValue {
    /// Writes the three letters.
    public func write(to json: inout JSONWriter) { json.value(text) }
}

extension Threshold.Value: JSONValue {
    /// Writes the number as it is typed in the pipeline file.
    public func write(to json: inout JSONWriter) {
        switch self {
        case .integer(let integer): json.value(integer)
        case .double(let double): json.value(double)
        }
    }
}

extension Alert.MeasureValue: JSONValue {
    /// A number; for money an object of one number per currency; null where there is no value.
    public func write(to json: inout JSONWriter) {
        switch self {
        case .integer(let integer): json.value(integer)
        case .double(let double): json.value(double)
        case .absent: json.null()
        case .money(let values):
            json.object { json in
                for value in values { json.member(value.currency.text, value.value) }
            }
        }
    }
}
