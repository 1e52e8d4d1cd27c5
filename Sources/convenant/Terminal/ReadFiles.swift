import Foundation

/// The bytes of a file of a data folder; nil where there is none. One that is there counts for something: going on without it could undo what
/// it says, so where it cannot be read nothing goes on.
func readIfThere(_ path: String) throws -> [UInt8]? {
    if let data = FileManager.default.contents(atPath: path) { return [UInt8](data) }
    var status = stat()
    guard lstat(path, &status) != 0, errno == ENOENT else {
        throw fail("`\(path)` cannot be read (hint: run as the user whom the folder belongs to)", Exit.configuration)
    }
    return nil
}

/// The bytes of a file that the user named.
func readInput(_ path: String, what: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
        throw fail("\(what) `\(path)` cannot be read (hint: check the path and its mode)", Exit.badInput)
    }
    return [UInt8](data)
}
