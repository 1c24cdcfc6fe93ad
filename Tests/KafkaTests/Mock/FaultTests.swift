import Testing

/// What only the mock cluster can show: faults that are ordered.
///
/// Each test has a cluster of its own; one runs at a time, beside the contract's.
@Suite(.serialized, .ownThread) struct FaultTests {}
