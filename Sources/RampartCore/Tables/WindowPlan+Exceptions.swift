/// What counts for one merchant: the settings of the stage but for what data files except; nothing is excepted for keys that name
/// none.
extension WindowPlan {
    /// The thresholds of a merchant at a pane end.
    func thresholds(for merchant: String?, at end: EventTime) -> [Threshold] {
        guard hasExceptions, let merchant else { return thresholds }
        var thresholds = thresholds
        for override in exceptions.overrides(for: merchant, at: end) {
            thresholds[override.threshold].value = override.value
        }
        return thresholds
    }

    /// The mute that keeps findings of a merchant from being told live; a stage in shadow has nothing to mute.
    func mute(of merchant: String?, at end: EventTime) -> StageExceptions.Mute? {
        guard mode == .live, hasExceptions, let merchant else { return nil }
        return exceptions.mute(of: merchant, at: end)
    }

    /// Where findings of a merchant are told at a pane end.
    func mode(for merchant: String?, at end: EventTime) -> Stage.Mode {
        mute(of: merchant, at: end) == nil ? mode : .shadow
    }

    /// What a finding of a merchant claims at a pane end: nothing in shadow.
    func creditInForce(for merchant: String?, at end: EventTime) -> CreditPolicy? {
        mode(for: merchant, at: end) == .live ? window.credit : nil
    }

    /// What alerts about a merchant say of the settings in force at a pane end.
    func settings(for merchant: String?, at end: EventTime) -> Alert.Settings {
        guard hasExceptions, let merchant else { return settings }
        var settings = settings
        settings.overrides = exceptions.overrides(for: merchant, at: end)
        for override in settings.overrides { settings.thresholds[override.threshold].value = override.value }
        settings.mute = mute(of: merchant, at: end)
        return settings
    }

    /// The first pane end of the stage behind a moment at which an exception has just ended: what holds may change there.
    func turn(after time: EventTime) -> EventTime? {
        // A few dozen at most are ahead of a window; the search is for those that are long past.
        var low = 0
        var high = turns.count
        while low < high {
            let middle = (low + high) / 2
            if turns[middle] > time { high = middle } else { low = middle + 1 }
        }
        return low < turns.count ? turns[low] : nil
    }

    /// Whether an allow-list keeps an event out.
    func allows(_ row: Int, of batch: EventBatch) -> Bool {
        allowLists.contains { $0.keys.contains($0.slot, row: row, of: batch) }
    }
}
