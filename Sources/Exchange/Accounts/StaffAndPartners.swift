import AuditTrail
import Casework
import Disclosure
import PartnerTrust
import Sealing
import Storage
import StrictJSON

extension ReferralDesk {
    /// Makes an account with a password that is shown once.
    /// - Parameter isSystem: whether a program signs in with it: it keeps that password, has no second factor and no page. It can only file, as
    ///   an intermediary.
    public func addStaff(name: String, role: StaffRole, organisation: OrganisationNumber?, isSystem: Bool = false)
        async throws(DeskRefusal) -> (account: String, password: String)
    {
        guard !isSystem || role == .intermediary else {
            throw .invalidInput([
                InputFault(
                    pointer: "/role", code: "not-for-a-system", detail: "a system's account has the role intermediary",
                    hint: "every other role signs in as a person, with a second factor")
            ])
        }
        guard name.wholeMatch(of: /[a-z0-9][a-z0-9._-]{0,79}/) != nil else {
            throw .invalidInput([
                InputFault(
                    pointer: "/account", code: "invalid-name", detail: "this is not an account name",
                    hint: "small letters, digits, dots and hyphens; a role and a number rather than a person's name")
            ])
        }
        let password = base64URL(world.random(15))
        let salt = world.random(16)
        let row = AccountRow(
            id: world.newID(), name: name, role: role, organisation: organisation ?? municipality.oin,
            password: try await passwordHash(password, salt: salt, cost: settings.scryptCost), salt: salt, cost: settings.scryptCost,
            addedAt: world.wall())
        let added = entry(
            .staffAdded, by: .daemon,
            facts: [
                "handle": .text(handle(of: row.id)), "role": .text(role.rawValue),
                "organisation": .text(row.organisation.description),
            ])
        let isNew = try await commit { transaction in
            guard try transaction.insertAccount(row) else { return false }
            if isSystem { try transaction.setSystem(row.id) }
            try transaction.append([added])
            return true
        }
        guard isNew else { throw .alreadyDecided }
        return (name, password)
    }

    /// `{items: [{account, role, organisation, secondFactor}]}`; `secondFactor` is `enrolled`, `none`, `provider` for an account that signs in
    /// there, or `system` for a program's.
    public func listStaff() async throws(DeskRefusal) -> DeskAnswer {
        let rows = try await read { transaction in
            try transaction.accounts().map { account in
                let factor =
                    if try transaction.isSystem(account.id) { "system" } else if try transaction.isBound(account.id) { "provider" } else {
                        try transaction.secondFactor(of: account.id) == nil ? "none" : "enrolled"
                    }
                return (account, factor)
            }
        }
        return DeskAnswer(
            status: 200,
            body: [
                "items": .array(
                    rows.map { account, factor in
                        [
                            "account": .string(account.name), "role": .string(account.role.rawValue),
                            "organisation": .string(account.organisation.description), "secondFactor": .string(factor),
                        ]
                    })
            ])
    }

