import ArgumentParser
import Engine
import Foundation
import Kafka
import Pipelines
import RampartCore

/// What all parts of the measurement agree on.
enum Bench {
    static let partitions = 64
    static let inputTopic = "bench.clicks"
    static let partitionNames = (0..<partitions).map { TopicPartition(inputTopic, $0) }

    /// The pipeline, which is read where the script runs.
    static func pipeline() throws -> Pipeline {
        let path = "deploy/bench/clicks.yaml"
        switch PipelineLoader.load(bytes: try Data(contentsOf: URL(filePath: path)), file: path) {
        case .success(let pipeline): return pipeline
        case .failure(let diagnostics): throw ValidationError("\(diagnostics)")
        }
    }

    static func configuration(brokers: String, application: String) -> KafkaConfiguration {
        KafkaConfiguration(bootstrapServers: brokers, group: application, transactionalID: application)
    }

    /// Prints a result as the script reads it.
    static func report(_ name: String, _ value: Double) {
        print("\(name) \(String(format: "%.3f", value))")
    }
}

/// What the process has used up so far.
enum Usage {
    /// Seconds of processor time of all threads, the client library's among them.
    static var processor: Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }
    /// Seconds since an arbitrary moment.
    static var elapsed: Double { seconds(of: CLOCK_MONOTONIC) }
    /// Milliseconds since 1970, the same in all processes.
    static var now: Int64 { Int64(seconds(of: CLOCK_REALTIME) * 1000) }

    /// Megabytes of memory in use.
    static var residentMegabytes: Double {
        let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
        return Double(pages.flatMap { Int($0) } ?? 0) * Double(getpagesize()) / 1_048_576
    }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
