import Foundation
import JOSE

/// Which message took the place of which: `replaced/<older>.<newer>`, files without content.
///
/// The newer message says so itself. It is kept apart, as the older one does not count again when the newer is damaged, lost or taken back.
struct ReplacedMessages: Sendable {
    private let folder: String

    /// Those of a partner's folder. Throws `notStored`.
    init(folder: PartnerFolder) throws(PartnerFault) { self.folder = try folder.makeFolder("replaced") }

    /// Keeps what a message takes the place of; one that does not is passed over. Throws `notStored`.
    func note(_ payload: MessagePayload) throws(PartnerFault) {
        guard let older = payload.replaces else { return }
        try writeDurably([], to: folder, older + "." + payload.messageId)
    }

    /// The newest that took the place of each.
    func newer() -> [String: String] {
        var newer: [String: String] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let ids = name.split(separator: ".").map { String($0) }
            guard ids.count == 2, ids.allSatisfy(isUUID) else { continue }
            newer[ids[0]] = max(newer[ids[0]] ?? "", ids[1])
        }
        return newer
    }
}
