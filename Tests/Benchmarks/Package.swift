// swift-tools-version: 6.2
import PackageDescription

// A package of its own: nobody who builds or tests Convenant builds this. It builds the daemon too, so that one build serves both.
let package = Package(
    name: "convenant-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "convenant", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        .executableTarget(
            name: "convenant-bench",
            dependencies: [
                .product(name: "Disclosure", package: "convenant"),
                .product(name: "PartnerKit", package: "convenant"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
