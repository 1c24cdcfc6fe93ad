import Testing

/// What every implementation of the port must do, held against each cluster.
///
/// One test runs at a time, so that two cores are enough and time-outs mean something.
@Suite(.serialized, .ownThread) struct BrokerTests {}
