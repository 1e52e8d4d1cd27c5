/// A recursive descent over bytes. `nil` from a reading function means: a fault was noted after which nothing can be read.
///
/// Recursion is safe because ``jsonDepthLimit`` bounds it. Pointers are put together only on the way out of a place that had a
/// fault, so a text without faults pays nothing for them.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let count: Int
    var at = 0
    var depth = 0
    var faults: [JSONFault] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        count = bytes.count
    }

    /// The whole text: one value and nothing but white space around it.
    mutating func document() -> Result<JSONValue, JSONFaults> {
        if count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            note(.byteOrderMark, at: 0, "the text begins with a byte order mark")
            at = 3
        }
        skipSpace()
        let result = value()
        if result != nil {
            skipSpace()
            if at < count { stop("there is more after the value") }
        }
        guard let result, faults.isEmpty else { return .failure(JSONFaults(faults: faults)) }
        return .success(result)
    }

    /// The byte at hand; past the end 0, which begins nothing in JSON.
    @inline(__always)
    var byte: UInt8 { at < count ? bytes[at] : 0 }

    @inline(__always)
    mutating func skipSpace() {
        while at < count {
            let next = bytes[at]
            guard next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 else { return }
            at += 1
        }
    }

    /// Notes a fault after which reading can go on.
    mutating func note(_ code: JSONFault.Code, at offset: Int, _ detail: String) {
        faults.append(JSONFault(pointer: "", offset: offset, code: code, detail: detail))
    }

    /// Notes a fault after which it cannot.
    mutating func stop(_ detail: String) {
        note(.invalidJSON, at: at, at < count ? detail : "the text ends too early")
    }

    mutating func value() -> JSONValue? {
        switch byte {
        case 0x22: return string().map(JSONValue.string)
        case 0x7B: return nested { $0.object() }
        case 0x5B: return nested { $0.array() }
        case 0x2D, 0x30...0x39: return number()
        case 0x74: return word("true", .bool(true))
        case 0x66: return word("false", .bool(false))
        case 0x6E: return word("null", .null)
        default:
            stop("no value begins here")
            return nil
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) -> JSONValue? {
        for index in 0..<text.utf8CodeUnitCount {
            guard byte == text.utf8Start[index] else {
                stop("no value begins here")
                return nil
            }
            at += 1
        }
        return value
    }

    @inline(__always)
    private mutating func nested(_ read: (inout JSONParser) -> JSONValue?) -> JSONValue? {
        guard depth < jsonDepthLimit else {
            note(.tooDeep, at: at, "more than \(jsonDepthLimit) arrays and objects stand inside one another")
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        return read(&self)
    }

    private mutating func array() -> JSONValue? {
        at += 1
        skipSpace()
        var items: [JSONValue] = []
        if byte == 0x5D {
            at += 1
            return .array(items)
        }
        while true {
            guard mayGoOn() else { return nil }
            let before = faults.count
            let item = value()
            if faults.count > before { prefix(from: before, with: "/\(items.count)") }
            guard let item else { return nil }
            items.append(item)
            skipSpace()
            switch byte {
            case 0x2C:
                at += 1
                skipSpace()
            case 0x5D:
                at += 1
                return .array(items)
            default:
                stop("expected a comma or the end of the array")
                return nil
            }
        }
    }

    private mutating func object() -> JSONValue? {
        at += 1
        skipSpace()
        var members: [JSONObject.Member] = []
        if byte == 0x7D {
            at += 1
            return .object(JSONObject())
        }
        members.reserveCapacity(8)
        var seen = NamesSeen()
        while true {
            guard byte == 0x22 else {
                stop("expected a member's name in double quotes")
                return nil
            }
            guard mayGoOn() else { return nil }
            let (before, nameAt) = (faults.count, at)
            guard let name = string() else { return nil }
            // A name with a fault in it is not the name that was meant, so it is compared with none.
            let isReadable = faults.count == before
            if isReadable, seen.has(name, in: members) {
                note(.duplicateMember, at: nameAt, "this name stands more than once in its object")
            }
            skipSpace()
            guard byte == 0x3A else {
                stop("expected a colon after the member's name")
                return nil
            }
            at += 1
            skipSpace()
            let member = value()
            if faults.count > before { prefix(from: before, with: pointerStep(name)) }
            guard let member else { return nil }
            if isReadable, faults.count == before {
                members.append(JSONObject.Member(name: name, value: member))
            } else if isReadable {
                members.append(JSONObject.Member(name: name, value: .null))
            }
            skipSpace()
            switch byte {
            case 0x2C:
                at += 1
                skipSpace()
            case 0x7D:
                at += 1
                return .object(JSONObject(unique: members))
            default:
                stop("expected a comma or the end of the object")
                return nil
            }
        }
    }

    @inline(__always)
    private mutating func mayGoOn() -> Bool {
        if faults.count < jsonFaultLimit { return true }
        note(.tooManyFaults, at: at, "there are \(jsonFaultLimit) faults or more; reading stopped here")
        return false
    }

    private mutating func prefix(from first: Int, with step: String) {
        for index in first..<faults.count {
            let fault = faults[index]
            faults[index] = JSONFault(pointer: step + fault.pointer, offset: fault.offset, code: fault.code, detail: fault.detail)
        }
    }
}

/// Finds a name among the members before it: by comparing while they are few, by hashing when they are many, so that an object
/// of thirty thousand names costs no square of that.
private struct NamesSeen {
    private var hashed: Set<[UInt8]> = []

    mutating func has(_ name: String, in members: [JSONObject.Member]) -> Bool {
        if members.count < 24 {
            for member in members where sameBytes(member.name, name) { return true }
            return false
        }
        if hashed.isEmpty { hashed = Set(members.map { Array($0.name.utf8) }) }
        return !hashed.insert(Array(name.utf8)).inserted
    }
}