    /// Registers a partner's three keys: its TLS certificate, and a JWK Set with a signing and an encryption key, each certified.
    ///
    /// `telephone` and `mandatedRole` are a role's, for the call list, and never a person's. A partner with an `endpoint` is sent its messages;
    /// one that fetches them may have `events`, where it is told that something waits, and no more.
    public func addPartner(
        oin: OrganisationNumber, name: String, certificatePEM: [UInt8], keys jwks: [UInt8], endpoint: String?, events: String? = nil,
        telephone: String? = nil, mandatedRole: String? = nil
    ) async throws(DeskRefusal) -> DeskAnswer {
        guard name.contains(where: { !$0.isWhitespace }), !name.contains(where: \.isNewline) else {
            throw .registrationRefused("/name", "invalid-name", "this is not the name of an organisation", "one line, not empty")
        }
        if let telephone, telephone.wholeMatch(of: /\+?[0-9][0-9 ()-]{2,29}/) == nil {
            throw .registrationRefused(
                "/telephone", "invalid-telephone", "this is not a telephone number", "digits, spaces, hyphens, brackets; + in front")
        }
        if let mandatedRole, !(1...80).contains(mandatedRole.count) || mandatedRole.contains(where: \.isNewline) {
            throw .registrationRefused(
                "/mandatedRole", "invalid-role", "this is not the name of a role", "one line of at most 80 characters, no person's name")
        }
        for (pointer, address) in [("/endpoint", endpoint), ("/events", events)] {
            guard let address, let why = endpointFault(address, allowingPrivate: settings.privateHosts) else { continue }
            throw .registrationRefused(
                pointer, "endpoint-refused", "`\(address)` cannot be sent to: \(why)",
                "https://host:port/path, reachable from here; the setting push.privateHosts allows inner networks")
        }
        if endpoint != nil, events != nil {
            throw .registrationRefused(
                "/events", "not-together", "a partner that is sent its messages is not told of them as well", "give `endpoint` or `events`")
        }
        let certificate = try demandCertificate(certificatePEM, of: oin)
        try demandOneUse(of: certificatePEM, beside: [try demandKeys(jwks, of: oin)], "/certificate")
        let row = PartnerRow(
            oin: oin, name: name, certificateSHA256: certificate, keys: jwks, endpoint: endpoint, events: events,
            tlsChain: certificatePEM, addedAt: world.wall(), telephone: telephone, mandatedRole: mandatedRole)
        let added = entry(
            .partnerAdded, by: .daemon, facts: ["partner": .text(oin.description), "certificate": .text(base64URL(row.certificateSHA256))])
        try await commit { transaction in
            try transaction.store(row)
            try transaction.append([added])
        }
        return DeskAnswer(status: 201, body: ["oin": .string(oin.description), "name": .string(name)])
    }

    /// `{items: [{oin, name, certificate, endpoint?, events?, telephone?, mandatedRole?, formerCertificateUntil?, formerKeysUntil?}]}`.
    public func listPartners() async throws(DeskRefusal) -> DeskAnswer {
        let rows = try await read { try $0.partners() }
        let now = world.wall()
        return DeskAnswer(
            status: 200,
            body: [
                "items": .array(
                    rows.map { row in
                        var json: JSONObject = [
                            "oin": .string(row.oin.description), "name": .string(row.name),
                            "certificate": .string(base64URL(row.certificateSHA256)),
                        ]
                        if let endpoint = row.endpoint { json["endpoint"] = .string(endpoint) }
                        if let events = row.events { json["events"] = .string(events) }
                        if let telephone = row.telephone { json["telephone"] = .string(telephone) }
                        if let role = row.mandatedRole { json["mandatedRole"] = .string(role) }
                        for (name, part) in [("formerCertificateUntil", row.formerCertificate), ("formerKeysUntil", row.formerKeys)] {
                            if let part, part.bytes(at: now) != nil { json[name] = .string(part.until.rfc3339) }
                        }
                        return .object(json)
                    })
            ])
    }

    /// Whose certificate this is, DER; asked at the handshake. The peer has not shown there that it holds the key, so nothing is changed by it.
    ///
    /// The chain, the revocation list and the OIN are checked (the verdict is kept while it can hold), and the certificate must be the one
    /// that the partner registered.
    public func identifyPartner(_ certificate: [UInt8]) async throws(DeskRefusal) -> OrganisationNumber {
        try await registration(of: certificate).oin
    }

    /// The same for a request, whose connection has shown that the peer holds the key; asked for each, since a resumed TLS session is not verified
    /// again. The partner has made itself heard.
    public func hearPartner(_ certificate: [UInt8]) async throws(DeskRefusal) -> OrganisationNumber {
        let row = try await registration(of: certificate)
        if row.tlsChain == nil, certificateSHA256(certificate) == row.certificateSHA256,
            let pem = try? ([certificate] + issuers(of: row)).flatMap(certificatePEM)
        {
            try await commit { try $0.learnChain(of: row.oin, pem: pem) }
        }
        await heard(row.oin)
        return row.oin
    }

