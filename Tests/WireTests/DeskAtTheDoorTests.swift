import Casework
import Crypto
import Exchange
import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import PartnerTrust
import PolicyFiles
import Sealing
import Storage
import StrictJSON
import Testing

@testable import Wire

@Suite("the desk behind the staff listener", .timeLimit(.minutes(10)))
struct DeskAtTheDoorTests {
    /// A desk in a folder of its own, under the demo decisions.
    private func withDesk(_ body: (ReferralDesk) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "wire-desk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = DataFolder(path: folder.path)
        try data.create()
        let world = World.system()
        let now = world.wall().millisecondsSince1970
        let root = try CertificateAuthority.makeRoot(
            commonName: "test", organisation: "test", from: now - 86_400_000, until: now + 86_400_000)
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let municipality = try #require(OrganisationNumber("00000099000000001000"))
        let desk = try await ReferralDesk.open(
            RunLock(data), municipality: Municipality(oin: municipality, name: "test"),
            policies: loadPolicies(
                folder: package.appending(path: "policies").path, pack: "den-haag-meldcode", allowingFictitious: true),
            world: world, settings: DeskSettings(scryptCost: 1 << 14, secondFactor: .optional),
            secrets: DeskSecrets(
                signing: SigningKeys(HeldSigningKey(.generate())), logKey: Curve25519.Signing.PrivateKey(),
                staffHandleKey: SymmetricKey(size: .bits256)),
            trust: CertificateChecker(TrustAnchors(roots: root.certificatePEM, lists: [])), simulated: true)
        try await body(desk)
        await desk.close()
    }

    private func example(_ schema: String) throws -> JSONValue {
        try #require(try parseJSON(PackageResources.openapi_json)["components"]?["schemas"]?[schema]?["example"])
    }

    @Test("a signal goes from filing to triage with the examples of openapi.json")
    func life() async throws {
        try await withDesk { desk in
            let welfare = OrganisationNumber("00000099000000005000")
            let helper = try await desk.addStaff(name: "intermediary-1", role: .intermediary, organisation: welfare)
            let worker = try await desk.addStaff(name: "contact-point-1", role: .contactPoint, organisation: nil)
            _ = try await desk.addStaff(name: "case-manager-1", role: .socialCaseManager, organisation: nil)
            let settings = testSettings(bodyLimit: 256 * 1024)
            let router = buildRouter(boundRoutes(at: .staff, desk: desk), at: .staff, door: staffDoor(desk), settings: settings)
            try await Application(responder: router.buildResponder(), logger: settings.logger).test(.router) { client in
                func send(_ method: HTTPRequest.Method, _ uri: String, _ body: JSONValue? = nil, token: String? = nil) async throws
                    -> TestResponse
                {
                    var headers = HTTPFields()
                    if body != nil { headers[.contentType] = "application/json" }
                    headers[.authorization] = token.map { "Bearer \($0)" }
                    return try await client.execute(
                        uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0.canonicalBytes()) })
                }
                func signIn(_ account: String, _ password: String) async throws -> String? {
                    let body: JSONValue = ["account": .string(account), "password": .string(password)]
                    return try await send(.post, "/v1/sessions", body).json["token"]?.stringValue
                }

                let stranger = try await send(.post, "/v1/sessions", ["account": "intermediary-1", "password": "wrong"])
                #expect(stranger.status == .unauthorized && stranger.json["code"] == "not-signed-in")
                let filer = try #require(try await signIn(helper.account, helper.password))
                let desk = try #require(try await signIn(worker.account, worker.password))

                let filed = try await send(.post, "/v1/signals", try example("NewSignal"), token: filer)
                #expect(filed.status == .created && filed.json["outcome"] == "accepted", "\(filed.json["reasons"]?.canonicalText ?? "")")
                let id = try #require(filed.json["signalId"]?.stringValue)
                let faulty = try await send(.post, "/v1/signals", ["channel": "fax", "extra": 1], token: filer)
                #expect(faulty.status == .badRequest && faulty.errors.count >= 4)

                let status = try await send(.get, "/v1/signals/\(id)", token: filer)
                #expect(status.json == ["signalId": .string(id), "status": "received"])
                #expect(try await send(.get, "/v1/desk", token: filer).status == .forbidden)
                let waiting = try await send(.get, "/v1/desk", token: desk)
                #expect(waiting.json["newSignals"]?.arrayValue?.first?["signalId"]?.stringValue == id)
                let triaged = try await send(.post, "/v1/signals/\(id)/triage", try example("NewTriage"), token: desk)
                #expect(triaged.status == .ok && triaged.json["casefileId"] != nil)

                let casefile = try await send(.get, "/v1/casefiles/\(triaged.json["casefileId"]?.stringValue ?? "")", token: desk)
                let person = try #require(casefile.json["persons"]?.arrayValue?.first?["personId"])
                var consent = try #require(try example("NewConsent").objectValue)
                consent["personId"] = person
                let recorded = try await send(.post, "/v1/consents", .object(consent), token: desk)
                #expect(recorded.status == .created)
                let withdrawal = "/v1/consents/\(recorded.json["consentId"]?.stringValue ?? "")/withdrawal"
                let withdrawn = try await send(.post, withdrawal, try example("NewWithdrawal"), token: desk)
                #expect(withdrawn.status == .ok && withdrawn.json["staysOnOtherGround"] == [])
                #expect(try await send(.post, "/v1/objections", ["personId": person], token: desk).status == .created)
                #expect(try await send(.get, "/v1/tasks?state=accepted", token: desk).json["items"] == [])
                #expect(try await send(.get, "/v1/log/checkpoint", token: desk).json["size"]?.integerValue ?? 0 > 5)
                #expect(try await send(.get, "/v1/log/entries", token: desk).status == .forbidden)

                let period = "/v1/reports/uniform?from=2000-01-01&to=2099-12-31"
                let report = try await send(.get, period, token: desk)
                #expect(report.json["signals"] == 1 && report.json["warnings"] == ["fictitiousDecisions", "simulated"])
                #expect(try await send(.get, period, token: desk).json == report.json)
                #expect(try await send(.get, period, token: filer).status == .forbidden)
                #expect(try await send(.get, "/v1/reports/uniform?from=2000-01-01", token: desk).errors == ["/query/to missing-member"])

                #expect(try await send(.get, "/v1/casefiles?assigned=me&limit=5", token: desk).json["items"]?.arrayValue != nil)
                let question = try await send(.post, "/v1/decisions", try example("QuestionWithoutPerson"), token: desk)
                #expect(question.status == .ok && question.json["explanation"]?["nl"]?.stringValue?.isEmpty == false)
                #expect(try await send(.get, "/v1/casefiles/not-an-id", token: desk).status == .notFound)
                #expect(try await send(.get, "/v1/jwks.json").json["keys"]?.arrayValue?.count == 1)
                #expect(try await send(.get, "/v1/openapi.json").json["openapi"] == "3.1.0")

                let left = try await send(.delete, "/v1/sessions/current", token: filer)
                #expect(left.status == .noContent)
                #expect(try await send(.get, "/v1/signals/\(id)", token: filer).status == .unauthorized)
            }
        }
    }
}
