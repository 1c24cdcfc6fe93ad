import Testing

@testable import Engine

/// A merchant in two tasks is noticed once.
@Suite struct PartitioningCheckTests {
    @Test func aMerchantOfTwoTasksIsFoundOnce() {
        var check = PartitioningCheck()
        #expect(check.note([1, 2, 3, 2], of: 0) == 0)
        #expect(check.note([4, 1], of: 1) == 1)
        #expect(check.note([1], of: 2) == 0)
        #expect(check.note([1, 2], of: 1) == 1)
        #expect(check.splitCount == 2)
    }

    @Test func moreMerchantsThanTheBoundAreNotLookedAt() {
        var check = PartitioningCheck()
        let merchants = (0..<UInt64(PartitioningCheck.merchantsMax + 1)).map { $0 }
        #expect(check.note(merchants, of: 0) == 0)
        #expect(check.note([UInt64(PartitioningCheck.merchantsMax)], of: 1) == 0)
        #expect(check.note([UInt64(PartitioningCheck.merchantsMax - 1)], of: 1) == 1)
    }
}
