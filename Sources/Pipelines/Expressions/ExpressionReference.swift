/// What expressions and measures are made of, for `rampart list` and the reference of the pipeline file.
public enum ExpressionReference {
    /// One operator, function or measure.
    public struct Entry: Hashable, Sendable {
        /// The name, or the operator as it is written.
        public let name: String
        /// How it is used, with the types of its operands and of its value.
        public let signature: String
        /// What it does, in one sentence.
        public let summary: String
        /// A use of it that the loader accepts.
        public let example: String
    }

    /// The operators, from those that bind least to those that bind most.
    public static let operators: [Entry] = [
        Entry(
            name: "||", signature: "bool || bool -> bool",
            summary: "True if one side is true, even where the other is an error.",
            example: "rating <= 1 || cost > 100"),
        Entry(
            name: "&&", signature: "bool && bool -> bool",
            summary: "True if both sides are; false if one is false, even where the other is an error.",
            example: "has(device_id) && cost > 0"),
        Entry(
            name: "==", signature: "T == T -> bool",
            summary: "Whether two numbers, strings or bools are equal; strings are compared byte for byte.",
            example: "type == \"refund\""),
        Entry(
            name: "!=", signature: "T != T -> bool", summary: "Whether two values differ.",
            example: "currency != \"GBP\""),
        Entry(
            name: "<", signature: "number < number, string < string -> bool",
            summary: "Whether the left value is below the right one.", example: "rating < 3"),
        Entry(
            name: "<=", signature: "number <= number, string <= string -> bool",
            summary: "Whether the left value is below the right one or equal to it.", example: "rating <= 2"),
        Entry(
            name: ">", signature: "number > number, string > string -> bool",
            summary: "Whether the left value is above the right one.", example: "cost > 0"),
        Entry(
            name: ">=", signature: "number >= number, string >= string -> bool",
            summary: "Whether the left value is above the right one or equal to it.", example: "amount >= 5000"),
        Entry(
            name: "in", signature: "T in [constant, ...] -> bool",
            summary: "Whether a value equals one of a list of constants.",
            example: "currency in [\"GBP\", \"EUR\"]"),
        Entry(
            name: "+", signature: "number + number -> number",
            summary: "The sum; an error where integers leave 64 bits.", example: "amount + 1 > 100"),
        Entry(
            name: "-", signature: "number - number, -number -> number",
            summary: "The difference, or the number with its sign turned.", example: "amount - cost > 100"),
        Entry(
            name: "*", signature: "number * number -> number",
            summary: "The product; an integer beside a double is made a double.", example: "amount * 0.5 > 100"),
        Entry(
            name: "/", signature: "number / number -> number",
            summary: "The quotient; of integers without its fraction, and an error where the divisor is zero.",
            example: "amount / 100 > 5"),
        Entry(
            name: "%", signature: "int % int -> int",
            summary: "What is left by a division of integers, with the sign of the left one.",
            example: "amount % 100 == 0"),
        Entry(
            name: "!", signature: "!bool -> bool", summary: "True if the operand is false.",
            example: "!(rating >= 3)"),
    ]

    /// The functions of conditions.
    public static let functions: [Entry] = [
        Entry(
            name: "has", signature: "has(field) -> bool",
            summary: "Whether the event has a value in the field; reading one that it lacks is an error.",
            example: "has(device_id)")
    ]

    /// The functions of measures, each with an optional condition that picks the events.
    public static let measures: [Entry] = [
        Entry(
            name: "count", signature: "count(condition?) -> int", summary: "The number of events.",
            example: "count(type == \"refund\")"),
        Entry(
            name: "sum", signature: "sum(number field, condition?) -> int",
            summary: "The exact sum of a field, for money one per currency.", example: "sum(cost)"),
        Entry(
            name: "min", signature: "min(number field, condition?) -> int",
            summary: "The smallest value of a field; no value where no event has it.", example: "min(rating)"),
        Entry(
            name: "max", signature: "max(number field, condition?) -> int",
            summary: "The largest value of a field; no value where no event has it.",
            example: "max(amount, type == \"order\")"),
        Entry(
            name: "avg", signature: "avg(number field, condition?) -> double",
            summary: "The exact sum of a field divided by the number of events that have it.",
            example: "avg(rating)"),
        Entry(
            name: "distinct", signature: "distinct(field, condition?) -> int",
            summary: "The number of different values of a field.",
            example: "distinct(buyer_id, type == \"refund\")"),
    ]
}
