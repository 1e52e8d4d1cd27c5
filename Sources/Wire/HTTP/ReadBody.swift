import Hummingbird
import NIOCore

/// A body that could not be read to its end: the connection is lost, or what came was no HTTP.
struct BrokenBody: Error { let cause: any Error }

/// The body's bytes, at most `limit` of them, whether or not `Content-Length` announces them.
/// - Throws: ``WireRefusal/tooLarge(limit:)``, ``BrokenBody``.
func readBody(_ request: Request, limit: Int) async throws -> [UInt8] {
    if let announced = request.headers[.contentLength].flatMap({ Int($0) }), announced > limit { throw WireRefusal.tooLarge(limit: limit) }
    do {
        let buffer = try await request.body.collect(upTo: limit)
        return Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
        throw WireRefusal.tooLarge(limit: limit)
    } catch {
        throw BrokenBody(cause: error)
    }
}
