/// A QR code (ISO/IEC 18004:2015) of a short text: byte mode, error correction level M, versions 1 to 15. It is made here and drawn in the
/// page, for no other may see what stands in it.
struct QRCode: Sendable {
    /// Modules on a side, without the quiet zone.
    var side: Int { dark.count }
    private var dark: [[Bool]]
    /// Modules that stand for the code itself and are never masked.
    private var isFixed: [[Bool]]

    /// Table 9, level M: codewords of error correction in each block, and how many blocks, by version.
    private static let correction = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24]
    private static let blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10]

    /// The code of this text in the smallest version that holds it; nil for a text of more than 412 bytes.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        func capacity(_ version: Int) -> Int {
            Self.codewords(version) - Self.correction[version - 1] * Self.blocks[version - 1]
        }
        guard let version = (1...15).first(where: { capacity($0) * 8 >= 4 + ($0 < 10 ? 8 : 16) + bytes.count * 8 }) else { return nil }
        let side = version * 4 + 17
        dark = Array(repeating: Array(repeating: false, count: side), count: side)
        isFixed = dark
        drawPatterns(version)
        draw(Self.interleaved(Self.dataCodewords(bytes, version, capacity(version)), version))
        // 7.8.3: of the eight masks the one with the least penalty.
        let masked = (0..<8).map { mask in
            var code = self
            code.apply(mask)
            return code
        }
        if let best = masked.min(by: { $0.penalty < $1.penalty }) { self = best }
    }

    /// Whether the module in this row and column is dark.
    subscript(_ row: Int, _ column: Int) -> Bool { dark[row][column] }

    /// The dark modules as the path of an SVG, with the quiet zone of four modules around them.
    var path: String {
        var path = ""
        for row in 0..<side {
            var column = 0
            while column < side {
                let start = column
                while column < side, dark[row][column] { column += 1 }
                if column > start { path += "M\(start + 4) \(row + 4)h\(column - start)v1h-\(column - start)z" }
                column += 1
            }
        }
        return path
    }

    /// All codewords of a version: what the patterns leave of its modules, in bytes (table 1).
    private static func codewords(_ version: Int) -> Int {
        let aligned = version / 7 + 2
        var modules = (16 * version + 128) * version + 64
        if version >= 2 { modules -= (25 * aligned - 10) * aligned - 55 }
        if version >= 7 { modules -= 36 }
        return modules / 8
    }

    /// 7.4: mode, length and bytes, ended and filled up.
    private static func dataCodewords(_ bytes: [UInt8], _ version: Int, _ capacity: Int) -> [UInt8] {
        var bits: [Bool] = []
        func append(_ value: Int, _ count: Int) { for place in (0..<count).reversed() { bits.append(value >> place & 1 == 1) } }
        append(0b0100, 4)
        append(bytes.count, version < 10 ? 8 : 16)
        for byte in bytes { append(Int(byte), 8) }
        append(0, min(4, capacity * 8 - bits.count))
        append(0, (8 - bits.count % 8) % 8)
        var filler = 0xEC
        while bits.count < capacity * 8 {
            append(filler, 8)
            filler ^= 0xEC ^ 0x11
        }
        return stride(from: 0, to: bits.count, by: 8).map { start in bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) } }
    }

    /// 7.5 and 7.6: error correction block by block, and the blocks in turns.
    private static func interleaved(_ data: [UInt8], _ version: Int) -> [UInt8] {
        let (count, check) = (blocks[version - 1], correction[version - 1])
        let (short, long) = (data.count / count, data.count % count)
        let divisor = generator(check)
        var (contents, checks): ([[UInt8]], [[UInt8]]) = ([], [])
        var start = 0
        for block in 0..<count {
            let length = short + (block >= count - long ? 1 : 0)
            contents.append(Array(data[start..<start + length]))
            checks.append(remainder(contents[block], divisor))
            start += length
        }
        func turns(_ lists: [[UInt8]]) -> [UInt8] {
            (0..<(lists.map(\.count).max() ?? 0)).flatMap { place in lists.compactMap { place < $0.count ? $0[place] : nil } }
        }
        return turns(contents) + turns(checks)
    }

    /// The product in GF(256) modulo x⁸ + x⁴ + x³ + x² + 1.
    private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var result = 0
        for place in (0..<8).reversed() {
            result = result << 1 ^ (result >> 7) * 0x11D
            if b >> place & 1 == 1 { result ^= Int(a) }
        }
        return UInt8(result)
    }

    /// The generator polynomial of this degree, without its leading 1 (annex A).
    private static func generator(_ degree: Int) -> [UInt8] {
        var polynomial = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for place in 0..<degree {
                polynomial[place] = product(polynomial[place], root) ^ (place + 1 < degree ? polynomial[place + 1] : 0)
            }
            root = product(root, 2)
        }
        return polynomial
    }

    private static func remainder(_ data: [UInt8], _ divisor: [UInt8]) -> [UInt8] {
        var rest = [UInt8](repeating: 0, count: divisor.count)
        for byte in data {
            let factor = byte ^ rest[0]
            rest = zip(rest.dropFirst() + [0], divisor).map { $0 ^ product($1, factor) }
        }
        return rest
    }

    private mutating func fix(_ row: Int, _ column: Int, _ isDark: Bool) {
        guard 0..<side ~= row, 0..<side ~= column else { return }
        dark[row][column] = isDark
        isFixed[row][column] = true
    }

    /// 6.3: finders, timing, alignment, version; and the place of the format.
    private mutating func drawPatterns(_ version: Int) {
        for place in 0..<side {
            fix(6, place, place % 2 == 0)
            fix(place, 6, place % 2 == 0)
        }
        for (row, column) in [(3, 3), (3, side - 4), (side - 4, 3)] {
            for down in -4...4 {
                for right in -4...4 {
                    let distance = max(abs(down), abs(right))
                    fix(row + down, column + right, distance != 2 && distance != 4)
                }
            }
        }
        let centres = Self.alignment(version)
        for row in centres {
            for column in centres where !(row == 6 && column == 6 || row == 6 && column == side - 7 || row == side - 7 && column == 6) {
                for down in -2...2 { for right in -2...2 { fix(row + down, column + right, max(abs(down), abs(right)) != 1) } }
            }
        }
        drawFormat(0)
        guard version >= 7 else { return }
        let bits = version << 12 | (0..<12).reduce(version) { rest, _ in rest << 1 ^ (rest >> 11) * 0x1F25 }
        for place in 0..<18 {
            fix(place / 3, side - 11 + place % 3, bits >> place & 1 == 1)
            fix(side - 11 + place % 3, place / 3, bits >> place & 1 == 1)
        }
    }

    /// Annex E: the rows and columns of the centres.
    private static func alignment(_ version: Int) -> [Int] {
        guard version > 1 else { return [] }
        let count = version / 7 + 2
        let step = (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        return [6] + (0..<count - 1).map { version * 4 + 10 - $0 * step }
    }

    /// 7.9: level M and the mask, twice.
    private mutating func drawFormat(_ mask: Int) {
        let bits = (mask << 10 | (0..<10).reduce(mask) { rest, _ in rest << 1 ^ (rest >> 9) * 0x537 }) ^ 0x5412
        func bit(_ place: Int) -> Bool { bits >> place & 1 == 1 }
        for place in 0..<6 { fix(place, 8, bit(place)) }
        for (row, column, place) in [(7, 8, 6), (8, 8, 7), (8, 7, 8)] { fix(row, column, bit(place)) }
        for place in 9..<15 { fix(8, 14 - place, bit(place)) }
        for place in 0..<8 { fix(8, side - 1 - place, bit(place)) }
        for place in 8..<15 { fix(side - 15 + place, 8, bit(place)) }
        fix(side - 8, 8, true)
    }

    /// 7.7.3: two columns at a time, up and down, from the right.
    private mutating func draw(_ codewords: [UInt8]) {
        var place = 0
        for pair in 0..<side / 2 {
            let right = side - 1 - pair * 2 - (pair * 2 >= side - 7 ? 1 : 0)
            for step in 0..<side {
                let row = pair % 2 == 0 ? side - 1 - step : step
                for column in [right, right - 1] where !isFixed[row][column] && place < codewords.count * 8 {
                    dark[row][column] = codewords[place / 8] >> (7 - place % 8) & 1 == 1
                    place += 1
                }
            }
        }
    }

    /// 7.8.2: turns over what the mask says.
    private mutating func apply(_ mask: Int) {
        for row in 0..<side {
            for column in 0..<side where !isFixed[row][column] && Self.turns(mask, row, column) { dark[row][column].toggle() }
        }
        drawFormat(mask)
    }

    private static func turns(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: row * column % 2 + row * column % 3 == 0
        case 6: (row * column % 2 + row * column % 3) % 2 == 0
        default: ((row + column) % 2 + row * column % 3) % 2 == 0
        }
    }

    /// Table 11: runs, blocks, what looks like a finder, and the share of dark modules.
    private var penalty: Int {
        let columns = (0..<side).map { column in dark.map { $0[column] } }
        var penalty = 0
        for line in dark + columns {
            var run = 0
            for place in 0..<side {
                run = place > 0 && line[place] == line[place - 1] ? run + 1 : 1
                if run == 5 { penalty += 3 } else if run > 5 { penalty += 1 }
            }
            for start in 0...side - 11 where Self.finders.contains(Array(line[start..<start + 11])) { penalty += 40 }
        }
        for row in 1..<side {
            for column in 1..<side
            where [dark[row - 1][column], dark[row][column - 1], dark[row - 1][column - 1]].allSatisfy({ $0 == dark[row][column] }) {
                penalty += 3
            }
        }
        let share = dark.joined().count { $0 } * 100 / (side * side)
        return penalty + abs(share - 50) / 5 * 10
    }

    private static let finders: [[Bool]] = {
        let finder = [true, false, true, true, true, false, true]
        let light = [Bool](repeating: false, count: 4)
        return [finder + light, light + finder]
    }()
}
