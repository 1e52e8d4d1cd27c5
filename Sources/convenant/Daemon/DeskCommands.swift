import ArgumentParser
import Casework
import Disclosure
import Exchange
import Foundation
import Storage
import StrictJSON

/// The commands that change something: run on the desk itself, here or in the daemon that holds the folder.
enum DeskCommands {
    /// Runs one command on a desk, which is that of the folder.
    static func run(_ command: String, _ arguments: JSONObject, on desk: ReferralDesk, of folder: DataFolder) async throws(DeskRefusal)
        -> DeskAnswer
    {
        func text(_ name: String) throws(DeskRefusal) -> String {
            guard let text = arguments[name]?.stringValue else {
                throw .invalidInput([InputFault(pointer: "/\(name)", code: "missing-member", detail: "`\(name)` is missing")])
            }
            return text
        }
        func organisation(_ name: String) throws(DeskRefusal) -> OrganisationNumber {
            guard let oin = OrganisationNumber(try text(name)) else {
                throw .invalidInput([
                    InputFault(
                        pointer: "/\(name)", code: "invalid-oin", detail: "this is not an organisation's number",
                        hint: "an OIN has 20 digits")
                ])
            }
            return oin
        }
        func member<Member: RawRepresentable & CaseIterable>(_ name: String, of list: Member.Type, detail: String) throws(DeskRefusal)
            -> Member where Member.RawValue == String
        {
            guard let member = Member(rawValue: try text(name)) else {
                throw .invalidInput([
                    InputFault(
                        pointer: "/\(name)", code: "not-in-list", detail: detail,
                        hint: list.allCases.map(\.rawValue).joined(separator: ", "))
                ])
            }
            return member
        }
        func message() throws(DeskRefusal) -> MessageID {
            guard let id = MessageID(try text("message")) else { throw .notFound }
            return id
        }
        func instant(_ name: String) throws(DeskRefusal) -> Instant {
            guard let instant = Instant(rfc3339: try text(name)) else {
                throw .invalidInput([
                    InputFault(
                        pointer: "/\(name)", code: "invalid-instant", detail: "this is not a date-time",
                        hint: "write it as 2026-11-21T09:00:00+01:00")
                ])
            }
            return instant
        }
        switch command {
        case "partner.add":
            return try await desk.addPartner(
                oin: try organisation("oin"), name: try text("name"), certificatePEM: Array(try text("certificate").utf8),
                keys: Array(try text("keys").utf8), endpoint: arguments["endpoint"]?.stringValue,
                events: arguments["events"]?.stringValue, telephone: arguments["telephone"]?.stringValue,
                mandatedRole: arguments["mandatedRole"]?.stringValue)
        case "partner.rotate":
            guard let day = CalendarDate(try text("until")) else {
                throw .invalidInput([
                    InputFault(pointer: "/until", code: "invalid-date", detail: "this is not a date", hint: "write it as 2026-12-31")
                ])
            }
            return try await desk.rotatePartner(
                try organisation("oin"), certificatePEM: arguments["certificate"]?.stringValue.map { Array($0.utf8) },
                keys: arguments["keys"]?.stringValue.map { Array($0.utf8) }, until: day)
        case "partner.remove":
            return try await desk.removePartner(try organisation("oin"), endingMessages: arguments["endMessages"] == true)
        case "partner.list": return try await desk.listPartners()
        case "staff.add":
            let role = try member("role", of: StaffRole.self, detail: "there is no such role")
            let made = try await desk.addStaff(
                name: try text("account"), role: role,
                organisation: arguments["organisation"] == nil ? nil : try organisation("organisation"),
                isSystem: arguments["system"] == true)
            return DeskAnswer(status: 201, body: ["account": .string(made.account), "password": .string(made.password)])
        case "staff.disable": return try await desk.disableStaff(try text("account"))
        case "staff.bind": return try await desk.bindStaff(try text("account"), to: try text("subject"), of: try text("issuer"))
        case "staff.reset": return try await desk.resetStaff(try text("account"))
        case "staff.list": return try await desk.listStaff()
        case "desk.calls": return try await desk.showCallList()
        case "queue.list":
            return arguments["partner"] == nil ? try await desk.showQueue() : try await desk.showQueue(of: try organisation("partner"))
        case "queue.show": return try await desk.showMessage(try message())
        case "queue.retry":
            guard arguments["partner"] != nil else { return try await desk.retryMessage(try message(), by: .daemon) }
            let partner = try organisation("partner")
            guard arguments["from"] != nil || arguments["to"] != nil else { return try await desk.retryQueue(of: partner, by: .daemon) }
            return try await desk.retryQueue(of: partner, from: try instant("from"), until: try instant("to"), by: .daemon)
        case "queue.end":
            let reason = try member("reason", of: GivenUpBecause.self, detail: "this is not a reason to end a message")
            return try await desk.giveUp(try message(), because: reason, by: .daemon)
        case "erase":
            return try await desk.erasePerson(
                casefile: try text("casefile"), person: try text("person"), because: try text("because"), by: .daemon)
        case "backup.made":
            return try await desk.noteBackup(part: try text("part"), at: try text("at"), bytes: arguments["bytes"]?.integerValue ?? 0)
        case "report.made":
            return try await desk.noteReport(from: try text("from"), to: try text("to"), guarded: arguments["guarded"] == true)
        case "certificate.issued":
            return try await desk.noteCertificate(of: try organisation("oin"), use: try text("use"), serial: try text("serial"))
        case "doctor": return try await desk.examine()
        case "delivery.resume": return try await desk.resumeDeliveries()
        case "keys.list": return try desk.listKeyEpochs()
        case "keys.rotate": return try await desk.rotateKeys()
        case "keys.signing.rotate", "keys.signing.switch", "keys.signing.retire":
            let change = SigningChange(
                folder: folder, profile: try member("profile", of: HeldSigningKey.Profile.self, detail: "there is no such profile"))
            let step: SigningKeyStep =
                command == "keys.signing.rotate" ? .made : command == "keys.signing.switch" ? .switched : .retired
            return try await change.run(step, on: desk, atOnce: arguments["atOnce"] == true)
        case "keys.end-epoch": return try await desk.endKeyEpoch(arguments["epoch"]?.integerValue ?? 0)
        default: throw .notFound
        }
    }

