import Casework
import Exchange
import Foundation
import Storage
import StrictJSON

/// A person with an authenticator app, who has enrolled.
public struct EnrolledPerson: Sendable {
    public let account: String
    public let password: String
    /// Base 32, as the app was given it.
    public let secret: String
    public let recoveryCodes: [String]
    /// The session that the enrolment ended in.
    public let token: String
}

extension TestDesk {
    /// Signs in, and gives the answer.
    public func signIn(_ account: String, _ password: String, code: String? = nil, for use: SessionUse = .api) async -> DeskAnswer {
        var body: JSONObject = ["account": .string(account), "password": .string(password)]
        if let code { body["code"] = .string(code) }
        return await ask { () async throws(DeskRefusal) in try await desk.signIn(.object(body), for: use) }
    }

    /// Makes an account that signs in and enrols, as a person does it.
    public func enrolled(_ account: String, _ role: StaffRole, password: String = "zeven gele fietsen", for use: SessionUse = .api)
        async throws -> EnrolledPerson
    {
        let first = try await desk.addStaff(name: account, role: role, organisation: nil).password
        let token = await signIn(account, first, for: use).body.text("token")
        let secret = try await desk.beginEnrolment(token: token).body.text("secret")
        let done = try await desk.finishEnrolment(
            token: token, ["code": .string(oneTimeCode(secret)), "newPassword": .string(password)])
        return EnrolledPerson(
            account: account, password: password, secret: secret, recoveryCodes: done.body.texts("recoveryCodes"),
            token: done.body.text("token"))
    }

    /// The code that an app shows now, or so many steps later.
    public func oneTimeCode(_ secret: String, later steps: Int64 = 0) -> String {
        appCode(secret, at: clock.wall.advanced(byMilliseconds: steps * 30_000))
    }
}
