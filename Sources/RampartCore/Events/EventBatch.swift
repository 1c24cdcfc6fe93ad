/// Events in contiguous memory: fixed-size headers, one 64-bit word per slot, and the bytes of their strings.
///
/// The same shape holds decoded chunks, staging and the accepted events behind the windows, so that moving an
/// event from one to the next is three appends and no allocation of its own.
public struct EventBatch: Sendable {
    /// Where a string lies in `bytes`.
    public struct ByteRange: Hashable, Sendable {
        /// Index of the first byte.
        public var offset: UInt32
        /// Number of bytes.
        public var count: UInt32

        /// Creates a range from its first byte and its length.
        @inlinable
        public init(offset: UInt32, count: UInt32) {
            self.offset = offset
            self.count = count
        }

        /// Unpacks a range from a slot's word.
        @inlinable
        public init(word: Int64) {
            let bits = UInt64(bitPattern: word)
            self.init(offset: UInt32(truncatingIfNeeded: bits >> 32), count: UInt32(truncatingIfNeeded: bits))
        }

        /// The range packed into one word of a slot.
        @inlinable
        public var word: Int64 { Int64(bitPattern: UInt64(offset) << 32 | UInt64(count)) }

        /// The same range as indices.
        @inlinable
        public var indices: Range<Int> { Int(offset)..<Int(offset) + Int(count) }
    }

    /// What every event has, whatever its fields.
    public struct Header: Sendable {
        /// When it happened.
        public var time: EventTime
        /// Digest of all mapped fields; equal events have equal digests.
        public var digest: Digest
        /// Stable hash of the value of the source's `partitioned_by` field (R22).
        public var partitionHash: UInt64
        /// For a late event the watermark at which it takes effect (R30), else `notLate`.
        public var lateAt: EventTime
        /// The bytes of `event_id`; empty where the source maps none.
        public var identity: ByteRange
        /// Bit *s* is set when slot *s* has a value.
        public var present: UInt64
        /// Index of the source in the topology.
        public var source: UInt16
        /// What happened.
        public var type: EventType

        /// The value of `lateAt` for an event that is on time.
        public static let notLate = EventTime.distantFuture

        /// Whether the event was behind its own partition's watermark when read (R9).
        @inlinable
        public var isLate: Bool { lateAt != Self.notLate }

        /// Creates a header.
        public init(
            time: EventTime, digest: Digest, partitionHash: UInt64, lateAt: EventTime = Header.notLate,
            identity: ByteRange, present: UInt64, source: Int, type: EventType
        ) {
            self.time = time
            self.digest = digest
            self.partitionHash = partitionHash
            self.lateAt = lateAt
            self.identity = identity
            self.present = present
            self.source = UInt16(source)
            self.type = type
        }
    }

    /// The most slots a layout can have, the width of `Header.present`.
    public static let slotCountMax = 64

    /// One header per event.
    public var headers: ContiguousArray<Header> = []
    /// `slotCount` words per event: an integer, or a packed `ByteRange`; zero where absent.
    public var slots: ContiguousArray<Int64> = []
    /// The bytes of all strings.
    public var bytes: ContiguousArray<UInt8> = []
    /// Words per event in `slots`.
    public let slotCount: Int

    /// Creates an empty batch for events with `slotCount` slots.
    public init(slotCount: Int) {
        precondition(slotCount <= Self.slotCountMax, "A layout has at most \(Self.slotCountMax) slots.")
        self.slotCount = slotCount
    }

    /// Number of events.
    @inlinable
    public var count: Int { headers.count }
    /// Whether there are no events.
    @inlinable
    public var isEmpty: Bool { headers.isEmpty }

    /// Whether the event in `row` has a value in `slot`.
    @inlinable
    public func has(_ slot: Int, row: Int) -> Bool { headers[row].present & (1 << UInt64(slot)) != 0 }

    /// The integer in a slot; meaningful only where `has` is true.
    @inlinable
    public func integer(_ slot: Int, row: Int) -> Int64 { slots[row * slotCount + slot] }

    /// The bytes of a string slot; empty where absent.
    @inlinable
    public func string(_ slot: Int, row: Int) -> ArraySlice<UInt8> {
        bytes[range(slot, row: row).indices]
    }

    /// Where the bytes of a string slot lie; empty where absent.
    @inlinable
    public func range(_ slot: Int, row: Int) -> ByteRange { ByteRange(word: slots[row * slotCount + slot]) }

    /// Takes the last event back; its strings' bytes stay until `removeAll`.
    public mutating func removeLast() {
        headers.removeLast()
        slots.removeLast(slotCount)
    }

    /// Removes all events and keeps the memory.
    public mutating func removeAll() {
        headers.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }
}