    /// Runs one command on the folder's desk: in the daemon when there is one, else here, under the folder's lock.
    static func run(_ command: String, _ arguments: JSONObject, folder: DataFolder) async throws -> JSONValue {
        let answer: DeskAnswer
        do {
            let lock = try RunLock(folder)
            let settings = try Settings(folder: folder)
            let desk = try await Assembly.desk(lock, settings: settings, world: .system(), simulated: Assembly.isSimulated(folder))
            do { answer = try await run(command, arguments, on: desk, of: folder) } catch { answer = error.answer }
            await desk.close()
        } catch StoreFault.inUse {
            answer = try ControlSocket.ask(command, arguments, at: folder.controlSocket)
        } catch let fault as StoreFault { throw Assembly.failure(fault) }
        return try body(of: answer, to: command, arguments)
    }

    /// Runs one command in the daemon that serves the folder; false where none does, as this is not worth a desk of its own.
    static func tellDaemon(_ command: String, _ arguments: JSONObject, folder: DataFolder) throws -> Bool {
        guard let answer = try ControlSocket.askIfListening(command, arguments, at: folder.controlSocket) else { return false }
        _ = try body(of: answer, to: command, arguments)
        return true
    }

    private static func body(of answer: DeskAnswer, to command: String, _ arguments: JSONObject) throws -> JSONValue {
        guard answer.status < 400 else {
            throw fail(RefusedCommand(command: command, arguments: arguments).words(answer.body), Exit.refused)
        }
        return answer.body
    }
}

extension Assembly {
    /// Whether a folder is a demonstration's: a file in it says so, and only a demonstration may open it.
    static func isSimulated(_ folder: DataFolder) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder.path)/\(DataFolder.simulationMark)")
    }
}
