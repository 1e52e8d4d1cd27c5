import StrictJSON

/// Reading of members that either are what they must be or make the whole malformed: the formats here have no partly valid form.
extension JSONObject {
    /// The string of a member that must be there, at most `limit` bytes long.
    func requiredString(_ name: String, limit: Int = 256) throws(JOSEError) -> String {
        guard let text = try optionalString(name, limit: limit) else { throw .malformed }
        return text
    }

    /// The string of a member that may be absent; absent = not said, so `null` is no string.
    func optionalString(_ name: String, limit: Int = 256) throws(JOSEError) -> String? {
        guard let value = self[name] else { return nil }
        guard case .string(let text) = value, !text.isEmpty, text.utf8.count <= limit else { throw .malformed }
        return text
    }

    /// The integer of a member that may be absent.
    func optionalInteger(_ name: String) throws(JOSEError) -> Int64? {
        guard let value = self[name] else { return nil }
        guard case .integer(let number) = value else { throw .malformed }
        return number
    }

    /// The object of a member that may be absent.
    func optionalObject(_ name: String) throws(JOSEError) -> JSONObject? {
        guard let value = self[name] else { return nil }
        guard case .object(let object) = value else { throw .malformed }
        return object
    }

    /// The object of a member that must be there.
    func requiredObject(_ name: String) throws(JOSEError) -> JSONObject {
        guard let object = try optionalObject(name) else { throw .malformed }
        return object
    }

    /// The bytes of a member that must hold base64url of exactly `length` bytes.
    func requiredBytes(_ name: String, length: Int) throws(JOSEError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try requiredString(name)), bytes.count == length else { throw .malformed }
        return bytes
    }

    /// The instant of a member that must be there, in milliseconds since 1970.
    func requiredInstant(_ name: String) throws(JOSEError) -> Int64 {
        guard let instant = WireInstant.parse(try requiredString(name, limit: 40)) else { throw .malformed }
        return instant
    }

    /// A UUID in lower case.
    func requiredUUID(_ name: String) throws(JOSEError) -> String {
        let text = try requiredString(name, limit: 36)
        guard isUUID(text) else { throw .malformed }
        return text
    }

    /// An organisation number.
    func requiredOIN(_ name: String) throws(JOSEError) -> String {
        let text = try requiredString(name, limit: 20)
        guard isOIN(text) else { throw .malformed }
        return text
    }
}

/// Whether `text` is a UUID in lower case (RFC 9562 §4), the one text that names it: safe in a path and as the name of a file.
public func isUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.indices.allSatisfy { index in
        if [8, 13, 18, 23].contains(index) { return bytes[index] == 0x2d }
        return (bytes[index] >= 0x30 && bytes[index] <= 0x39) || (bytes[index] >= 0x61 && bytes[index] <= 0x66)
    }
}

/// Whether `text` is an organisation number (OIN): 20 digits; a school's (prefix 00000007) may hold capital letters behind its prefix.
public func isOIN(_ text: String) -> Bool {
    let isSchool = text.hasPrefix("00000007")
    return text.utf8.count == 20
        && text.utf8.enumerated().allSatisfy {
            (0x30...0x39).contains($1) || (isSchool && $0 >= 8 && (0x41...0x5A).contains($1))
        }
}

/// The object that `bytes` are, or `malformed`: duplicate members, depth and surrogates are refused by the parser.
func parseObject(_ bytes: [UInt8]) throws(JOSEError) -> JSONObject {
    let value: JSONValue
    do { value = try parseJSON(bytes) } catch { throw .malformed }
    guard case .object(let object) = value else { throw .malformed }
    return object
}
