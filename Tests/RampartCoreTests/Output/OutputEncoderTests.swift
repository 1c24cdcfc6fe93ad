import Testing

@testable import RampartCore

@Suite struct OutputEncoderTests {
    private let encoder = OutputEncoder(topology: OutputFixtures.topology())

    @Test func alertRow() {
        let row = OutputFixtures.text { encoder.write(OutputFixtures.alert(), to: &$0) }
        let expected =
            #"{"schema_version":1,"alert_id":"0123456789abcdef0123456789abcdef","revision":1,"state":"open","#
            + #""stage":"malicious-clicks","mode":"live","severity":"medium","merchant_id":"m-1","#
            + #""key":{"merchant_id":"m-1","ad_id":"ad-1","device_id":"d4a77bc"},"#
            + #""window_start":"2011-11-14T12:00:00.000Z","window_end":"2011-11-14T12:10:00.000Z","#
            + #""pane_end":"2011-11-14T12:10:00.000Z","score":1.1818181818181819,"#
            + #""measures":{"clicks":12,"cost":{"GBP":180},"average_cost":{"GBP":15.0}},"#
            + #""thresholds":{"min_clicks":10,"min_ratio":0.5},"pipeline_revision":"r-1","#
            + #""evidence":{"event_ids":["c-1","c-2"],"accounts":["buyer-17"],"counts":{"click":12,"accounts":1}},"#
            + #""message":"malicious-clicks at merchant m-1: clicks 12, cost 1.80 GBP, average_cost 0.15 GBP "#
            + #"from 2011-11-14 12:00:00 to 12:10:00 UTC (ad_id ad-1, device_id d4a…)"}"# + "\n"
        #expect(row == expected)
    }

