import Engine
import Testing

@testable import Kafka

/// What a refused login means, before and after the first answer.
@Suite struct AdmissionTests {
    private let timeout = BrokerError(.retry, code: "_TIMED_OUT", message: "no answer")
    private let refused = BrokerError(.stop, code: "_AUTHENTICATION", message: "wrong password")

    @Test func refusalExplainsTheFirstCallThatFails() {
        var admission = Admission()
        admission.noteCall()
        #expect(admission.reason(for: timeout) == timeout)
        admission.noteRefusal(refused)
        #expect(admission.reason(for: timeout) == refused)
        admission.noteCall()
        #expect(admission.reason(for: timeout) == timeout)
    }

    @Test func refusalOfAClientThatWasLetInPasses() {
        var admission = Admission()
        admission.noteCall()
        admission.noteAnswer()
        admission.noteCall()
        admission.noteRefusal(refused)
        #expect(admission.reason(for: timeout) == timeout)
    }
}
