import Foundation
import StrictJSON

/// What the demonstration shows; quiet when only its outcome is wanted.
struct DemoScreen: Sendable {
    let quiet: Bool

    func title(_ text: String) {
        line(text)
        line(String(repeating: "=", count: text.count))
    }
    func step(_ number: Int, _ text: String) {
        line("")
        line("\(number)  \(text)")
    }
    func fact(_ name: String, _ value: String) { line("   \(name.padding(to: 12))  \(value)") }

    /// A table whose columns align, indented under its step.
    func table(_ rows: [[String]]) {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows { line("   " + zip(row, widths).map { $0.padding(to: $1) }.joined(separator: "  ")) }
    }

    func addresses(_ ports: ListeningPorts, accounts: [DemoTown.Account], folder: String) {
        line("")
        line("The daemon stays; Ctrl-C ends everything.")
        fact("staff", "https://localhost:\(ports.staff)")
        fact("partners", "https://localhost:\(ports.partners)")
        fact("health", "http://127.0.0.1:\(ports.management)/health/ready")
        fact("folder", folder)
        line("")
        table([["account", "role", "password"]] + accounts.map { [$0.name, $0.role.rawValue, $0.password] })
    }

    private func line(_ text: String) {
        guard !quiet else { return }
        print(String(text.reversed().drop { $0 == " " }.reversed()))
    }
}
