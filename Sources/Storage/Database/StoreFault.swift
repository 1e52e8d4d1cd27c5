import Foundation
import GRDB

/// Why the store could not do what it was asked. Codes and names of ours only: never a value about a person.
public enum StoreFault: Error, Hashable, Sendable {
    /// Nothing was committed, and nothing may be answered as done; SQLite's extended result code says why (13 = disk full, 0 = not known).
    case notDurable(code: Int32)
    /// The schema refused a row; the text is SQLite's and names the constraint, never the value.
    case constraint(code: Int32, name: String)
    /// A file does not hold what our own code wrote there.
    case corrupt(String)
    /// The file was written by a newer program than this one.
    case newerSchema(file: String, found: Int64, known: Int64)
    /// Another process holds `run/lock`.
    case inUse
    /// A file or folder is missing or readable by others; the text names it and the command that mends it.
    case folder(String)
    /// SQLite could not read, or the SQL of ours is wrong; its extended result code.
    case io(code: Int32, context: String)
    /// The system refused a file operation; `errno`.
    case system(errno: Int32, path: String)
    /// A key is missing, or does not open what was sealed under it.
    case key(String)
    /// A body threw something that is not a fault of the store: a mistake in a record.
    case body(String)
}

extension StoreFault {
    /// Whether it may be over without anybody changing a setting or a file: the disk is full or fails, or the machine has too much open.
    public var isPassing: Bool {
        switch self {
        // SQLITE_READONLY and SQLITE_CANTOPEN are of modes and owners, which somebody has to mend.
        case .notDurable(let code): ![8, 14].contains(code & 0xFF)
        case .system(let code, _): [ENOSPC, EDQUOT, EIO, EROFS, EMFILE, ENFILE, ENOMEM].contains(code)
        default: false
        }
    }
}

extension StoreFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notDurable(let code):
            code & 0xFF == 13
                ? "nothing was stored: the disk is full (hint: make room, then try again)"
                : "nothing was stored\(code == 0 ? "" : ": SQLite code \(code)") (hint: look at the disk and its free space, then try again)"
        case .constraint(_, let name): "the schema refused a row: \(name)"
        case .corrupt(let what): "the data folder is damaged: \(what) (hint: run `log verify`, then restore the last good backup)"
        case .newerSchema(let file, let found, let known):
            "`\(file)` has schema \(found), this program knows \(known) (hint: install the program that wrote it, or a newer one)"
        case .inUse: "the data folder is in use (hint: stop the daemon, or use a command that talks to it)"
        case .folder(let what): what
        case .io(let code, let context): "SQLite code \(code): \(context)"
        case .system(errno: ENOTDIR, path: let path): "cannot use `\(path)`: a file stands where a folder should be (hint: name a folder)"
        case .system(let errno, let path):
            "cannot use `\(path)`: \(String(cString: strerror(errno))) (hint: look at its owner, mode and disk)"
        case .key(let what): "\(what) (hint: `keys list` shows which epochs there are)"
        case .body: "a record failed (hint: this is a defect of the program; please report it)"
        }
    }

    /// The fault as which an error leaves the store.
    init(_ error: any Error) {
        switch error {
        case let fault as StoreFault: self = fault
        case let error as DatabaseError: self.init(sqlite: error)
        default: self = .body(String(describing: type(of: error)))
        }
    }

    private init(sqlite error: DatabaseError) {
        let code = error.extendedResultCode.rawValue
        switch error.resultCode {
        case .SQLITE_CONSTRAINT: self = .constraint(code: code, name: error.message ?? "constraint")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt("SQLite code \(code)")
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_READONLY, .SQLITE_CANTOPEN: self = .notDurable(code: code)
        default: self = .io(code: code, context: error.message ?? "unknown")
        }
    }
}
