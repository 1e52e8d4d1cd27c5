import Foundation

/// The folder that `convenant demo --once` leaves; made once for all tests.
actor DemoFolder {
    private static let shared = DemoFolder()
    private struct Made {
        let path: String
        let result: ProgramResult
    }
    private var making: Task<Made, any Error>?

    /// What the demonstration said.
    static func result() async throws -> ProgramResult { try await shared.made().result }

    /// A copy of its data folder.
    static func copy() async throws -> String {
        let path = TemporaryFolders.newPath("demo")
        try FileManager.default.copyItem(atPath: try await shared.made().path, toPath: path)
        return path
    }

    private func made() async throws -> Made {
        if let making { return try await making.value }
        let task = Task {
            let path = TemporaryFolders.newPath("demo")
            let result = try await convenant(
                "demo", "--once", "--json", "--data", path, "--policies", Checkout.policies, environment: ["CONVENANT_SCRYPT_COST": "16384"]
            )
            return Made(path: path, result: result)
        }
        making = task
        return try await task.value
    }
}

/// Runs statements on a database file by Python's sqlite3, with a function `flip(blob, at)` that changes one bit of the byte there.
/// - Returns: the rows of the last statement as JSON text.
func sqlite(_ path: String, _ statements: String...) async throws -> String {
    let program = """
        import json, sqlite3, sys
        database = sqlite3.connect(sys.argv[1])
        def flip(value, at):
            changed = bytearray(value if isinstance(value, bytes) else value.encode())
            changed[at] ^= 1
            return bytes(changed) if isinstance(value, bytes) else changed.decode()
        database.create_function("flip", 2, flip)
        rows = []
        for statement in sys.argv[2:]:
            rows = database.execute(statement).fetchall()
        database.commit()
        print(json.dumps(rows))
        """
    let python = FileManager.default.isExecutableFile(atPath: Checkout.python) ? Checkout.python : "/usr/bin/python3"
    let result = try await run(python, ["-c", program, path] + statements)
    guard result.code == 0 else { throw Trouble("the statement failed: \(result.errors)") }
    return result.output.trimmingCharacters(in: .newlines)
}

/// Runs Tests/Interop/verify_log.py on a folder.
func verifyWithPython(_ folder: String, _ more: String...) async throws -> ProgramResult {
    guard FileManager.default.isExecutableFile(atPath: Checkout.python) else {
        throw Trouble("`\(Checkout.python)` is not there (hint: deploy/test makes it, or set CONVENANT_PYTHON)")
    }
    return try await run(Checkout.python, [Checkout.interop + "/verify_log.py", "--data", folder] + more)
}
