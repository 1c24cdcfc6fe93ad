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
            name: "? :", signature: "bool ? T : T -> T",
            summary: "The first value where the condition is true, else the second, even where the other is an error.",
            example: "amount >= (currency == \"JPY\" ? 20000 : 200)"),
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
            summary: "Whether two values of one type are equal; strings are compared byte for byte.",
            example: "type == \"refund\""),
        Entry(
            name: "!=", signature: "T != T -> bool", summary: "Whether two values differ.",
            example: "currency != \"GBP\""),
        Entry(
            name: "<", signature: "T < T -> bool",
            summary: "Whether a number, string, timestamp or duration is below another.", example: "rating < 3"),
        Entry(
            name: "<=", signature: "T <= T -> bool",
            summary: "Whether the left value is below the right one or equal to it.", example: "rating <= 2"),
        Entry(
            name: ">", signature: "T > T -> bool",
            summary: "Whether the left value is above the right one.", example: "cost > 0"),
        Entry(
            name: ">=", signature: "T >= T -> bool",
            summary: "Whether the left value is above the right one or equal to it.", example: "amount >= 5000"),
        Entry(
            name: "in", signature: "T in [T, ...] -> bool",
            summary: "Whether a value equals one of a list.",
            example: "currency in [\"GBP\", \"EUR\"]"),
        Entry(
            name: "+", signature: "number + number -> number, time + duration -> time",
            summary: "The sum; an error where integers leave 64 bits or times their range.", example: "amount + 1 > 100"
        ),
        Entry(
            name: "-", signature: "number - number, -number -> number, time - time -> time",
            summary: "The difference, of two timestamps a duration; or the number with its sign turned.",
            example: "amount - cost > 100"),
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

    /// The functions of conditions, and the macros.
    public static let functions: [Entry] = [
        Entry(
            name: "has", signature: "has(field) -> bool",
            summary: "Whether the event has a value in the field; reading one that it lacks is an error.",
            example: "has(device_id)"),
        Entry(
            name: "size", signature: "string.size(), size(string) -> int",
            summary: "The number of characters.",
            example: "title.size() > 80"),
        Entry(
            name: "startsWith", signature: "string.startsWith(string) -> bool",
            summary: "Whether a string starts with another.",
            example: "buyer_id.startsWith(\"test-\")"),
        Entry(
            name: "endsWith", signature: "string.endsWith(string) -> bool",
            summary: "Whether a string ends with another.",
            example: "email_domain.endsWith(\".example\")"),
        Entry(
            name: "contains", signature: "string.contains(string) -> bool",
            summary: "Whether a string holds another anywhere.",
            example: "user_agent.contains(\"bot\")"),
        Entry(
            name: "lowerAscii", signature: "string.lowerAscii() -> string",
            summary: "The string with the letters A to Z made small.",
            example: "brand.lowerAscii() == \"acme\""),
        Entry(
            name: "timestamp", signature: "timestamp(\"2026-01-01T00:00:00Z\") -> timestamp",
            summary: "A moment; the text is a constant.",
            example: "ts < timestamp(\"2026-01-01T00:00:00Z\")"),
        Entry(
            name: "duration", signature: "duration(\"1h30m\") -> duration",
            summary: "A span of time; the text is a constant.",
            example: "ts - timestamp(\"2026-01-01T00:00:00Z\") > duration(\"12h\")"),
        Entry(
            name: "getFullYear", signature: "timestamp.getFullYear(zone?) -> int",
            summary: "The year in UTC or in a zone.",
            example: "ts.getFullYear() == 2026"),
        Entry(
            name: "getMonth", signature: "timestamp.getMonth(zone?) -> int",
            summary: "The month, 0 for January.",
            example: "ts.getMonth() == 11"),
        Entry(
            name: "getDayOfYear", signature: "timestamp.getDayOfYear(zone?) -> int",
            summary: "The day of the year, 0 for the first.",
            example: "ts.getDayOfYear() == 0"),
        Entry(
            name: "getDayOfMonth", signature: "timestamp.getDayOfMonth(zone?) -> int",
            summary: "The day of the month, 0 for the first.",
            example: "ts.getDayOfMonth() == 0"),
        Entry(
            name: "getDate", signature: "timestamp.getDate(zone?) -> int",
            summary: "The day of the month, 1 for the first.",
            example: "ts.getDate() == 1"),
        Entry(
            name: "getDayOfWeek", signature: "timestamp.getDayOfWeek(zone?) -> int",
            summary: "The day of the week, 0 for Sunday.",
            example: "ts.getDayOfWeek(\"Europe/London\") in [0, 6]"),
        Entry(
            name: "getHours", signature: "timestamp.getHours(zone?), duration.getHours() -> int",
            summary: "The hour that clocks show; of a duration the whole hours in it.",
            example: "ts.getHours(\"Europe/London\") < 6"),
        Entry(
            name: "getMinutes", signature: "timestamp.getMinutes(zone?), duration.getMinutes() -> int",
            summary: "The minute that clocks show; of a duration the whole minutes in it.",
            example: "ts.getMinutes() == 0"),
        Entry(
            name: "getSeconds", signature: "timestamp.getSeconds(zone?), duration.getSeconds() -> int",
            summary: "The second that clocks show; of a duration the whole seconds in it.",
            example: "ts.getSeconds() == 0"),
        Entry(
            name: "getMilliseconds", signature: "timestamp.getMilliseconds(zone?), duration.getMilliseconds() -> int",
            summary: "The milliseconds beside whole seconds.",
            example: "ts.getMilliseconds() == 0"),
        Entry(
            name: "exists", signature: "[T, ...].exists(name, bool) -> bool",
            summary: "Whether the condition is true for an element of the list, which the name stands for.",
            example: "[\"sale\", \"outlet\"].exists(word, title.contains(word))"),
        Entry(
            name: "all", signature: "[T, ...].all(name, bool) -> bool",
            summary: "Whether the condition is true for every element of the list.",
            example: "[buyer_id, account_id].all(id, id != merchant_id)"),
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
