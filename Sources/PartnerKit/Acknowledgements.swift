import Foundation
import JOSE
import StrictJSON

/// Which roles of this organisation's workers have acknowledged which version of a covenant (R29), on its own disk.
///
/// A director's signature does not tell the floor what was agreed. Whoever opens messages in a role says once for each covenant version that the
/// text is known; until then nothing under it is opened in that role, and from then on each receipt states the role and the version. It is kept
/// by role: who the workers are stays with whoever gives them a place at the screen, and never goes into a receipt. A system that knows its workers
/// can keep one word for each here and state their role in its receipts.
///
/// `acknowledged/<covenant>.<version>.<role>.json`, mode 0600, one file for each.
public struct Acknowledgements: Sendable {
    /// One of them.
    public struct Acknowledgement: Hashable, Sendable {
        /// The covenant's id.
        public let covenant: String
        public let version: Int64
        public let role: String
        /// When, ms since 1970.
        public let at: Int64
    }

    private let folder: String

    /// Those of a partner's folder. Throws `notStored`.
    public init(folder: PartnerFolder) throws(PartnerFault) { self.folder = try folder.makeFolder("acknowledged") }

    /// Keeps that a role has acknowledged a covenant version; the first time counts. Throws `unusable` with `not-a-covenant` or `not-a-role`, and
    /// `notStored`.
    /// - Parameter now: ms since 1970.
    public func acknowledge(_ covenant: String, version: Int64, by role: String, at now: Int64 = systemMilliseconds()) throws(PartnerFault)
    {
        guard Self.isCovenant(covenant), version > 0 else { throw .unusable(file: covenant, code: "not-a-covenant") }
        guard Self.isRole(role) else { throw .unusable(file: role, code: "not-a-role") }
        guard !has(role, acknowledged: covenant, version: version) else { return }
        let json: JSONValue = [
            "covenant": .string(covenant), "version": .integer(version), "role": .string(role), "at": .string(WireInstant.text(now)),
        ]
        try writeDurably(json.canonicalBytes(), to: folder, Self.name(covenant, version, role))
    }

    /// Whether a role has acknowledged this version of this covenant; another version does not count.
    public func has(_ role: String, acknowledged covenant: String, version: Int64) -> Bool {
        guard Self.isCovenant(covenant), Self.isRole(role) else { return false }
        return access(folder + "/" + Self.name(covenant, version, role), F_OK) == 0
    }

    /// All of them, by covenant, version and role.
    public func all() -> [Acknowledgement] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            guard !name.hasPrefix("."), let bytes = contents(of: "\(folder)/\(name)"), let object = try? parseJSON(bytes),
                let covenant = object["covenant"]?.stringValue, let version = object["version"]?.integerValue,
                let role = object["role"]?.stringValue, let at = object["at"]?.stringValue.flatMap(WireInstant.parse)
            else { return nil }
            return Acknowledgement(covenant: covenant, version: version, role: role, at: at)
        }.sorted { ($0.covenant, $0.version, $0.role) < ($1.covenant, $1.version, $1.role) }
    }

    /// A covenant's id as policy files write it; it becomes the name of a file.
    static func isCovenant(_ text: String) -> Bool { text.wholeMatch(of: /[a-z][a-z0-9-]{0,99}/) != nil }
    /// A role as policy files write it: one camelCase word.
    public static func isRole(_ text: String) -> Bool { text.wholeMatch(of: /[a-z][a-zA-Z0-9]{0,39}/) != nil }
    private static func name(_ covenant: String, _ version: Int64, _ role: String) -> String { "\(covenant).\(version).\(role).json" }
}

/// Messages that came and that nobody has opened: the role that reads here has not acknowledged their covenant.
///
/// `unacknowledged/<id>.jwe`, sealed as they came. They have no receipt, so for the municipality they have not arrived; they are not fetched
/// again, and a recall or an erasure removes them like any other.
struct UnacknowledgedMessages: Sendable {
    let role: String
    let acknowledgements: Acknowledgements
    /// Those messages.
    let kept: KeptMessages
    private let partner: String

    init(folder: PartnerFolder, role: String, kept: KeptMessages) throws(PartnerFault) {
        guard Acknowledgements.isRole(role) else { throw .unusable(file: role, code: "not-a-role") }
        self.role = role
        partner = folder.path
        acknowledgements = try Acknowledgements(folder: folder)
        _ = try folder.makeFolder(KeptMessages.Form.unacknowledged.rawValue)
        self.kept = kept
    }

    /// The covenant that is to be acknowledged before this is opened; nil where it may be, as a notice always may.
    func missing(for payload: MessagePayload) -> MessagePayload.Covenant? {
        guard let covenant = payload.covenant,
            !acknowledgements.has(role, acknowledged: covenant.id, version: covenant.version)
        else { return nil }
        return covenant
    }

    /// Receives what may be opened by now: takes it in, signs its receipt and delivers it. Gives a line for each.
    func settle(inbox: Inbox, client: ExchangeClient) async -> [String] {
        var lines: [String] = []
        for id in kept.ids().sorted() {
            guard let sealed = kept.bytes(id) else { continue }
            do { _ = try inbox.identity.openKept(sealed) } catch PartnerFault.sealedToOtherKey { continue } catch JOSEError.unknownKey {
                // The exchange is asked for its keys of now.
            } catch {
                // Its file was damaged, and a receipt would refuse it. It has none, so without the file it comes again.
                _ = try? kept.remove([id])
                continue
            }
            do throws(PartnerFault) {
                let reception = try await inbox.receiveKept(sealed, listedAs: id)
                _ = try await client.deliver(receipt: reception.receipt, for: id)
                _ = try kept.remove([id])
                lines.append("\(id) \(reception.payload?.kind.rawValue ?? "-") - \(reception.refusal.map { "refused:\($0)" } ?? "opened")")
            } catch {
                // The exchange no longer knows it, or took it back: there is nothing to wait for.
                if case .answered(let status, _, _) = error, [404, 409, 410].contains(status) { _ = try? kept.remove([id]) }
            }
        }
        return lines
    }

    /// What to do about a message that waits; ids, names and a role.
    func advice(_ id: String, _ covenant: MessagePayload.Covenant) -> String {
        "\(id) waits: role `\(role)` has not acknowledged covenant `\(covenant.id)` version \(covenant.version) "
            + "(hint: convenant partner acknowledge --dir \(partner) --covenant \(covenant.id) --version \(covenant.version) --role \(role))"
    }
}
