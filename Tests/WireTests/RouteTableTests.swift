import HTTPTypes
import StrictJSON
import Testing

@testable import Exchange
@testable import Wire

@Suite("the route table and openapi.json say the same")
struct RouteTableTests {
    private let document: JSONValue
    init() throws { document = try parseJSON(PackageResources.openapi_json) }

    private func operations() -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        for path in document["paths"]?.objectValue?.members ?? [] {
            for method in path.value.objectValue?.members ?? [] { found["\(method.name.uppercased()) \(path.name)"] = method.value }
        }
        return found
    }

    @Test("each list of the desk is described")
    func deskSections() {
        let described = document["components"]?["schemas"]?["Desk"]?["properties"]?.objectValue?.members ?? []
        #expect(Set(DeskSection.all.map(\.name)).subtracting(described.map(\.name)) == [])
    }

    private func parameters(of operation: JSONValue, in place: String) -> Set<String> {
        let references = (operation["parameters"]?.arrayValue ?? []).compactMap {
            $0["$ref"]?.stringValue?.split(separator: "/").last.map(String.init)
        }
        let described = references.compactMap { document["components"]?["parameters"]?[$0] }
        return Set(described.filter { $0["in"]?.stringValue == place }.compactMap { $0["name"]?.stringValue })
    }

    @Test("each route is described, and nothing else")
    func sameRoutes() {
        #expect(Set(operations().keys) == Set(routeTable.map(\.entry.template)))
        #expect(routeTable.count == Set(routeTable.map(\.entry.template)).count)
        #expect(routeTable.count > 20)
    }

    @Test("each is described at its own listeners, with its own way to be known", arguments: routeTable.map(\.entry))
    func sameDoors(entry: RouteEntry) throws {
        let operation = try #require(operations()[entry.template])
        #expect(Set((operation["x-listeners"]?.arrayValue ?? []).compactMap(\.stringValue)) == Set(entry.listeners.map(\.rawValue)))
        let schemes = Set((operation["security"]?.arrayValue ?? []).flatMap { $0.objectValue?.names ?? [] })
        var expected: Set<String> = []
        if entry.access != .anybody, entry.listeners.contains(.staff) { expected.insert("bearer") }
        if entry.access == .caller, entry.listeners.contains(.partners) { expected.insert("mutualTLS") }
        #expect(schemes == expected)
    }

    @Test("each takes and sends what is described", arguments: routeTable.map(\.entry))
    func sameBodies(entry: RouteEntry) throws {
        let operation = try #require(operations()[entry.template])
        #expect(operation["requestBody"]?["content"]?.objectValue?.names ?? [] == (entry.takes.map { [$0.rawValue] } ?? []))
        let responses = try #require(operation["responses"]?.objectValue)
        let good = responses.members.filter { $0.name.hasPrefix("2") }
        // What plans a visit and what records one share a route: 201 and 200.
        #expect((1...2).contains(good.count))
        for answer in good {
            if let content = answer.value["content"] { #expect(content.objectValue?.names == [entry.sends.rawValue]) }
        }
        for status in ["400", "404", "406", "413", "500", "503"] + (entry.takes == nil ? [] : ["415"])
            + (entry.access == .anybody ? [] : ["403"]) + (entry.access == .session ? ["401"] : [])
        {
            #expect(responses[status] != nil, "\(status)")
        }
    }

    @Test("each takes the parameters that are described", arguments: routeTable.map(\.entry))
    func sameParameters(entry: RouteEntry) throws {
        let operation = try #require(operations()[entry.template])
        #expect(parameters(of: operation, in: "query") == Set(entry.query.map(\.name)))
        #expect(parameters(of: operation, in: "header") == (entry.idempotency == .none ? [] : ["Idempotency-Key"]))
        let named = Set(entry.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) })
        #expect(parameters(of: operation, in: "path") == named)
    }

    @Test("what changes something takes an idempotency key, but for what may be said twice without harm")
    func keys() {
        let harmless: Set = [
            // Said again it changes nothing.
            "POST /v1/inbox/{messageId}/receipts", "POST /v1/plan-actions/{actionId}/done", "POST /v1/signals/{signalId}/join",
            "DELETE /v1/signals/{signalId}/join", "POST /v1/signals/{signalId}/seen", "POST /v1/desk/news/seen",
            // A question; each is in the log for itself.
            "POST /v1/decisions", "POST /v1/access-requests", "POST /v1/person-searches",
            // A session's own.
            "POST /v1/sessions", "DELETE /v1/sessions/current", "POST /v1/sessions/current/enrolment",
            "POST /v1/sessions/current/enrolment/confirmation",
        ]
        let without = routeTable.map(\.entry).filter { $0.method != .get && $0.idempotency == .none }
        #expect(Set(without.map(\.template)) == harmless)
    }

    @Test("paths follow the design rules: a major version, kebab case, no slash at the end")
    func paths() {
        for entry in routeTable.map(\.entry) {
            #expect(entry.path.hasPrefix("/v1/") && !entry.path.hasSuffix("/"))
            for step in entry.path.split(separator: "/") where !step.hasPrefix("{") {
                #expect(step.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" || $0 == "." }, "\(step)")
            }
        }
    }

    @Test("the version in every answer is that of the description")
    func version() { #expect(document["info"]?["version"]?.stringValue == apiVersion) }

    @Test("only the open routes need nobody, and only they are open to other origins")
    func open() {
        let anybody = routeTable.map(\.entry).filter { $0.access == .anybody }
        #expect(Set(anybody.map(\.template)) == ["POST /v1/sessions", "GET /v1/openapi.json", "GET /v1/jwks.json"])
        #expect(Set(routeTable.map(\.entry).filter(\.openToOrigins).map(\.path)) == ["/v1/openapi.json", "/v1/jwks.json"])
    }
}
