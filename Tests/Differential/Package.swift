// swift-tools-version: 6.2
import PackageDescription

// A package of its own, of the two pure targets and nothing else, so that it builds in a minute without a network. Its sources are links:
// the gate's own, and the second engine and the questions of Tests/DisclosureTests.
let package = Package(
    name: "convenant-differential",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "Casework", exclude: ["Casework.docc"]),
        .target(name: "Disclosure", dependencies: ["Casework"], exclude: ["Disclosure.docc"]),
        .executableTarget(name: "convenant-differential", dependencies: ["Disclosure", "Casework"]),
    ],
    swiftLanguageModes: [.v6]
)
