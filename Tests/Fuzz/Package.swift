// swift-tools-version: 6.2
import PackageDescription

// A package of its own, of the readers that strangers' bytes reach first and of nothing else: it is compiled with libFuzzer's counters and
// the address sanitizer, in a minute. Its sources are links into the repository's; `run` builds and starts it.
let fuzzed: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library", "-enable-testing"])]
let crypto: [Target.Dependency] = [.product(name: "Crypto", package: "swift-crypto")]

let package = Package(
    name: "convenant-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "StrictJSON", swiftSettings: fuzzed),
        .target(name: "Casework", exclude: ["Casework.docc"], swiftSettings: fuzzed),
        .target(name: "Disclosure", dependencies: ["Casework"], exclude: ["Disclosure.docc"], swiftSettings: fuzzed),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl"),
        .target(name: "JOSE", dependencies: ["StrictJSON", "COpenSSL"] + crypto, exclude: ["JOSE.docc"], swiftSettings: fuzzed),
        .target(
            name: "PolicyFiles",
            dependencies: ["Disclosure", "Casework", "JOSE", "StrictJSON", .product(name: "Yams", package: "Yams")] + crypto,
            exclude: ["PolicyFiles.docc"], swiftSettings: fuzzed),
        // of the desk only the readers of requests' bodies
        .target(name: "Exchange", dependencies: ["Disclosure", "Casework", "StrictJSON"] + crypto, swiftSettings: fuzzed),
        .target(name: "Targets", dependencies: ["StrictJSON", "JOSE", "PolicyFiles", "Exchange", "Casework"], swiftSettings: fuzzed),
        .executableTarget(
            name: "convenant-fuzz", dependencies: ["Targets"], swiftSettings: fuzzed,
            linkerSettings: [
                .unsafeFlags(["-sanitize=address", "-use-ld=lld", Context.environment["FUZZER_LIBRARY"] ?? "libclang_rt.fuzzer_no_main.a"])
            ]),
    ],
    swiftLanguageModes: [.v6]
)
