// swift-tools-version: 6.2
import PackageDescription

let crypto: [Target.Dependency] = [
    .product(name: "Crypto", package: "swift-crypto"),
    .product(name: "CryptoExtras", package: "swift-crypto"),
]

let package = Package(
    name: "convenant",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "convenant", targets: ["Program"]),
        .library(name: "PartnerKit", targets: ["PartnerKit", "JOSE", "StrictJSON", "PartnerTrust"]),
        .library(name: "Disclosure", targets: ["Disclosure", "Casework"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        // 0 pure
        .target(name: "StrictJSON"),
        .target(name: "Casework"),
        // 1 the gate
        .target(name: "Disclosure", dependencies: ["Casework"]),
        // 2 formats and trust
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "JOSE", dependencies: ["StrictJSON", "COpenSSL"] + crypto),
        .target(name: "Sealing", dependencies: ["Disclosure", "Casework", "JOSE", "StrictJSON"] + crypto),
        .target(
            name: "PolicyFiles",
            dependencies: ["Disclosure", "Casework", "JOSE", "StrictJSON", .product(name: "Yams", package: "Yams")] + crypto),
        .target(name: "AuditTrail", dependencies: ["StrictJSON"] + crypto),
        .target(name: "PartnerTrust", dependencies: ["COpenSSL"]),
        .target(
            name: "Reporting",
            dependencies: ["AuditTrail", "Casework", "StrictJSON", .product(name: "Mustache", package: "swift-mustache")],
            resources: [
                .embedInCode("report.mustache"), .embedInCode("report-table.mustache"), .embedInCode("DryRun/dry-run.mustache"),
            ]),
        // 3 the disk
        .systemLibrary(name: "CSQLiteSetup", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(
            name: "Storage",
            dependencies: [
                "CSQLiteSetup", "Sealing", "AuditTrail", "Disclosure", "Casework", "StrictJSON",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ] + crypto),
        // 4 the desk
        .target(
            name: "Exchange",
            dependencies: [
                "Storage", "Sealing", "AuditTrail", "Reporting", "PartnerTrust", "PolicyFiles", "Disclosure", "Casework", "StrictJSON",
                .product(name: "Metrics", package: "swift-metrics"),
            ] + crypto),
        // 5 the doors
        .target(
            name: "Wire",
            dependencies: [
                "Exchange", "Sealing", "Disclosure", "Casework", "StrictJSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            resources: [.embedInCode("openapi.json")]),
        .target(
            name: "PartnerKit",
            dependencies: [
                "JOSE", "StrictJSON", "PartnerTrust",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Mustache", package: "swift-mustache"),
            ] + crypto,
            resources: [.embedInCode("Check/check.mustache"), .embedInCode("Page/page.mustache")]),
        .target(
            name: "SignOn",
            dependencies: [
                "Exchange", "JOSE", "StrictJSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + crypto),
        .target(
            name: "Console",
            dependencies: [
                "SignOn", "Exchange", "Disclosure", "Casework", "StrictJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
            ] + crypto,
            resources: [
                .embedInCode("Foundation/console.css"), .embedInCode("Foundation/console.js"), .embedInCode("Foundation/console.svg"),
                .embedInCode("Foundation/layout.mustache"), .embedInCode("Foundation/form.mustache"),
                .embedInCode("Foundation/field.mustache"), .embedInCode("Foundation/choices.mustache"),
                .embedInCode("Foundation/faults.mustache"), .embedInCode("Foundation/one-form.mustache"),
                .embedInCode("Foundation/refused.mustache"),
                .embedInCode("SignIn/sign-in.mustache"), .embedInCode("SignIn/signed-on.mustache"),
                .embedInCode("SignIn/signed-in-again.mustache"),
                .embedInCode("SignIn/enrol.mustache"), .embedInCode("SignIn/enrol-app.mustache"), .embedInCode("SignIn/enrolled.mustache"),
                .embedInCode("Pages/home.mustache"),
                .embedInCode("Signals/doorstep.mustache"), .embedInCode("Signals/signal-answer.mustache"),
                .embedInCode("Signals/signal-area.mustache"), .embedInCode("Signals/signal-call.mustache"),
                .embedInCode("Signals/signal-card.mustache"), .embedInCode("Signals/signal-check.mustache"),
                .embedInCode("Signals/signal-concerns.mustache"), .embedInCode("Signals/signal-consent.mustache"),
                .embedInCode("Signals/signal-danger.mustache"), .embedInCode("Signals/signal-may-i.mustache"),
                .embedInCode("Signals/signal-new.mustache"), .embedInCode("Signals/signal-people.mustache"),
                .embedInCode("Signals/signal-sent.mustache"), .embedInCode("Signals/signal-whom.mustache"),
                .embedInCode("Signals/signals.mustache"),
                .embedInCode("Officer/officer-log.mustache"), .embedInCode("Officer/officer-state.mustache"),
                .embedInCode("Officer/officer-covenants.mustache"), .embedInCode("Officer/officer-person.mustache"),
                .embedInCode("Officer/officer-advice.mustache"), .embedInCode("Officer/officer-objections.mustache"),
                .embedInCode("Officer/officer-broken-glass.mustache"),
                .embedInCode("Manager/manager.mustache"),
                .embedInCode("Desk/desk.mustache"), .embedInCode("Desk/desk-signal.mustache"), .embedInCode("Desk/desk-join.mustache"),
                .embedInCode("Cases/household.mustache"), .embedInCode("Cases/cases.mustache"), .embedInCode("Cases/case.mustache"),
                .embedInCode("Cases/justifications.mustache"), .embedInCode("Cases/justification-card.mustache"),
                .embedInCode("Cases/case-spoken.mustache"), .embedInCode("Cases/consent-receipt.mustache"),
                .embedInCode("Cases/resident-letter.mustache"),
                .embedInCode("Cases/case-withdrawn.mustache"),
                .embedInCode("Cases/case-share.mustache"), .embedInCode("Cases/case-share-check.mustache"),
                .embedInCode("Meetings/meeting.mustache"), .embedInCode("Meetings/meeting-date.mustache"),
                .embedInCode("Meetings/meeting-minutes.mustache"), .embedInCode("Meetings/meeting-kept.mustache"),
            ]),
        // 6 the program
        .executableTarget(name: "Program", dependencies: ["convenant"]),
        .target(
            name: "convenant",
            dependencies: [
                "Console", "SignOn", "Wire", "Exchange", "Storage", "PartnerKit", "PartnerTrust", "PolicyFiles", "AuditTrail", "Reporting",
                "Sealing",
                "JOSE",
                "Disclosure", "Casework",
                "StrictJSON",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + crypto),
        // tests
        .target(
            name: "ConvenantTestSupport",
            dependencies: [
                "Exchange", "Storage", "Sealing", "PolicyFiles", "PartnerTrust", "JOSE", "AuditTrail", "Disclosure", "Casework",
                "StrictJSON",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Metrics", package: "swift-metrics"),
            ] + crypto, path: "Tests/Support"),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
        .testTarget(name: "CaseworkTests", dependencies: ["Casework"]),
        .testTarget(name: "DisclosureTests", dependencies: ["Disclosure", "Casework"]),
        .testTarget(name: "JOSETests", dependencies: ["JOSE", "StrictJSON", "PartnerTrust"] + crypto),
        .testTarget(name: "SealingTests", dependencies: ["Sealing", "JOSE", "Disclosure", "Casework", "StrictJSON"] + crypto),
        .testTarget(name: "PolicyFilesTests", dependencies: ["PolicyFiles", "JOSE", "Disclosure", "Casework", "StrictJSON"]),
        .testTarget(name: "AuditTrailTests", dependencies: ["AuditTrail", "StrictJSON"] + crypto),
        .testTarget(name: "ReportingTests", dependencies: ["Reporting", "AuditTrail", "Casework", "StrictJSON"]),
        .testTarget(name: "PartnerTrustTests", dependencies: ["PartnerTrust"]),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Storage", "AuditTrail", "Casework", "Disclosure", "StrictJSON", .product(name: "GRDB", package: "GRDB.swift")]
                + crypto),
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "ConvenantTestSupport", "Exchange", "Storage", "Reporting", "Sealing", "PolicyFiles", "JOSE", "AuditTrail", "Disclosure",
                "Casework", "StrictJSON",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ] + crypto),
        .testTarget(name: "FuzzTests", dependencies: ["Exchange", "PolicyFiles", "JOSE", "StrictJSON", "Casework"]),
        .testTarget(
            name: "WireTests",
            dependencies: [
                "ConvenantTestSupport", "Wire", "Exchange", "Storage", "Sealing", "PolicyFiles", "PartnerTrust", "Disclosure", "Casework",
                "StrictJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + crypto),
        .testTarget(
            name: "SignOnTests",
            dependencies: [
                "SignOn", "Exchange", "StrictJSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + crypto),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "Console", "ConvenantTestSupport", "Wire", "Exchange", "AuditTrail", "Casework", "Disclosure", "StrictJSON", "PartnerTrust",
                "SignOn",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + crypto),
        .testTarget(
            name: "PartnerKitTests",
            dependencies: [
                "PartnerKit", "JOSE", "PartnerTrust", "StrictJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "convenant", "PartnerKit", "PartnerTrust", "PolicyFiles", "JOSE", "Storage", "Casework", "StrictJSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + crypto),
    ],
    swiftLanguageModes: [.v6]
)
