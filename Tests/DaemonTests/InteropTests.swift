import Foundation
import Testing

/// What other programs say of our published vectors. A machine without their packages fails these tests, it does not pass them by.
@Suite("other programs read what we write")
struct InteropTests {
    private func check(_ script: String, _ arguments: String...) async throws {
        guard FileManager.default.isExecutableFile(atPath: Checkout.python) else {
            throw Trouble("`\(Checkout.python)` is not there (hint: deploy/test makes it, or set CONVENANT_PYTHON)")
        }
        let result = try await run(Checkout.python, ["\(Checkout.interop)/\(script)"] + arguments)
        #expect(result.code == 0, "\(result.output)\(result.errors)")
    }

    @Test("PyPI's icalendar reads request, update and cancellation, each property and nothing else, around the changes of the clock")
    func calendar() async throws { try await check("check_icalendar.py") }

    @Test("PyPI's holidays has the holidays of 2000 to 2050 that the working calendar is tested with")
    func holidays() async throws { try await check("holidays_check.py", "--check", Checkout.root + "/Tests/Vectors/dutch-holidays.txt") }

    @Test("joserfc opens the published messages and receipts, and refuses those with a fault")
    func sealed() async throws { try await check("check_vectors.py") }
}
