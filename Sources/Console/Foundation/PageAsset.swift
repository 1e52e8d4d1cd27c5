import Crypto
import Hummingbird
import NIOCore

/// A file that the pages name: their one stylesheet, their one script, their icon.
struct PageAsset: Sendable {
    /// With a part of its digest in it: another file has another address, and a browser may keep it for ever.
    let path: String
    private let bytes: [UInt8]
    private let type: String

    static let style = PageAsset("console", "css", PackageResources.console_css, type: "text/css; charset=utf-8")
    static let script = PageAsset("console", "js", PackageResources.console_js, type: "text/javascript; charset=utf-8")
    static let icon = PageAsset("console", "svg", PackageResources.console_svg, type: "image/svg+xml")
    static let all = [style, script, icon]

    private init(_ name: String, _ ending: String, _ bytes: [UInt8], type: String) {
        let digest = SHA256.hash(data: bytes).prefix(6).hexadecimal
        path = "/assets/\(name)-\(digest).\(ending)"
        self.bytes = bytes
        self.type = type
    }

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "public, max-age=31536000, immutable"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
