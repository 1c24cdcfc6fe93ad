import Engine

/// The traffic: clicks of 200 bytes, of which every hundredth belongs to an attack of ten that ends in an alert.
struct Clicks {
    static let byteCount = 200
    /// Clicks of a partition between two of its attacks.
    static let attackPeriod = 1000
    static let attackClicks = 10

    /// The time of a partition's first click, in milliseconds since 1970.
    var start: Int64
    /// Clicks a second in each partition.
    var rate: Double

    /// When a partition's click of this number happens.
    func time(of number: Int) -> Int64 { start + Int64(Double(number) * 1000 / rate) }

    /// A partition's click, under its merchant.
    func record(_ number: Int, of partition: Int) -> OutboundRecord {
        // Partitions take turns, so that alerts do not all come at once.
        let phase = (number + partition * 15) % Self.attackPeriod
        let merchant: String
        let device: String
        if phase < Self.attackClicks {
            let last = time(of: number + Self.attackClicks - 1 - phase)
            merchant = "attack-\(partition)-\(last)"
            device = "attacker"
        } else {
            merchant = "shop-\(partition)-\(number % 97)"
            device = "device-\(number)"
        }
        let head =
            #"{"type":"click","event_id":"e\#(number)-\#(partition)","ts":\#(time(of: number)),"merchant_id":"\#(merchant)","#
            + #""ad_id":"ad-1","device_id":"\#(device)","cost":16,"currency":"GBP","ip":"10.0.0.1","user_agent":""#
        let padding = String(repeating: "x", count: max(0, Self.byteCount - head.utf8.count - 2))
        return OutboundRecord(
            topic: Bench.inputTopic, partition: partition, key: Array(merchant.utf8),
            value: Array((head + padding + "\"}").utf8))
    }

    /// When the click came that completed an attack, by the attacked merchant; nil for any other merchant.
    static func attackTime(merchant: String) -> Int64? {
        let parts = merchant.split(separator: "-")
        return parts.count == 3 && parts[0] == "attack" ? Int64(parts[2]) : nil
    }
}
