import Casework

extension ReferralDesk {
    /// Until when a message that is queued at `start` is tried: ``DeskSettings/retryDays`` days of partners' office hours, so that no weekend,
    /// Easter or Christmas uses them up. On the machine's clock, as messages are.
    func windowEnd(from start: Instant) -> Instant {
        let hours = WorkingCalendar.partnerHours
        return hours.adding(officeTime: settings.retryDays * hours.officeDay, to: start)
    }
}
