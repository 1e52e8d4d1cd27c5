import Testing

/// Where the tests begin: Swift Testing's own entry point, and nothing else, since there is no XCTest here. Without this file SwiftPM would look
/// for such tests in an index, which only builds that are not optimised write.
@main
struct Tests {
    static func main() async { await Testing.__swiftPMEntryPoint() as Never }
}
