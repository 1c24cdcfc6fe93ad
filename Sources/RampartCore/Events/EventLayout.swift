/// Which fields an event keeps once it is decoded, and in which slot.
///
/// A pipeline keeps the fields that its graph reads; the others only enter the event's digest. Behind them lie the slots
/// of what transforms attach, empty until an event has passed the stage.
public struct EventLayout: Hashable, Sendable {
    /// The kept fields; a field's slot is its index here.
    public let fields: [Field]
    /// What transforms attach; a column's slot is its index here behind the fields.
    public let attached: [AttachedColumn]
    /// The slot of each field by raw value, or `noSlot`.
    @usableFromInline let slotByField: [UInt8]
    @usableFromInline static let noSlot: UInt8 = 0xFF

    /// Whether the last slot keeps which transforms an event has passed: where an exchange carries it on.
    public let keepsPassage: Bool

    /// Creates a layout; the order of `fields` is the order of the slots, and none may repeat.
    public init(fields: [Field], attached: [AttachedColumn] = [], keepsPassage: Bool = false) {
        var slots = [UInt8](repeating: Self.noSlot, count: Field.allCases.count)
        for (slot, field) in fields.enumerated() {
            precondition(slots[Int(field.rawValue)] == Self.noSlot, "A field has one slot.")
            slots[Int(field.rawValue)] = UInt8(slot)
        }
        self.fields = fields
        self.attached = attached
        self.keepsPassage = keepsPassage
        stringSlots = (fields.map(\.isString) + attached.map(\.isString)).enumerated()
            .reduce(0) { $1.element ? $0 | 1 << UInt64($1.offset) : $0 }
        self.slotByField = slots
    }

    /// Bit *s* is set when slot *s* holds a string, that is a range of the batch's bytes.
    public let stringSlots: UInt64

    /// Those of them that hold an event's own fields, and nothing that was attached.
    var textSlots: UInt64 { stringSlots & ((1 << UInt64(fields.count)) - 1) }

    /// The number of slots.
    @inlinable
    public var slotCount: Int { fields.count + attached.count + (keepsPassage ? 1 : 0) }

    /// The slot of the passage, as bits of stage indices.
    var passageSlot: Int? { keepsPassage ? slotCount - 1 : nil }

    /// The slot of a field, or nil where the graph does not read it.
    @inlinable
    public func slot(of field: Field) -> Int? {
        let slot = slotByField[Int(field.rawValue)]
        return slot == Self.noSlot ? nil : Int(slot)
    }

    /// The slot of an attached column, which the layout has.
    public func slot(of column: AttachedColumn) -> Int {
        guard let index = attached.firstIndex(of: column) else {
            preconditionFailure("The layout has a slot for each attached column of the graph.")
        }
        return fields.count + index
    }

    /// The name of what lies in a slot.
    public func name(ofSlot slot: Int) -> String {
        slot < fields.count ? fields[slot].name : attached[slot - fields.count].name
    }
}
