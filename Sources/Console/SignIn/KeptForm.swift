import Foundation
import StrictJSON

/// A form that came after its session had ended. It goes back to the browser that sent it, inside the sign-in page, and is sent on after signing
/// in again; the server keeps nothing of it.
struct KeptForm: Sendable {
    let path: String
    let form: FormFields

    init(path: String, form: FormFields) {
        self.path = path
        self.form = form
    }

    /// Reads what stands in the sign-in form; nil when there is nothing, or no such form.
    init?(_ text: String) {
        guard let data = Data(base64Encoded: text), let json = try? parseJSON(Array(data)), let path = json["path"]?.stringValue,
            let rows = json["fields"]?.arrayValue, isOwnPath(path)
        else { return nil }
        self.path = path
        form = FormFields(
            pairs: rows.compactMap { row in
                row.arrayValue.flatMap { pair in
                    pair.count == 2 ? pair[0].stringValue.flatMap { name in pair[1].stringValue.map { (name, $0) } } : nil
                }
            })
    }

    /// For a hidden field.
    var text: String {
        let fields = form.pairs.filter { $0.name != FormKey.field }.map { JSONValue.array([.string($0.name), .string($0.value)]) }
        let json: JSONValue = ["path": .string(path), "fields": .array(fields)]
        return Data(json.canonicalBytes()).base64EncodedString()
    }

    /// For a form that sends it on.
    var fields: [PageData] { form.ofTheVisitor.pairs.map { ["name": $0.name, "value": $0.value] } }

    /// Whose form it was.
    var account: String { form[FormKey.account] }
}

/// Whether this is a path of ours, and no address of anybody else's.
func isOwnPath(_ path: String) -> Bool {
    path.hasPrefix("/") && !path.hasPrefix("//")
        && path.utf8.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "/")
                || $0 == UInt8(ascii: "-")
        }
}
