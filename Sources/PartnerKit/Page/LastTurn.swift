import Synchronization

/// How the last turn went, for the people at the page: they see nowhere else that nothing comes in.
final class LastTurn: Sendable {
    private struct State {
        /// Why the inbox could not be read, and since when, ms since 1970.
        var failure: (fault: PartnerFault, since: Int64)?
        /// Why messages that are in it did not come in.
        var failed: [PartnerFault] = []
    }

    private let state = Mutex(State())

    /// The inbox was read.
    func took(_ results: [InboxResult]) {
        var failed: [PartnerFault] = []
        for result in results {
            // What is being handled comes in by another way at this moment.
            if case .failed(let fault) = result.outcome, fault != .beingHandled { failed.append(fault) }
        }
        state.withLock { [failed] in $0 = State(failed: failed) }
    }

    /// The inbox could not be read.
    /// - Parameter now: ms since 1970.
    func failed(_ fault: PartnerFault, at now: Int64 = systemMilliseconds()) {
        state.withLock { $0.failure = (fault, $0.failure?.since ?? now) }
    }

    /// What people are to know of it; empty when all goes well.
    var alarms: [String] {
        let (failure, failed) = state.withLock { ($0.failure, $0.failed) }
        var alarms: [String] = []
        if let failure { alarms.append(PageWords.nothingArrives(failure.fault, since: failure.since)) }
        let ofDisk = failed.count { ["not-stored", "not-taken"].contains($0.code) }
        if ofDisk > 0 { alarms.append(PageWords.doNotArrive(ofDisk, becauseOfDisk: true)) }
        if failed.count > ofDisk { alarms.append(PageWords.doNotArrive(failed.count - ofDisk, becauseOfDisk: false)) }
        return alarms
    }
}
