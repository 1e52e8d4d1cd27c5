/// One reason why bytes are not JSON that we accept. It names the place, never the value found there.
public struct JSONFault: Error, Hashable, Sendable {
    /// What kind of fault it is; the raw values are part of the API's answers.
    public enum Code: String, CaseIterable, Sendable {
        /// The grammar of RFC 8259 is broken; nothing after this place was read.
        case invalidJSON = "invalid-json"
        /// A name stands twice in one object.
        case duplicateMember = "duplicate-member"
        /// More than ``jsonDepthLimit`` arrays and objects inside one another; nothing after this place was read.
        case tooDeep = "too-deep"
        /// Half of a surrogate pair stands alone in an escape, so the text has no meaning.
        case unpairedSurrogate = "unpaired-surrogate"
        /// Bytes in a string that are no UTF-8 (RFC 3629).
        case invalidUTF8 = "invalid-utf8"
        /// A number too large for a double (IEEE 754).
        case numberOutOfRange = "number-out-of-range"
        /// The text begins with a byte order mark, which RFC 8259, section 8.1, forbids.
        case byteOrderMark = "byte-order-mark"
        /// There are ``jsonFaultLimit`` faults or more; reading stopped here.
        case tooManyFaults = "too-many-faults"
    }

    /// Where, as a JSON pointer (RFC 6901).
    public let pointer: String
    /// Where, in bytes from the beginning.
    public let offset: Int
    /// What kind of fault.
    public let code: Code
    /// One sentence for a person.
    public let detail: String

    /// A fault from its parts.
    public init(pointer: String, offset: Int, code: Code, detail: String) {
        self.pointer = pointer
        self.offset = offset
        self.code = code
        self.detail = detail
    }
}

/// Everything that is wrong with a text, in the order in which it was found; never empty when thrown.
public struct JSONFaults: Error, Hashable, Sendable {
    /// The faults found.
    public let faults: [JSONFault]

    /// Faults gathered elsewhere.
    public init(faults: [JSONFault]) { self.faults = faults }
}

/// How many arrays and objects may stand inside one another.
public let jsonDepthLimit = 32

/// How many faults are listed before reading stops, so that a hostile body cannot ask for an answer larger than itself.
public let jsonFaultLimit = 1000

/// One step of a JSON pointer: `/` and the name, with `~` and `/` escaped (RFC 6901, section 3).
///
/// A name of more than 100 characters is cut, because nobody reads it and somebody chose it.
public func pointerStep(_ name: String) -> String {
    var step = "/"
    for (index, scalar) in name.unicodeScalars.enumerated() {
        guard index < 100 else { return step + "…" }
        switch scalar {
        case "~": step += "~0"
        case "/": step += "~1"
        default: step.unicodeScalars.append(scalar)
        }
    }
    return step
}
