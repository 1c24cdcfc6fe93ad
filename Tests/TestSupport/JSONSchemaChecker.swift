import Foundation

/// Checks a value against the few keywords of JSON Schema that our schemas use; any other keyword is a fault itself.
public struct JSONSchemaChecker {
    private static let annotations: Set<String> = ["$schema", "title", "description", "definitions"]

    /// The schemas that `$ref` can name.
    private let definitions: [String: [String: Any]]

    /// Creates a checker for a schema whose parts refer to its `definitions`.
    public init(definitionsOf schema: [String: Any] = [:]) {
        definitions = schema["definitions"] as? [String: [String: Any]] ?? [:]
    }

    /// What does not fit, each with the way to it; empty where the value is valid.
    public func faults(of value: Any, against schema: [String: Any], at path: String = "$") -> [String] {
        schema.flatMap { keyword, argument -> [String] in
            switch keyword {
            case _ where Self.annotations.contains(keyword): []
            case "$ref", "propertyNames", "anyOf", "if", "then", "else":
                applied(keyword, argument, of: schema, to: value, path)
            case "minProperties", "maxProperties", "minLength", "maxLength":
                size(of: value, keyword, argument, path)
            case "type": type(of: value, argument, path)
            case "const", "enum":
                ((argument as? [Any]) ?? [argument]).contains { isEqual($0, value) } ? [] : ["\(path): \(keyword)"]
            case "pattern": pattern(of: value, argument, path)
            case "minimum", "maximum": bound(of: value, keyword, argument, path)
            case "minItems": (value as? [Any])?.count ?? .max >= argument as? Int ?? .max ? [] : ["\(path): too few"]
            case "maxItems": (value as? [Any])?.count ?? 0 <= argument as? Int ?? 0 ? [] : ["\(path): too many"]
            case "required":
                (argument as? [String] ?? ["?"]).filter { member(value, $0) == nil }.map { "\(path): no \($0)" }
            case "properties", "additionalProperties": []
            case "items":
                (value as? [Any] ?? []).enumerated().flatMap { index, element in
                    faults(of: element, against: argument as? [String: Any] ?? [:], at: "\(path)[\(index)]")
                }
            case "oneOf":
                (argument as? [[String: Any]] ?? []).filter { faults(of: value, against: $0).isEmpty }.count == 1
                    ? [] : ["\(path): oneOf"]
            case "dependentRequired":
                (argument as? [String: [String]] ?? [:]).flatMap { name, others in
                    member(value, name) == nil ? [] : others.filter { member(value, $0) == nil }
                }
            default: ["\(path): unknown keyword \(keyword)"]
            }
        } + members(of: value, schema, path)
    }

    /// The keywords that lead to other schemas.
    private func applied(
        _ keyword: String, _ argument: Any, of schema: [String: Any], to value: Any, _ path: String
    ) -> [String] {
        switch keyword {
        case "$ref":
            let name = (argument as? String ?? "").replacing("#/definitions/", with: "")
            guard let schema = definitions[name] else { return ["\(path): no definition \(name)"] }
            return faults(of: value, against: schema, at: path)
        case "propertyNames":
            let names = (value as? [String: Any] ?? [:]).keys
            return names.flatMap { faults(of: $0, against: argument as? [String: Any] ?? [:], at: "\(path).\($0)") }
        case "anyOf":
            let schemas = argument as? [[String: Any]] ?? []
            return schemas.contains { faults(of: value, against: $0).isEmpty } ? [] : ["\(path): anyOf"]
        case "if":
            let isMet = faults(of: value, against: argument as? [String: Any] ?? [:]).isEmpty
            return faults(of: value, against: schema[isMet ? "then" : "else"] as? [String: Any] ?? [:], at: path)
        default: return []
        }
    }

    private func size(of value: Any, _ keyword: String, _ argument: Any, _ path: String) -> [String] {
        let isLength = keyword.hasSuffix("Length")
        guard let count = isLength ? (value as? String)?.unicodeScalars.count : (value as? [String: Any])?.count,
            let bound = argument as? Int
        else { return [] }
        return (keyword.hasPrefix("min") ? count >= bound : count <= bound) ? [] : ["\(path): \(keyword)"]
    }

    /// The names of all properties below a schema, as ways such as `ledger.unjustified[].line_id`.
    public static func properties(of schema: [String: Any], at path: String = "") -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        return properties.flatMap { name, property in
            [path + name] + Self.properties(of: property, at: "\(path)\(name).")
                + Self.properties(of: property["items"] as? [String: Any] ?? [:], at: "\(path)\(name)[].")
        }
    }

    /// The ways to all members of a value.
    public static func paths(in value: Any, at path: String = "") -> [String] {
        if let members = value as? [String: Any] {
            let prefix = path.isEmpty ? "" : path + "."
            return members.flatMap { [prefix + $0] + paths(in: $1, at: prefix + $0) }
        }
        return (value as? [Any] ?? []).flatMap { paths(in: $0, at: path + "[]") }
    }

    // MARK: -

    private func members(of value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        guard let object = value as? [String: Any] else { return [] }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        return object.flatMap { name, member -> [String] in
            if let property = properties[name] { return faults(of: member, against: property, at: "\(path).\(name)") }
            if let other = schema["additionalProperties"] as? [String: Any] {
                return faults(of: member, against: other, at: "\(path).\(name)")
            }
            return schema["additionalProperties"] as? Bool == false ? ["\(path): surplus \(name)"] : []
        }
    }

    private func type(of value: Any, _ argument: Any, _ path: String) -> [String] {
        let allowed = (argument as? [String]) ?? [argument as? String ?? "?"]
        let actual =
            switch value {
            case is NSNull: ["null"]
            case is String: ["string"]
            case is [Any]: ["array"]
            case is [String: Any]: ["object"]
            case let number as NSNumber:
                isBoolean(number) ? ["boolean"] : isWhole(number) ? ["integer", "number"] : ["number"]
            default: ["?"]
            }
        return allowed.contains { actual.contains($0) } ? [] : ["\(path): \(actual) is not \(allowed)"]
    }

    private func pattern(of value: Any, _ argument: Any, _ path: String) -> [String] {
        guard let text = value as? String, let pattern = argument as? String else { return [] }
        return text.range(of: pattern, options: .regularExpression) == nil ? ["\(path): pattern"] : []
    }

    private func bound(of value: Any, _ keyword: String, _ argument: Any, _ path: String) -> [String] {
        guard let number = value as? NSNumber, let bound = argument as? NSNumber else { return [] }
        let isWithin =
            keyword == "minimum" ? number.doubleValue >= bound.doubleValue : number.doubleValue <= bound.doubleValue
        return isWithin ? [] : ["\(path): \(keyword)"]
    }

    private func member(_ value: Any, _ name: String) -> Any? { (value as? [String: Any])?[name] }

    private func isEqual(_ left: Any, _ right: Any) -> Bool {
        if let left = left as? String { return left == right as? String }
        return (left as? NSNumber).map { $0 == right as? NSNumber } ?? false
    }

    private func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

    private func isWhole(_ number: NSNumber) -> Bool { number.doubleValue == number.doubleValue.rounded() }
}