    @Test func absentMeasuresAreNullAndCurrenciesStandSideBySide() {
        var alert = OutputFixtures.alert()
        alert.measures = [
            .integer(.min), .money([OutputFixtures.money(2, OutputFixtures.euros), OutputFixtures.money(1)]),
            .absent,
        ]
        let row = OutputFixtures.text { encoder.write(alert, to: &$0) }
        #expect(
            row.contains(
                #""measures":{"clicks":-9223372036854775808,"cost":{"EUR":2,"GBP":1},"average_cost":null}"#))
    }

    @Test func theSinksMaskCoversKeyAndAccounts() {
        let masking = OutputEncoder(topology: OutputFixtures.topology(), masks: SinkMasks(live: true))
        let row = OutputFixtures.text { masking.write(OutputFixtures.alert(), to: &$0) }
        #expect(row.contains(#""key":{"merchant_id":"m-1","ad_id":"ad-1","device_id":"d4a…"}"#))
        #expect(row.contains(#""accounts":["buy…"]"#))
        #expect(row.contains(#""event_ids":["c-1","c-2"]"#))
        #expect(!row.contains("d4a77bc") && !row.contains("buyer-17"))
    }

    @Test func scoreRow() {
        let row = OutputFixtures.text { encoder.write(OutputFixtures.score(), to: &$0) }
        let expected =
            #"{"schema_version":1,"stage":"malicious-clicks","mode":"live","per":"hour","#
            + #""hour":"2011-11-14T12:00:00.000Z","merchant_id":"m-1","#
            + #""key":{"merchant_id":"m-1","ad_id":"ad-1","device_id":"d4a77bc"},"#
            + #""pane_end":"2011-11-14T12:10:00.000Z","score":0.75,"evaluations":4,"findings":0}"# + "\n"
        #expect(row == expected)
    }

    /// Scores name keys as the alerts of their mode do.
    @Test func scoresAreMaskedAsAlertsAre() {
        let masking = OutputEncoder(topology: OutputFixtures.topology(), masks: SinkMasks(live: false, shadow: true))
        var score = OutputFixtures.score()
        #expect(OutputFixtures.text { masking.write(score, to: &$0) }.contains("d4a77bc"))
        score.mode = .shadow
        #expect(!OutputFixtures.text { masking.write(score, to: &$0) }.contains("d4a77bc"))
        var alert = OutputFixtures.alert()
        alert.mode = .shadow
        #expect(!OutputFixtures.text { masking.write(alert, to: &$0) }.contains("d4a77bc"))
    }

    @Test func creditLineRow() {
        let row = OutputFixtures.text { encoder.write(OutputFixtures.line(), to: &$0) }
        let expected =
            #"{"schema_version":1,"line_id":"0123456789abcdef0123456789abcdef","charge_id":"c-1","#
            + #""component":"click_cost","reason":"invalid_click","state":"posted","merchant_id":"m-1","#
            + #""ad_id":"ad-1","amount_minor":15,"currency":"GBP","scale":2,"ts":"2011-11-14T12:00:00.000Z","#
            + #""alert_id":"0123456789abcdef0123456789abcdef","stage":"malicious-clicks","#
            + #""pane_end":"2011-11-14T12:10:00.000Z"}"# + "\n"
        #expect(row == expected)
        var line = OutputFixtures.line()
        line.adID = nil
        #expect(OutputFixtures.text { encoder.write(line, to: &$0) }.contains(#""ad_id":null,"#))
    }

    /// What a reload changes is told as it was when the row was made, whatever the encoder's topology says now.
    @Test func alertsCarryTheSettingsInForce() {
        var alert = OutputFixtures.alert()
        alert.settings = Alert.Settings(
            revision: "r-0", severity: .critical, thresholds: [Threshold(name: "min_clicks", value: .integer(7))],
            message: [.text("at least "), .threshold(0)])
        let row = OutputFixtures.text { encoder.write(alert, to: &$0) }
        #expect(row.contains(#""severity":"critical""#) && row.contains(#""pipeline_revision":"r-0""#))
        #expect(row.contains(#""thresholds":{"min_clicks":7}"#) && row.contains(#""message":"at least 7""#))
    }

    @Test func aMessageSetAsideNamesItsTopic() {
        var letter = OutputFixtures.deadLetter(Array("{".utf8))
        letter.origin = RecordOrigin(
            timestamp: OutputFixtures.noon, key: RecordOrigin.Content(Array("m-1".utf8)),
            headers: [
                RecordOrigin.Header(
                    name: RecordOrigin.Content(Array("trace".utf8)), value: RecordOrigin.Content([0xFF]))
            ], headerCount: 1)
        let named = OutputEncoder(
            topology: OutputFixtures.topology(), partitions: [("a", 0), ("a", 1), ("shop.clicks", 4)])
        let row = OutputFixtures.text { named.write(letter, to: &$0) }
        let expected =
            #"{"schema_version":1,"reason":"invalid_json","detail":"byte 3: expected a member's name","#
            + #""source":"clicks","topic":"shop.clicks","partition":4,"offset":17,"#
            + #""timestamp":"2011-11-14T12:00:00.000Z","key":"m-1","#
            + #""headers":[{"name":"trace","value_base64":"/w=="}],"raw":"{"}"# + "\n"
        #expect(row == expected)
        // Without names there is no message that anyone could find.
        #expect(OutputFixtures.text { encoder.write(letter, to: &$0) }.contains(#""partition":2,"position":17,"#))
    }

    @Test func aDecisionStandsInItsCredit() {
        var credit = OutputFixtures.credit()
        credit.revision = 2
        credit.state = .posted
        credit.decision = Credit.Decision(
            commandID: "7", action: .approve, who: "ann", why: "seen", paneEnd: OutputFixtures.noon)
        let row = OutputFixtures.text { encoder.write(credit, to: &$0) }
        #expect(
            row.hasSuffix(
                #""decision":{"command_id":"7","action":"approve","who":"ann","why":"seen","#
                    + #""pane_end":"2011-11-14T12:00:00.000Z"}}"# + "\n"))
    }

    @Test func creditRow() {
        let row = OutputFixtures.text { encoder.write(OutputFixtures.credit(), to: &$0) }
        let expected =
            #"{"schema_version":1,"credit_id":"0123456789abcdef0123456789abcdef","revision":1,"state":"held","#
            + #""component":"click_cost","reason":"invalid_click","merchant_id":"m-1","#
            + #""amount_minor":170141183460469231731687303715884105727,"currency":"GBP","scale":2,"#
            + #""period_start":"2011-11-14T12:00:00.000Z","period_end":"2011-11-14T13:00:00.000Z","lines":3,"#
            + #""alerts":1,"alert_ids":["0123456789abcdef0123456789abcdef"]}"# + "\n"
        #expect(row == expected)
    }

    @Test func deadLetterRow() {
        let row = OutputFixtures.text { encoder.write(OutputFixtures.deadLetter(Array("{\"a\"".utf8)), to: &$0) }
        #expect(
            row == #"{"schema_version":1,"reason":"invalid_json","detail":"byte 3: expected a member's name","#
                + #""source":"clicks","partition":2,"position":17,"raw":"{\"a\""}"# + "\n")
        let homeless = OutputFixtures.text { encoder.write(OutputFixtures.deadLetter([], source: nil), to: &$0) }
        #expect(homeless.contains(#""source":null,"partition":2,"position":17,"raw":"""#))
    }

    @Test func lateRow() {
        let row = OutputFixtures.text { encoder.write(OutputFixtures.late([0xFF]), to: &$0) }
        #expect(
            row == #"{"schema_version":1,"source":"orders","partition":0,"position":3,"#
                + #""ts":"2011-11-14T12:00:00.000Z","watermark":"2011-11-14T12:00:01.000Z","event_id":null,"#
                + #""merchant_id":"m-1","raw_base64":"/w=="}"# + "\n")
    }

    @Test func placesSortBySourceThenPartitionThenPosition() {
        let sorted = [
            RecordPlace(source: nil, partition: 9, position: 9), RecordPlace(source: 0, partition: 0, position: 1),
            RecordPlace(source: 0, partition: 0, position: 2), RecordPlace(source: 0, partition: 1, position: 0),
            RecordPlace(source: 1, partition: 0, position: 0),
        ]
        #expect(sorted.reversed().sorted() == sorted)
    }
}
