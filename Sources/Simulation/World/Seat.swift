import Engine

/// A place for a worker: a thread of one machine. The worker in it may die and be replaced; the place stays.
struct Seat {
    /// The machine, whose disk all its workers share.
    let machine: Int
    /// The transactional id of every worker that sits here.
    let transactionalID: String
    /// The member's instance id, where the group has static members.
    let instanceID: String?
    var worker: Worker?
    /// The broker as the simulation knows it, whatever is wrapped around it.
    var client: SimulatedBroker?
    /// When the next worker sits down.
    var comesBackAt: Int64 = .min
    /// Until when the worker is not stepped, as if its process were stopped.
    var frozenUntil: Int64 = .min
    /// Whether the worker has been told to leave.
    var isLeaving = false
}
