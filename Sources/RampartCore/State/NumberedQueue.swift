/// A first-in-first-out queue in contiguous memory whose elements keep their number from arrival to removal.
struct NumberedQueue<Element>: Sendable where Element: Sendable {
    private var storage: ContiguousArray<Element> = []
    /// Elements of `storage` that have been removed and wait to be compacted.
    private var removed = 0
    /// The number of `storage[0]`.
    private var base = 0

    /// The number of the oldest element.
    var firstNumber: Int { base + removed }
    /// The number that the next element will get.
    var nextNumber: Int { base + storage.count }
    var count: Int { storage.count - removed }
    var isEmpty: Bool { removed == storage.count }
    var first: Element? { isEmpty ? nil : storage[removed] }

    /// Bytes held, removed elements that still take memory included.
    var byteCount: Int { storage.capacity * MemoryLayout<Element>.stride }

    /// The element with a number that is still in the queue.
    subscript(number: Int) -> Element {
        get { storage[number - base] }
        set { storage[number - base] = newValue }
    }

    /// Adds an element and returns its number.
    @discardableResult
    mutating func append(_ element: Element) -> Int {
        storage.append(element)
        return base + storage.count - 1
    }

    /// Removes the oldest element.
    mutating func removeFirst() {
        removed += 1
        if removed == storage.count {
            base += removed
            removed = 0
            storage.removeAll(keepingCapacity: true)
        } else if removed >= 64, removed * 2 >= storage.count {
            // Half of the memory is dead: each element is moved at most once on average.
            storage.removeFirst(removed)
            base += removed
            removed = 0
        }
    }
}
