import Engine
import Testing

@testable import Kafka

/// What can be done about each error, by Kafka's and the library's numbers.
@Suite struct RemedyTests {
    /// Rights, configuration, topics and logs; whatever the library makes of them.
    @Test(arguments: [29, 30, 31, 53, 58, 17, 40, 37, 38, 10, 18, 1, -169, -181, -140, -186, -199])
    func personalErrorsStop(_ code: Int32) {
        #expect(Remedies.remedy(for: code) == .stop)
        #expect(Remedies.remedy(for: code, Remedies.Traits(isFatal: true)) == .stop)
        #expect(Remedies.remedy(for: code, Remedies.Traits(needsAbort: true)) == .stop)
        #expect(Remedies.remedy(for: code, Remedies.Traits(isRetriable: true)) == .stop)
    }

    @Test(arguments: [90, 47, 82, -144, -150])
    func fencedClientsRejoin(_ code: Int32) {
        #expect(Remedies.remedy(for: code) == .rejoin)
        #expect(Remedies.remedy(for: code, Remedies.Traits(needsAbort: true)) == .rejoin)
    }

    @Test(arguments: [22, 25, 27])
    func staleMembersAbort(_ code: Int32) {
        #expect(Remedies.remedy(for: code) == .abort)
        #expect(Remedies.remedy(for: code, Remedies.Traits(isRetriable: true)) == .abort)
    }

    @Test(arguments: [-185, -192, -195, -187, -193, -184, -188, -190, 3, 5, 6, 7, 14, 15, 16, 19, 20, 51, 88])
    func passingErrorsAreRetried(_ code: Int32) {
        #expect(Remedies.remedy(for: code) == .retry)
        #expect(Remedies.remedy(for: code, Remedies.Traits(needsAbort: true)) == .abort)
        #expect(Remedies.remedy(for: code, Remedies.Traits(isFatal: true)) == .rejoin)
    }

    /// A wrong state of the client (-172) and an error that the cluster does not explain (-1).
    @Test(arguments: [Int32(-172), -1])
    func otherErrorsWantANewClient(_ code: Int32) {
        #expect(Remedies.remedy(for: code) == .rejoin)
        #expect(Remedies.remedy(for: code, Remedies.Traits(isRetriable: true)) == .retry)
    }
}
