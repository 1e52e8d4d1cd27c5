/// One thing wrong with what somebody sent us, for the `errors` list of a problem document (RFC 9457).
public struct InputFault: Hashable, Sendable, Error {
    /// Where, as a JSON pointer (RFC 6901).
    public let pointer: String
    /// What, for programs: a kebab-case code.
    public let code: String
    /// What, for people. Never the value found.
    public let detail: String
    /// What to do about it.
    public let hint: String?

    /// A fault from its parts.
    public init(pointer: String, code: String, detail: String, hint: String? = nil) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
        self.hint = hint
    }
}

/// Where the readers of one input put its faults, so that the sender learns all of them at once.
public final class InputFaults {
    /// How many faults are kept; a sender of more has another problem than any single one of them.
    public static let limit = 500

    /// The faults, in the order of reading.
    public private(set) var all: [InputFault] = []
    /// How many more there were than ``limit``.
    public private(set) var leftOut = 0

    /// A place without faults.
    public init() {}

    /// A place that begins with what the parser found.
    public init(_ faults: JSONFaults) {
        for fault in faults.faults { add(fault.pointer, fault.code.rawValue, fault.detail, hint: "at byte \(fault.offset)") }
    }

    /// Notes a fault at a JSON pointer.
    public func add(_ pointer: String, _ code: String, _ detail: String, hint: String? = nil) {
        guard all.count < Self.limit else {
            leftOut += 1
            return
        }
        all.append(InputFault(pointer: pointer, code: code, detail: detail, hint: hint))
    }

    /// Whether nothing was wrong so far.
    public var isEmpty: Bool { all.isEmpty }
}