    /// The partner that registered a certificate which counts now.
    private func registration(of certificate: [UInt8]) async throws(DeskRefusal) -> PartnerRow {
        let now = world.wall()
        let oin: OrganisationNumber
        switch try await verdict(of: certificate, at: now) {
        case .trusted(let text, _): oin = try OrganisationNumber(text).orRefuse(.certificateRefused(CertificateRefusal.noOIN.code))
        case .refused(let refusal): throw .certificateRefused(refusal.code)
        }
        guard let row = try await read({ try $0.partner(oin) }) else { throw .certificateRefused("not-registered") }
        guard row.certificates(at: now).contains(certificateSHA256(certificate)) else {
            throw .certificateRefused("not-the-registered-one")
        }
        return row
    }

    /// Whether a partner's TLS certificate counts now. What stands between it and a root comes from the registration and never from the peer, which
    /// shows none of it on a resumed session.
    private func verdict(of certificate: [UInt8], at now: Instant) async throws(DeskRefusal) -> CertificateVerdict {
        let now = now.millisecondsSince1970
        let alone = trust.verdict(chainDER: [certificate], purpose: .tlsClient, now: now)
        guard alone == .refused(.unknownIssuer), let named = subjectOIN(certificate), let oin = OrganisationNumber(named),
            let row = try await read({ try $0.partner(oin) })
        else { return alone }
        return try trust.verdict(chainDER: [certificate] + issuers(of: row), purpose: .tlsClient, now: now)
    }

    /// The SHA-256 of a partner's TLS certificate that may be registered.
    func demandCertificate(_ pem: [UInt8], of oin: OrganisationNumber) throws(DeskRefusal) -> [UInt8] {
        guard let chain = try? certificatesDER(pem: pem), let leaf = chain.first else {
            throw .registrationRefused(
                "/certificate", "not-a-certificate", "the certificate file holds no certificate", "give a PEM file, leaf first")
        }
        try demandTrust(chain, purpose: .tlsClient, oin: oin, pointer: "/certificate")
        return certificateSHA256(leaf)
    }

    /// The keys of a partner's JWK Set that may be registered.
    func demandKeys(_ jwks: [UInt8], of oin: OrganisationNumber) throws(DeskRefusal) -> PartnerKeys {
        let keys: PartnerKeys
        do { keys = try PartnerKeys(jwks: jwks) } catch {
            let code = if case .keys(let code) = error { code } else { "unusable" }
            throw .registrationRefused(
                "/keys", "keys-refused", "this is not a JWK Set with a `sig` and an `enc` key that can be used: \(code)",
                "it holds one of each, with x5c, and nothing private")
        }
        if let why = profileFault(keys.profile, for: oin) {
            throw .registrationRefused(
                "/keys", "other-profile", why, "register a key of that profile; the covenant is changed first, and then the keys")
        }
        try demandTrust(keys.signingChain, purpose: .signing, oin: oin, pointer: "/keys")
        try demandTrust(keys.encryptionChain, purpose: .encryption, oin: oin, pointer: "/keys")
        return keys
    }

    /// One key, one use: the key of a TLS certificate (PEM, leaf first) is none of these sets' keys.
    func demandOneUse(of certificatePEM: [UInt8], beside sets: [PartnerKeys], _ pointer: String) throws(DeskRefusal) {
        guard let leaf = try? certificatesDER(pem: certificatePEM).first, let key = certificatePublicKey(leaf) else { return }
        let certified = sets.flatMap { [$0.signingChain.first, $0.encryptionChain.first].compactMap(\.self) }
        guard !certified.contains(where: { certificatePublicKey($0) == key }) else {
            throw .registrationRefused(
                pointer, "key-in-two-uses", "the key of the TLS certificate is also the `sig` or the `enc` key",
                "each use has a key of its own: make a new one, and a certificate for it")
        }
    }
}

extension DeskRefusal {
    /// Why a partner, or a part of what it registers, is not taken.
    static func registrationRefused(_ pointer: String, _ code: String, _ detail: String, _ hint: String) -> DeskRefusal {
        .invalidInput([InputFault(pointer: pointer, code: code, detail: detail, hint: hint)])
    }
}
