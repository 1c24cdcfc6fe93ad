/// What a worker asks of Kafka: a consumer in the group, a transactional producer, and reads of internal topics.
///
/// One thread uses it, one call at a time, and nothing happens but in a call. Calls may block as long as the client's
/// timeouts allow; `poll` and `read` no longer than `wait`. The group divides the partitions of one topic, the *lead*
/// topic; the worker itself adds the partitions of the other input topics that go with them, so that the partitions of
/// one number always meet in one place, whichever assignor the group uses.
///
/// All reading is `read_committed`. `auto.offset.reset` is `error`, and nothing is committed but by transactions.
public protocol Broker: AnyObject {
    // MARK: Topics

    /// The number of partitions of a topic; nil where there is no such topic.
    func partitionCount(of topic: String) throws(BrokerError) -> Int?
    /// Creates the topics that do not exist yet; those that do are left as they are.
    func createTopics(_ topics: [TopicSpec]) throws(BrokerError)
    /// The offset of the first record that is kept, and that of the next one to be appended, open transactions included.
    func logRange(of partition: TopicPartition) throws(BrokerError) -> Range<Int64>

    // MARK: The group

    /// Joins the group for the partitions of the lead topic. Called once.
    func subscribe(to lead: String) throws(BrokerError)
    /// The generation of the group in which this member was last told of a change; -1 before, and once its place is lost.
    ///
    /// A revocation under a cooperative protocol is told in the next generation, in which the last commit is to be made.
    var groupGeneration: Int { get }
    /// Fetches records of started, unpaused partitions, in the order of each partition, until `inbox` is full, no more
    /// are at hand or the group changes; waits for the first one no longer than `wait`.
    ///
    /// A change of the group ends the call, with the records that came before it in the inbox. It must be answered by
    /// `start` (for `.assigned`) or `stop` (for `.revoked`) before any other call that starts or stops, and before the
    /// next poll, with an empty list if need be; partitions can be started later.
    func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange?
    /// Begins to fetch partitions from the given offsets, paused if so wanted; answers an assignment. One that is fetched
    /// already is fetched from the given offset on.
    ///
    /// An offset out of the log's range makes the next poll throw with the remedy `stop`.
    func start(_ partitions: [StartOffset], isPaused: Bool) throws(BrokerError)
    /// Ends fetching; answers a revocation. No record of these partitions comes any more.
    func stop(_ partitions: [TopicPartition]) throws(BrokerError)
    /// Stops fetching for a while; records on their way come after `resume`.
    func pause(_ partitions: [TopicPartition]) throws(BrokerError)
    /// Goes on where `pause` stopped.
    func resume(_ partitions: [TopicPartition]) throws(BrokerError)
    /// What the group has committed, once no transaction that would change it is open.
    func committed(_ partitions: [TopicPartition]) throws(BrokerError) -> [TopicPartition: CommittedOffset]

    // MARK: Internal topics

    /// Reads some records of a partition from an offset on, outside of the group.
    ///
    /// `next` is the offset to go on from: behind the last record read, and behind gaps and markers as far as they are
    /// known. Reads of several partitions may alternate; each that goes on where the last one ended is cheap.
    func read(
        _ partition: TopicPartition, from offset: Int64, wait: Duration
    ) throws(BrokerError) -> (records: [StoredRecord], next: Int64)

    // MARK: Transactions

    /// Takes over the transactional id: fences whoever had it, and ends its open transaction. Called once.
    func initTransactions() throws(BrokerError)
    /// Opens a transaction.
    func beginTransaction() throws(BrokerError)
    /// Hands over records of the open transaction; what becomes of them shows at the latest in `commitTransaction`.
    ///
    /// After an error with the remedy `retry`, none of the records has been taken.
    func produce(_ records: [OutboundRecord]) throws(BrokerError)
    /// Adds offsets of the group to the open transaction, under the generation of the last change that was polled: a
    /// member that the group has left behind since is refused with the remedy `abort`.
    func sendOffsets(_ offsets: [TopicPartition: CommittedOffset]) throws(BrokerError)
    /// Commits, once all records of the transaction are acknowledged. After `retry` the call is repeated until it
    /// says what became of the transaction.
    func commitTransaction() throws(BrokerError)
    /// Aborts the open transaction.
    func abortTransaction() throws(BrokerError)

    // MARK: Leaving

    /// Aborts an open transaction, leaves the group and gives up all handles; later calls are not allowed.
    func close()
}

/// How the group has changed its mind about this member.
public enum GroupChange: Hashable, Sendable {
    /// These partitions of the lead topic were added.
    case assigned([Int])
    /// These partitions of the lead topic are to be given up; `isLost` if somebody else may have them already, so that
    /// nothing of them can be committed.
    case revoked([Int], isLost: Bool)
}
