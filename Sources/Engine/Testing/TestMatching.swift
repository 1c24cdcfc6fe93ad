/// Which expectation of a test goes with which row that came.
struct TestMatching {
    /// For each expectation the row that meets it, or nil.
    private(set) var rows: [Int?]
    /// The rows that no expectation took, in their order.
    var rest: [Int] { owners.indices.filter { owners[$0] == nil } }

    private let candidates: [[Int]]
    private var owners: [Int?]

    /// Gives as many expectations as possible a row of their own.
    ///
    /// An expectation that names little fits many rows. So one that finds its rows taken has their owners look for
    /// another row first; taking the first that fits would fail tests whose expectations are all met.
    init(expected: Int, came: Int, matches: (Int, Int) -> Bool) {
        candidates = (0..<expected).map { index in (0..<came).filter { matches(index, $0) } }
        rows = Array(repeating: nil, count: expected)
        owners = Array(repeating: nil, count: came)
        for index in 0..<expected {
            var tried = Set<Int>()
            _ = place(index, &tried)
        }
    }

    private mutating func place(_ index: Int, _ tried: inout Set<Int>) -> Bool {
        for row in candidates[index] where tried.insert(row).inserted {
            if let owner = owners[row], !place(owner, &tried) { continue }
            owners[row] = index
            rows[index] = row
            return true
        }
        return false
    }
}
