/// What someone who wrote an unknown word probably meant.
public enum Suggestion {
    /// Words longer than this are compared with nothing: no name is as long, and the cost grows with the square.
    private static let wordBytesMax = 64

    /// The question to add to an error about an unknown word, where a known one is near.
    public static func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String? {
        closest(to: word, among: candidates).map { "did you mean `\($0)`?" }
    }

    /// The candidate with the fewest edits from `word`, the first of equals; nil where none is near.
    ///
    /// Near is one edit for every three letters of the longer word. Case, and `-` for `_`, count as no edits.
    public static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
        let folded = fold(word)
        guard !folded.isEmpty, folded.count <= wordBytesMax else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = fold(candidate)
            guard other.count <= wordBytesMax else { continue }
            let allowed = max(folded.count, other.count) / 3
            // Words of very different lengths are far apart, which spares their table.
            guard abs(folded.count - other.count) <= allowed else { continue }
            let distance = editDistance(folded, other)
            guard distance <= allowed else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// The number of bytes to insert, remove, replace or swap with their neighbour to make `left` into `right`.
    static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        // Three rows of the table of distances between all prefixes: the one before last is for swaps.
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        var current = last
        for i in 0..<left.count {
            current[0] = i + 1
            for j in 0..<right.count {
                let replaced = last[j] + (left[i] == right[j] ? 0 : 1)
                current[j + 1] = min(replaced, last[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    current[j + 1] = min(current[j + 1], beforeLast[j - 1] + 1)
                }
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[right.count]
    }

    private static func fold(_ word: String) -> [UInt8] {
        word.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "-"): UInt8(ascii: "_")
            default: byte
            }
        }
    }
}
