import Exchange
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON

/// What HTTP itself refuses, before a use case is asked (contract §2).
enum WireRefusal: Error, Hashable {
    /// 406: `Accept` leaves out the one media type that we would send.
    case notAcceptable(sends: String)
    /// 413.
    case tooLarge(limit: Int)
    /// 415.
    case unsupportedMediaType(wants: String)

    /// The refusal as a problem without `requestId`.
    var answer: DeskAnswer {
        switch self {
        case .notAcceptable(let sends):
            problem(406, "not-acceptable", "not acceptable", "this is sent as `\(sends)` only; let `Accept` name it or leave it out")
        case .tooLarge(let limit):
            problem(413, "too-large", "the body is too large", "a body has \(limit) bytes at most; nothing of it was read")
        case .unsupportedMediaType(let wants):
            problem(415, "unsupported-media-type", "unsupported media type", "send `Content-Type: \(wants)`, without content coding")
        }
    }
}

/// 500: ours, and told to nobody but the log.
let internalFault = problem(500, "internal", "something went wrong here", "it was logged under this request's id; try again later")

private func problem(_ status: Int, _ code: String, _ title: String, _ detail: String) -> DeskAnswer {
    DeskAnswer(
        status: status,
        body: [
            "type": .string("https://convenant.example/problems/\(code)"), "title": .string(title), "status": .integer(Int64(status)),
            "detail": .string(detail), "code": .string(code),
        ])
}

/// What a use case answered: its body, or a problem. What is explained is so in the language that the caller asked for.
func answerResponse(_ answer: DeskAnswer, to request: Request, requestID: String) -> Response {
    let language = AnswerLanguage(request.headers)
    let chosen = language?.chosen(in: answer.body)
    let answer = chosen.map { DeskAnswer(status: answer.status, body: $0) } ?? answer
    var response =
        answer.status >= 400 ? problemResponse(answer, requestID: requestID) : jsonResponse(answer.body, status: answer.status)
    if chosen != nil, let language { response.headers[.contentLanguage] = language.rawValue }
    return response
}

/// A problem document (RFC 9457) with the id under which the log knows the request.
func problemResponse(_ answer: DeskAnswer, requestID: String) -> Response {
    var body = answer.body.objectValue ?? JSONObject()
    body["requestId"] = .string(requestID)
    var response = jsonResponse(.object(body), status: answer.status)
    response.headers[.contentType] = "application/problem+json"
    if answer.status == 503 { response.headers[.retryAfter] = "1" }
    return response
}

/// The problem for whatever was thrown, and nil for what is no refusal but a fault.
func refusalResponse(_ error: any Error, to request: Request, requestID: String) -> Response? {
    switch error {
    case let refusal as DeskRefusal:
        var response = answerResponse(refusal.answer, to: request, requestID: requestID)
        if let seconds = refusal.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        if case .notSignedIn = refusal { response.headers[.wwwAuthenticate] = "Bearer" }
        // A peer that is not (or no longer) a partner keeps no connection.
        if case .certificateRefused = refusal { response.headers[.connection] = "close" }
        return response
    case let refusal as WireRefusal: return problemResponse(refusal.answer, requestID: requestID)
    case let error as HTTPError where error.status == .notFound: return problemResponse(DeskRefusal.notFound.answer, requestID: requestID)
    default: return nil
    }
}

/// A JSON value as an answer; without a body when it is null.
func jsonResponse(_ body: JSONValue, status: Int) -> Response {
    guard !body.isNull else { return Response(status: .init(code: status)) }
    return Response(
        status: .init(code: status), headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(bytes: body.canonicalBytes())))
}
