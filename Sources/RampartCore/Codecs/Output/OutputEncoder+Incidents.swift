extension OutputEncoder {
    /// Writes a row of `incidents.ndjson`; nothing in it is personal but what names the merchant.
    public func write(_ incident: IncidentRevision, to json: inout JSONWriter) {
        row(to: &json) { json in
            json.member("incident_id", incident.id)
            json.member("revision", incident.revision)
            json.member("state", incident.state.rawValue)
            json.member("stage", topology.stages[incident.stage].name)
            json.member("severity", incident.severity.rawValue)
            json.member("merchant_id", incident.merchantID)
            json.member("opened", incident.opened)
            json.member("quiet_since", incident.quietSince)
            json.member("closed", incident.state == .closed ? incident.paneEnd : nil)
            json.member("pane_end", incident.paneEnd)
            json.member("alerts", incident.members.reduce(0) { $0 + $1.alerts })
            json.member("alerts_open", incident.members.reduce(0) { $0 + $1.open })
            json.array("stages", of: incident.members) { $0.object(Self.members(of: $1)) }
            json.array("timeline", of: incident.timeline) { $0.object(Self.members(of: $1)) }
            json.array("money", of: incident.money) { $0.object(Self.members(of: $1)) }
            json.member("pipeline_revision", incident.pipelineRevision)
            json.member("message", words.message(of: incident))
        }
    }

    private static func members(of member: IncidentRevision.Member) -> (inout JSONWriter) -> Void {
        { json in
            json.member("stage", member.stage)
            json.member("alerts", member.alerts)
            json.member("open", member.open)
            json.member("peak_score", member.peakScore)
        }
    }

    private static func members(of entry: IncidentRevision.Entry) -> (inout JSONWriter) -> Void {
        { json in
            json.member("alert_id", entry.alertID)
            json.member("stage", entry.stage)
            json.member("opened", entry.opened)
            json.member("closed", entry.closed)
            json.member("peak_score", entry.peakScore)
        }
    }

    private static func members(of money: IncidentRevision.Money) -> (inout JSONWriter) -> Void {
        { json in
            json.member("currency", money.currency)
            json.member("scale", money.scale)
            json.member("at_stake_minor", money.atStake)
            json.member("posted_minor", money.posted)
            json.member("held_minor", money.held)
        }
    }
}
