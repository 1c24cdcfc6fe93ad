import Glibc

/// The time of day, for what the daemon does beside the stages, which know event time alone.
///
/// It is read once, and goes on with the machine's uptime: a clock that is set back must not stop commits, and one that
/// jumps ahead must not promise idle partitions past what is to come.
enum WallClock {
    private static let start = read(CLOCK_REALTIME) - read(CLOCK_BOOTTIME)

    /// Milliseconds since 1970.
    static var now: Int64 { start + read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Lets the thread sleep.
    static func sleep(milliseconds: Int64) {
        guard milliseconds > 0 else { return }
        var time = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        nanosleep(&time, nil)
    }
}

extension Duration {
    /// Whole milliseconds.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
