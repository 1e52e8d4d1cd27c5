import convenant

/// The executable: a door to `convenant`, in which everything stands, so that tests can see into it.
@main
struct Main {
    static func main() async { await runConvenant() }
}
