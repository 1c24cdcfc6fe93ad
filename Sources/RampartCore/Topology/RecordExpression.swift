/// A value that is computed from columns of a record.
public struct RecordExpression: Hashable, Sendable {
    /// A column or member that expressions read.
    public struct Column: Hashable, Sendable {
        /// How a column's text becomes a value, by the names of the types in the pipeline file.
        public enum Kind: String, CaseIterable, Hashable, Sendable {
            /// The text of a string, a whole number or a cell.
            case string
            /// A whole number.
            case integer = "int"
            /// A decimal in major units, as a whole number of the smallest units at the source's scale.
            case money
            /// `true` or `false`.
            case boolean = "bool"
        }

        /// Where it stands.
        public var path: Path
        /// The text used where the record has no value, read as a CSV cell would be.
        public var fallback: [UInt8]?
        /// How it is read.
        public var kind: Kind

        /// Creates a column.
        public init(path: Path, fallback: [UInt8]?, kind: Kind) {
            self.path = path
            self.fallback = fallback
            self.kind = kind
        }
    }

    /// The program, which names columns by their places in `columns` and leaves an integer or a string.
    public var program: Program
    /// The columns that the program reads.
    public var columns: [Column]

    /// Creates an expression.
    public init(program: Program, columns: [Column]) {
        self.program = program
        self.columns = columns
    }
}
