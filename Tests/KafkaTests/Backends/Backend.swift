import Foundation
import Testing

/// The clusters that the contract is held against.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
    /// The client library's own, in this process.
    case mock
    /// A broker of another make, as a process of its own.
    case noida
    /// The simulation's, in virtual time.
    case simulated

    var testDescription: String { rawValue }

    /// The cluster that all tests share; the simulated one has a single group, and is made anew for each.
    func fixture() throws -> any BrokerFixture {
        switch self {
        case .mock: try MockFixture.shared.get()
        case .noida: try NoidaFixture.shared.get()
        case .simulated: SimulatedFixture()
        }
    }
}

/// Names that no other test uses.
struct Names {
    private let root: String

    init(_ test: String = #function) {
        let letters = test.prefix { $0 != "(" }
        root = "\(letters).\(UUID().uuidString.prefix(8).lowercased())"
    }

    var group: String { "\(root).group" }
    func topic(_ name: String = "topic") -> String { "\(root).\(name)" }
    func id(_ name: String = "id") -> String { "\(root).\(name)" }
    func member(_ name: String = "id") -> Member { Member(group: group, transactionalID: id(name)) }
}
