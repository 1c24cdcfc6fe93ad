extension ZoneRules {
    /// The moment at which clocks in the zone show `local`, given as the milliseconds that UTC would show it at.
    ///
    /// A local time that happens twice is the earlier one; one that is skipped is read with the offset before the gap.
    func moment(local: Int64) -> EventTime {
        // The first transition after which `local` is not yet reached by the offset before it.
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            let end = transitions[middle].start.milliseconds.addingReportingOverflow(offset(middle).milliseconds)
            if end.overflow || local < end.partialValue { high = middle } else { low = middle + 1 }
        }
        let moment = EventTime(milliseconds: local) - offset(low)
        guard low > 0, moment < transitions[low - 1].start else { return moment }
        return EventTime(milliseconds: local) - offset(low - 1)
    }

    /// How far the zone's clocks are ahead of UTC at a moment.
    func offset(at time: EventTime) -> EventSpan {
        // The first transition that is later.
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if time < transitions[middle].start { high = middle } else { low = middle + 1 }
        }
        return offset(low)
    }

    /// The offset before the transition with this index.
    private func offset(_ index: Int) -> EventSpan {
        index == 0 ? initialOffset : transitions[index - 1].offset
    }
}
