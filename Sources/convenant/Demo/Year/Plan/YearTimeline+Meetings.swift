import Casework

extension YearTimeline {
    /// An MDA with all helpers, perhaps follow-up meetings, perhaps another platform; then the work, and the end.
    mutating func interrelated(followUps: Int, platform: Platform?) {
        let partners = helpers.filter { YearHelper.partners.contains($0) }
        let visit = takenOn(.multiple(.interrelated), on: days.after(item.filedOn, 1))
        add(visit, .referrals, .openMeeting(1))
        var held = meeting(1, opened: visit, invited: partners, tasks: partners)
        for helper in partners { work(helper, from: held, pace: .ordinary) }
        add(days.after(held, numbers.number(in: 5...10)), .calls, .finishAction(1))
        for followUp in 0..<followUps {
            let opened = days.after(held, numbers.number(in: 7...9))
            add(opened, .referrals, .openMeeting(followUp + 2))
            held = meeting(followUp + 2, opened: opened, invited: partners, tasks: [])
        }
        if let platform {
            add(held, .referrals, .passOn(followUps + 1, platform))
            let helper = YearHelper(platform)
            let accepted = days.after(held, numbers.number(in: 1...3))
            add(accepted, .helpers, .move(helper, to: .accepted))
            add(days.after(accepted, numbers.number(in: 6...14)), .helpers, .move(helper, to: .completed))
        }
        close(platform == nil ? outcome() : .handedOver, on: days.after(ended, numbers.number(in: 1...4)))
    }

    /// One meeting: dated the next morning, answered by those invited, held a week later. Gives the day.
    mutating func meeting(_ number: Int, opened: CalendarDate, invited: [YearHelper], tasks: [YearHelper]) -> CalendarDate {
        let dated = days.after(opened, 1)
        let held = days.after(dated, numbers.number(in: 4...6))
        add(dated, .calls, .dateMeeting(number, on: held))
        var present: [YearHelper] = []
        for (place, helper) in invited.enumerated() {
            // Somebody who cannot come is heard all the same: two are always there.
            let accepts = place < 2 || numbers.chance(80)
            add(days.after(dated, 1), .answers, .answerInvitation(number, helper, accepts: accepts))
            if accepts { present.append(helper) }
        }
        add(held, .meetings, .holdMeeting(number, present: present, tasks: tasks, due: days.after(held, 40)))
        if numbers.chance(60) {
            add(held, .meetings, .tellOfMeeting(number, way: "atTheTable"))
        } else {
            add(days.after(held, 1), .calls, .tellOfMeeting(number, way: "phone"))
        }
        return held
    }

    /// Debt help works; the housing corporation never takes its task up. Its time passes, somebody calls and hears a promise, two working days
    /// pass, and the MDA opens by itself. There care takes part, and the silent task is taken back.
    mutating func silentHelper() {
        let visit = takenOn(.multiple(.unrelated), on: days.after(item.filedOn, 1))
        add(visit, .referrals, .refer(.housing))
        add(visit, .referrals, .refer(.debtHelp))
        add(days.after(visit, 1), .helpers, .move(.debtHelp, to: .accepted))
        add(days.after(visit, 7), .helpers, .move(.debtHelp, to: .inProgress))
        let called = days.after(visit, 6)
        add(called, .lists, .lookAtCallList)
        add(called, .calls, .call(.housing, outcome: "promised"))
        // Two working days after the call, at the same hour, the ladder's next rung is due; the morning after, the chair finds it.
        let found = days.after(called, 3)
        add(found, .lists, .findMeeting(1))
        let held = meeting(1, opened: found, invited: [.debtHelp], tasks: [.care])
        add(held, .referrals, .takeBack(.housing))
        work(.care, from: held)
        add(days.after(held, 3), .helpers, .move(.debtHelp, to: .completed))
        add(days.after(held, 6), .calls, .finishAction(1))
        close(.partlySolved, on: days.after(ended, 2))
    }
}
