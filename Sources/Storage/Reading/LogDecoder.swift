/// Decompresses what a log holds, a piece at a time.
protocol LogDecoder: AnyObject {
    /// What the data is called in messages.
    var name: String { get }
    /// Whether the data may end after the input given so far.
    var canEnd: Bool { get }
    /// Decompresses until the input is used up, the output is full, or the data is found to be wrong.
    ///
    /// Without input it writes out what is still held back. Neither pointer is kept.
    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodedStep
}

/// What one step of a decoder did.
struct DecodedStep {
    /// Bytes of input used up.
    var consumed = 0
    /// Bytes of output made.
    var produced = 0
    /// What is wrong with the next byte of input.
    var fault: String?
}
