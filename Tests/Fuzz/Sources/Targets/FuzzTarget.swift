import Foundation

/// The readers that strangers' bytes reach first. Whatever they are given they must return, and what they take must hold.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// Sealed messages, and what is read of their headers and payloads.
    case jwe
    /// Signatures, receipts, payload signatures and key sets.
    case jws
    /// JSON.
    case json
    /// The bodies of requests.
    case bodies
    /// Policy files.
    case policies

    /// Gives the bytes to the target. It ends in a trap when a promise does not hold.
    public func run(_ bytes: [UInt8]) {
        switch self {
        case .jwe: fuzzJWE(bytes)
        case .jws: fuzzJWS(bytes)
        case .json: fuzzJSON(bytes)
        case .bodies: fuzzBodies(bytes)
        case .policies: fuzzPolicies(bytes)
        }
    }

    /// The committed inputs of this target: its beginnings, and whatever it once failed on.
    public func corpus() throws -> [(name: String, bytes: [UInt8])] {
        let folder = repository + "/Tests/Fuzz/corpus/" + rawValue
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            (name, [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))))
        }
    }
}

/// The checkout, found from this file.
let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// Ends the process: a promise does not hold.
func require(_ condition: Bool, _ promise: String) {
    precondition(condition, promise)
}
