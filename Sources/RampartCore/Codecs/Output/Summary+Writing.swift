extension Summary {
    /// Writes `summary.json`: one object and a line end.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("schema_version", OutputEncoder.schemaVersion)
            json.member("pipeline", family)
            json.member("pipeline_revision", revision)
            json.member("complete", isComplete)
            json.member("flushed", isFlushed)
            json.member("interrupted", interruption)
            fates.writeMembers(to: &json)
            json.object("dead_letters") { writeDeadLetters(to: &$0) }
            json.array("logs", of: logs) { json, log in
                json.object { json in
                    json.member("name", log.name)
                    json.member("read", log.read)
                }
            }
            json.array("sources", of: sources) { $1.write(to: &$0) }
            json.member("saturated_key_groups", saturatedKeyGroups)
            json.array("stages", of: stages) { $1.write(to: &$0) }
            json.object("alerts") { Self.write(windows, \.alerts, to: &$0) }
            json.object("shadow") { Self.write(shadowed, \.shadow, to: &$0) }
            json.object("incidents") { writeIncidents(to: &$0) }
            json.array("credits", of: credits.sorted { $0.key < $1.key }) { json, entry in
                Self.write(entry.key, entry.value, to: &json)
            }
            json.object("ledger") { ledger.writeMembers(to: &$0) }
            json.member("shards", run.shards)
            json.member("events_per_second", eventsPerSecond)
            json.member("wall_seconds", run.wallSeconds)
            json.member("peak_rss_bytes", run.peakResidentBytes)
        }
        json.endRow()
    }

    /// Records read per second of elapsed time; 0 where no time passed.
    public var eventsPerSecond: Double {
        run.wallSeconds > 0 ? (Double(fates.read) / run.wallSeconds).rounded() : 0
    }

    private func writeDeadLetters(to json: inout JSONWriter) {
        let sorted = deadLetters.filter { $0.value != 0 }.sorted {
            $0.key.rawValue.utf8.lexicographicallyPrecedes($1.key.rawValue.utf8)
        }
        for (reason, count) in sorted { json.member(reason.rawValue, count) }
    }

    private func writeIncidents(to json: inout JSONWriter) {
        let gathering = stages.filter { $0.kind == "incident" }
        json.member("opened", gathering.reduce(0) { $0 + $1.incidents.opened })
        json.member("revisions", gathering.reduce(0) { $0 + $1.incidents.revisions })
        json.array("by_stage", of: gathering) { json, stage in
            json.object { json in
                json.member("stage", stage.name)
                json.member("opened", stage.incidents.opened)
                json.member("revisions", stage.incidents.revisions)
            }
        }
    }

    private var windows: [StageSummary] { stages.filter { $0.severity != nil } }

    /// The stages in shadow, and those that were while the log was recorded.
    private var shadowed: [StageSummary] { windows.filter { $0.mode == .shadow || $0.shadow.revisions > 0 } }

    private static func write(
        _ stages: [StageSummary], _ counts: KeyPath<StageSummary, AlertCounts>, to json: inout JSONWriter
    ) {
        json.member("opened", stages.reduce(0) { $0 + $1[keyPath: counts].opened })
        json.member("revisions", stages.reduce(0) { $0 + $1[keyPath: counts].revisions })
        json.array("by_stage", of: stages) { json, stage in
            json.object { json in
                json.member("stage", stage.name)
                json.member("severity", stage.severity?.rawValue)
                json.member("opened", stage[keyPath: counts].opened)
                json.member("revisions", stage[keyPath: counts].revisions)
            }
        }
    }

    private static func write(_ key: CreditKey, _ sum: CreditSum, to json: inout JSONWriter) {
        json.object { json in
            json.member("component", key.component)
            json.member("state", key.state.rawValue)
            json.member("currency", key.currency)
            json.member("scale", key.scale)
            json.member("lines", sum.lines)
            json.member("amount_minor", sum.amount)
        }
    }
}

extension FateCounts {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("read", read)
        json.member("accepted", accepted)
        json.member("duplicate", duplicate)
        json.member("conflict", conflict)
        json.member("late", late)
        json.member("filtered", filtered)
        json.member("dead_lettered", deadLettered)
        json.member("staged", staged)
    }
}

extension SourceSummary {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("identity", identity.rawValue)
            json.member("unremembered", unremembered)
            fates.writeMembers(to: &json)
            json.object("events") { json in
                for type in EventType.allCases {
                    if let count = events[type] { json.member(type.name, count) }
                }
            }
            json.array("money", of: money.sorted { $0.key < $1.key }) { json, entry in
                json.object { json in
                    json.member("type", entry.key.type.name)
                    json.member("field", entry.key.field.name)
                    json.member("currency", entry.key.currency)
                    json.member("scale", scale)
                    json.member("amount_minor", entry.value)
                }
            }
            json.member("first_ts", firstTime)
            json.member("last_ts", lastTime)
        }
    }
}

extension StageSummary {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("kind", kind)
            if let mode { json.member("mode", mode.rawValue) }
            json.member("events", events)
            json.member("unkeyed", unkeyed)
            json.member("unmatched", unmatched)
            json.member("allowed", allowed)
            json.member("refused", refused)
            json.member("findings", findings)
            json.member("muted", muted)
            json.member("keys_max", keysMax)
            json.member("bytes_max", bytesMax)
            json.member("condition_errors", conditionErrors)
        }
    }
}

extension LedgerSummary {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("claims", claims)
        json.member("refused", refused)
        json.member("voided", voided)
        let sorted = unjustified.sorted { $0.lineID.utf8.lexicographicallyPrecedes($1.lineID.utf8) }
        json.array("unjustified", of: sorted) { json, line in
            json.object { json in
                json.member("line_id", line.lineID)
                json.member("merchant_id", line.merchantID)
                json.member("amount_minor", line.amount)
                json.member("currency", line.currency)
                json.member("scale", line.scale)
                json.member("state", line.state.rawValue)
            }
        }
    }
}
