import Simulation
import Testing

/// Time that moves only when told.
@Suite struct VirtualClockTests {
    @Test func movesWhenTold() {
        var clock = VirtualClock(startingAt: 1000)
        clock.advance(by: 5)
        #expect(clock.now == 1005)
    }
}
