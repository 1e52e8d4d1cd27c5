import Casework

/// By what somebody may be compelled. Dutch: soort dwangmiddel.
public enum LeverKind: String, CaseIterable, Hashable, Sendable {
    /// A duty that comes with a benefit. Dutch: verplichting bij de uitkering.
    case benefitObligation
    /// A condition of the tenancy. Dutch: huurvoorwaarde.
    case tenancyCondition
    /// A letter in which the mayor announces measures. Dutch: brief van de burgemeester.
    case mayorsLetter
    /// What a court decided. Dutch: uitspraak van de rechter.
    case judgment
    /// Measures to which those who hold them have agreed. Dutch: afgesproken maatregelen.
    case agreedMeasures
}

/// What shows that compulsion may be used towards one person at all, as the gate sees it: codes, ids and instants. What was written about it
/// is content and stands elsewhere. Dutch: dwangmiddel (R24).
///
/// It has an end and a day on which it is looked at again, and holds no longer than either.
public struct Lever: Hashable, Sendable {
    public let id: LeverID
    public let kind: LeverKind
    /// The article of the ground `compulsory` that it serves, and no other one.
    public let article: LegalArticle
    /// The organisations that imposed it and signed for it; never empty.
    public let signers: [OrganisationNumber]
    /// From when on it holds.
    public let from: Instant
    /// The first instant at which it no longer holds.
    public let until: Instant
    /// The first instant at which it no longer holds because nobody reviewed it; a review sets another one.
    public let reviewBy: Instant
    /// When somebody ended it, if anybody did.
    public let endedAt: Instant?

    public init(
        id: LeverID, kind: LeverKind, article: LegalArticle, signers: [OrganisationNumber], from: Instant, until: Instant,
        reviewBy: Instant, endedAt: Instant? = nil
    ) {
        self.id = id
        self.kind = kind
        self.article = article
        self.signers = signers
        self.from = from
        self.until = until
        self.reviewBy = reviewBy
        self.endedAt = endedAt
    }
}
