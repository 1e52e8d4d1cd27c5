/// A value with its place in the input, and somewhere to report what is wrong with it.
///
/// Every reading function returns nil exactly when it has reported a fault, so a caller reads on and looks at the faults once, at
/// the end. Codes reported here: `wrong-type`, `null-not-allowed`, `unknown-member`, `missing-member`, `empty`, `too-long`,
/// `nul-character`, `out-of-range`, `too-many-items`, `not-in-list`.
public struct JSONReader {
    /// The value to be read.
    public let value: JSONValue
    /// Its place, as a JSON pointer (RFC 6901).
    public let pointer: String
    /// Where faults go.
    public let faults: InputFaults

    /// A reader of a value at a pointer.
    public init(_ value: JSONValue, at pointer: String = "", into faults: InputFaults) {
        self.value = value
        self.pointer = pointer
        self.faults = faults
    }

    /// Reports a fault at this place.
    public func fault(_ code: String, _ detail: String, hint: String? = nil) {
        faults.add(pointer, code, detail, hint: hint)
    }

    private func wrongType(_ expected: String) {
        if value.isNull {
            fault("null-not-allowed", "null is not allowed here", hint: "leave the member out to say nothing")
        } else {
            fault("wrong-type", "this must be \(expected)")
        }
    }

    /// An object with these members at most and the required ones at least.
    ///
    /// Faults of its members are reported and reading goes on; nil means that this is no object.
    /// - Parameters:
    ///   - allowed: the optional members; the required ones need not be named again.
    ///   - ignoringUnknown: for messages, receipts and log entries, whose first version may grow by adding.
    public func object(_ allowed: [String], required: [String] = [], ignoringUnknown: Bool = false) -> JSONObjectReader? {
        guard case .object(let object) = value else {
            wrongType("an object")
            return nil
        }
        for member in object.members {
            let place = { pointer + pointerStep(member.name) }
            let isIn = { (list: [String]) in list.contains { sameBytes($0, member.name) } }
            if !isIn(allowed), !isIn(required) {
                guard !ignoringUnknown else { continue }
                let known = required.filter { !allowed.contains($0) } + allowed
                let hint = known.isEmpty ? "no members are allowed here" : "allowed are: \(known.joined(separator: ", "))"
                faults.add(place(), "unknown-member", "no member of this name is known here", hint: hint)
            } else if member.value.isNull {
                faults.add(place(), "null-not-allowed", "null is not allowed here", hint: "leave the member out to say nothing")
            }
        }
        for name in required where object[name] == nil {
            faults.add(pointer + pointerStep(name), "missing-member", "this member must be given")
        }
        return JSONObjectReader(object: object, pointer: pointer, faults: faults)
    }

    /// A text.
    /// - Parameters:
    ///   - maxLength: the most Unicode scalars it may have.
    ///   - allowEmpty: whether no text at all will do.
    public func string(maxLength: Int = 1000, allowEmpty: Bool = false) -> String? {
        guard case .string(let text) = value else {
            wrongType("a string")
            return nil
        }
        // NUL ends a text for C and for SQLite's functions, so two readers would see two texts.
        if text.utf8.contains(0) {
            fault("nul-character", "a text may not hold the character NUL")
            return nil
        }
        if text.isEmpty, !allowEmpty {
            fault("empty", "this may not be empty")
            return nil
        }
        if text.utf8.count > maxLength, text.unicodeScalars.count > maxLength {
            fault("too-long", "this may have \(maxLength) characters at most")
            return nil
        }
        return text
    }

    /// A whole number within a range.
    public func integer(in range: ClosedRange<Int64> = .min ... .max) -> Int64? {
        let isWhole =
            switch value {
            case .integer: true
            // A double has no fraction beyond 2^53, and the smaller whole ones were read as integers.
            case .number(let number): number.magnitude >= 0x1p63
            default: false
            }
        guard isWhole else {
            wrongType("a whole number")
            return nil
        }
        guard case .integer(let number) = value, range.contains(number) else {
            fault("out-of-range", "this must be from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// `true` or `false`.
    public func bool() -> Bool? {
        guard case .bool(let value) = value else {
            wrongType("true or false")
            return nil
        }
        return value
    }

    /// A list of at most so many items, each at its own place.
    public func array(max: Int) -> [JSONReader]? {
        guard case .array(let items) = value else {
            wrongType("an array")
            return nil
        }
        guard items.count <= max else {
            fault("too-many-items", "this may have \(max) items at most")
            return nil
        }
        return items.enumerated().map { JSONReader($1, at: "\(pointer)/\($0)", into: faults) }
    }

    /// A list of texts; nil when anything is wrong with the list or one of its items (all of which are reported).
    public func strings(max: Int, maxLength: Int = 1000, allowEmpty: Bool = false) -> [String]? {
        guard let items = array(max: max) else { return nil }
        let texts = items.compactMap { $0.string(maxLength: maxLength, allowEmpty: allowEmpty) }
        return texts.count == items.count ? texts : nil
    }

    /// One of a closed list of texts.
    public func oneOf<T: RawRepresentable & CaseIterable>(_: T.Type) -> T? where T.RawValue == String {
        guard case .string(let text) = value else {
            wrongType("a string")
            return nil
        }
        if let found = T.allCases.first(where: { sameBytes($0.rawValue, text) }) { return found }
        let list = T.allCases.map(\.rawValue).joined(separator: ", ")
        fault("not-in-list", "this is not one of the values allowed here", hint: "allowed are: \(list)")
        return nil
    }
}

/// The members of an object that was checked for unknown, missing and null ones.
public struct JSONObjectReader {
    /// The members.
    public let object: JSONObject
    /// The object's place, as a JSON pointer (RFC 6901).
    public let pointer: String
    /// Where faults go.
    public let faults: InputFaults

    /// The member of that name; nil when it is absent, or null (which was reported already).
    public subscript(_ name: String) -> JSONReader? {
        guard let value = object[name], !value.isNull else { return nil }
        return JSONReader(value, at: pointer + pointerStep(name), into: faults)
    }

    /// Reports a fault of the object as a whole, or of a member of it that is absent.
    public func fault(_ code: String, _ detail: String, hint: String? = nil, at member: String? = nil) {
        faults.add(pointer + (member.map(pointerStep) ?? ""), code, detail, hint: hint)
    }
}
