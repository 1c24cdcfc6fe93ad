/// The kinds of transforms that there are.
public enum Transforms {
    /// All kinds, in the order of the reference.
    public static let all: [any Transform.Type] = [
        Filter.self, Join.self, Table.self,
    ]

    /// The kind of a name.
    public static func kind(named name: String) -> (any Transform.Type)? { all.first { $0.kind == name } }
}
