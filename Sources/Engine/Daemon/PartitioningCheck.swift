/// Sees to it that a merchant's events all come through one task.
///
/// Producers that partition one key differently, as Java clients and librdkafka do by default, split a merchant in two, and
/// no stage would ever see all of it. The check knows the tasks of one worker, and so many merchants as fit its bound.
struct PartitioningCheck {
    /// Merchants that are remembered; later ones are not looked at.
    static let merchantsMax = 1 << 18

    private var tasks: [UInt64: Int] = [:]
    private var split: Set<UInt64> = []

    /// Merchants that were seen in two tasks.
    var splitCount: Int { split.count }

    /// Notes merchants of a task; returns how many of them are newly found to be in another one too.
    mutating func note(_ merchants: [UInt64], of task: Int) -> Int {
        var found = 0
        for merchant in merchants {
            guard let known = tasks[merchant] else {
                if tasks.count < Self.merchantsMax { tasks[merchant] = task }
                continue
            }
            if known != task, split.insert(merchant).inserted { found += 1 }
        }
        return found
    }
}
