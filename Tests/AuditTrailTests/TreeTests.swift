import Crypto
import Testing

@testable import AuditTrail

/// RFC 6962, section 2.1, word for word; remembers full subtrees so that a thousand trees take no minute.
struct NaiveTree {
    let leaves: [[UInt8]]
    private var known: [Range<Int>: [UInt8]] = [:]

    init(leaves: [[UInt8]]) { self.leaves = leaves }

    mutating func root(_ range: Range<Int>) -> [UInt8] {
        if range.isEmpty { return Array(SHA256.hash(data: [UInt8]())) }
        if range.count == 1 { return leaves[range.lowerBound] }
        if let found = known[range] { return found }
        var split = 1
        while split * 2 < range.count { split *= 2 }
        let middle = range.lowerBound + split
        let hash = Array(SHA256.hash(data: [0x01] + root(range.lowerBound..<middle) + root(middle..<range.upperBound)))
        if range.count == split * 2 { known[range] = hash }
        return hash
    }
}

func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

private func leaf(_ number: Int) -> [UInt8] { leafHash(Array("leaf \(number)".utf8)) }

@Suite("The Merkle tree")
struct TreeTests {
    @Test("roots are those that certificate-transparency publishes for its eight leaves")
    func knownRoots() {
        let inputs: [[UInt8]] = [
            [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57), Array(0x60...0x6F),
        ]
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        var frontier = MerkleFrontier()
        #expect(hex(frontier.root) == roots[0])
        for (index, input) in inputs.enumerated() {
            frontier.append(leaf: leafHash(input))
            #expect(hex(frontier.root) == roots[index + 1])
            #expect(frontier.size == UInt64(index + 1))
        }
    }

    @Test("root and tiles agree with the naive definition for every size up to 1100, and so does a restored tree")
    func againstNaive() throws {
        let leaves = (0..<1100).map(leaf)
        var naive = NaiveTree(leaves: leaves)
        var tree = TrailTree()
        var stored: [[UInt64]: [UInt8]] = [:]
        for size in 0...leaves.count {
            #expect(tree.root == naive.root(0..<size))
            if size % 7 == 0 || size % 256 <= 1 || size % 256 == 255 {
                let restored = TrailTree.restore(size: UInt64(size)) { range in
                    leaves[Int(range.lowerBound)..<Int(range.upperBound)].flatMap { $0 }
                } tile: { level, index in
                    stored[[UInt64(level), index]] ?? []
                }
                #expect(restored == tree)
            }
            guard size < leaves.count else { break }
            let full = tree.append(leaf: leaves[size])
            #expect(full.isEmpty == ((size + 1) % 256 != 0))
            for tile in full {
                let first = Int(tile.index) * 256
                #expect(tile.level == 0)
                #expect(tile.hashes == leaves[first..<first + 256].flatMap { $0 })
                stored[[UInt64(tile.level), tile.index]] = tile.hashes
            }
        }
        #expect(stored.keys.map { $0[1] }.sorted() == [0, 1, 2, 3])
    }

    @Test("a tile of the second level holds the roots of 256 tiles below it, and the tree is restored from it")
    func secondLevel() {
        let repeated = (0..<97).map(leaf)
        var tree = TrailTree()
        var stored: [[UInt64]: [UInt8]] = [:]
        for number in 0..<65_536 + 300 {
            for tile in tree.append(leaf: repeated[number % 97]) { stored[[UInt64(tile.level), tile.index]] = tile.hashes }
        }
        #expect(stored.count == 257 + 1)
        let second = stored[[1, 0]] ?? []
        #expect(second.count == 8192)
        for index in [0, 1, 100, 255] as [UInt64] {
            var below = NaiveTree(leaves: (0..<256).map { repeated[(Int(index) * 256 + $0) % 97] })
            #expect(Array(second.dropFirst(Int(index) * 32).prefix(32)) == below.root(0..<256))
        }
        let restored = TrailTree.restore(size: 65_836) { range in
            range.flatMap { repeated[Int($0) % 97] }
        } tile: { level, index in
            stored[[UInt64(level), index]] ?? []
        }
        #expect(restored == tree)
    }

    @Test("a copy made before an append is what it was")
    func copies() {
        var tree = TrailTree()
        for number in 0..<300 { _ = tree.append(leaf: leaf(number)) }
        let before = tree
        let root = tree.root
        _ = tree.append(leaf: leaf(300))
        #expect(before.root == root)
        #expect(tree.root != root)
        var again = before
        _ = again.append(leaf: leaf(300))
        #expect(again == tree)
    }

    @Test("what is restored from the wrong number of hashes is refused")
    func wrongLengths() {
        #expect(MerkleFrontier(size: 3, peaks: [leaf(0)]) == nil)
        #expect(MerkleFrontier(size: 1, peaks: [[1, 2, 3]]) == nil)
        #expect(TrailTree.restore(size: 3, leaves: { _ in leaf(0) }, tile: { _, _ in [] }) == nil)
        #expect(TrailTree.restore(size: 256, leaves: { _ in [] }, tile: { _, _ in [1] }) == nil)
    }
}
