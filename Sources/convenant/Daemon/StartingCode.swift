import Foundation

/// Gives back the memory of the code that was run so far: most of it only starting needs (reading policies, migrating, making ready for TLS), and it
/// is more than a third of what a daemon that rests would hold.
///
/// Nothing is lost: code is never written, so what is needed again is mapped again, as a rule from the page cache.
func giveBackStartingCode() {
    // A line a mapping, such as `5581a000-5582b000 r-xp 00001000 fd:01 1234 /usr/bin/convenant`.
    let maps = String(decoding: FileManager.default.contents(atPath: "/proc/self/maps") ?? Data(), as: UTF8.self)
    for words in maps.split(separator: "\n").map({ $0.split(separator: " ") }) {
        guard words.count > 5, words[1] == "r-xp", words[5].hasPrefix("/") else { continue }
        let bounds = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
        madvise(UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
    }
}
