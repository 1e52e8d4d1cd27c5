import AuditTrail
import Crypto
import Testing

@Suite("Verifying a log")
struct VerifierTests {
    let log: SmallLog

    init() throws { log = try SmallLog() }

    private func codes(_ log: SmallLog, outside: [String] = []) -> Set<TrailFault.Code> {
        Set(log.verify(outside: outside).faults.map(\.code))
    }

    @Test("an untouched log has no fault, and every checkpoint that anybody holds fits it")
    func intact() throws {
        let report = log.verify(outside: Array(log.notes.values) + [log.heldAt200])
        #expect(report.faults == [])
        #expect(report.isIntact)
        #expect(report.entries == 305)
        #expect(report.shards == [2026, 2027, 2028])
        #expect(report.newest?.size == 2)
        #expect(report.newest?.origin == "convenant/00000099000000001000/2028")
        #expect(log.tiles.count == 1)
        #expect(try SmallLog(counts: []).verify().isIntact)
    }

    @Test("every changed byte of an entry or its leaf is found and the entry is named, alone")
    func everyByteOfEntries() {
        for position in [0, 255, 299, 300, 304] {
            var verifier = log.verifier()
            for row in log.rows[..<position] where row.shard == log.rows[position].shard {
                verifier.entry(seq: row.seq, shard: row.shard, bytes: row.bytes, leaf: row.leaf)
            }
            let row = log.rows[position]
            for index in row.bytes.indices {
                var (copy, changed) = (verifier, row.bytes)
                changed[index] ^= 0x01
                copy.entry(seq: row.seq, shard: row.shard, bytes: changed, leaf: row.leaf)
                #expect(copy.finish().faults.contains { $0.code == .leafDiffers && $0.seqs == row.seq...row.seq })
            }
            for index in row.leaf.indices {
                var (copy, changed) = (verifier, row.leaf)
                changed[index] ^= 0x80
                copy.entry(seq: row.seq, shard: row.shard, bytes: row.bytes, leaf: changed)
                #expect(copy.finish().faults.contains { $0.code == .leafDiffers && $0.seqs == row.seq...row.seq })
            }
        }
        var changed = log
        changed.rows[7].bytes[changed.rows[7].bytes.count - 20] ^= 1
        let faults = changed.verify().faults
        #expect(faults.allSatisfy { $0.seqs == 8...8 && $0.shard == 2026 })
        #expect(faults.contains { $0.code == .leafDiffers })
    }

    @Test("an entry changed together with its leaf is found, and its batch is named")
    func entryAndLeaf() throws {
        let other = try SmallLog(flavour: "x")
        for position in [0, 100, 255] {
            var changed = log
            (changed.rows[position].bytes, changed.rows[position].leaf) = (other.rows[position].bytes, other.rows[position].leaf)
            let faults = changed.verify().faults
            #expect(faults.contains { $0.code == .tileDiffers && $0.seqs == 1...256 })
            #expect(faults.contains { $0.code == .rootDiffers })
        }
        for (position, batch) in [(256, 257...300), (299, 257...300), (304, 304...305)] as [(Int, ClosedRange<Int64>)] {
            var changed = log
            (changed.rows[position].bytes, changed.rows[position].leaf) = (other.rows[position].bytes, other.rows[position].leaf)
            #expect(changed.verify().faults.map(\.seqs) == [batch])
        }
    }

    @Test("every changed byte of a tile is found")
    func everyByteOfTiles() throws {
        var verifier = log.verifier()
        for row in log.rows where row.shard == 2026 { verifier.entry(seq: row.seq, shard: row.shard, bytes: row.bytes, leaf: row.leaf) }
        let tile = try #require(log.tiles.first).tile
        var (hashes, missed) = (tile.hashes, 0)
        for index in hashes.indices {
            hashes[index] ^= 0x10
            var copy = verifier
            copy.tile(shard: 2026, level: 0, index: 0, hashes: hashes)
            if !copy.finish().faults.contains(where: { $0.code == .tileDiffers && $0.seqs == 1...256 }) { missed += 1 }
            hashes[index] ^= 0x10
        }
        #expect(missed == 0)
    }

    @Test("every changed byte of a checkpoint is found")
    func everyByteOfNotes() throws {
        var verifier = log.verifier()
        for row in log.rows where row.shard == 2026 { verifier.entry(seq: row.seq, shard: row.shard, bytes: row.bytes, leaf: row.leaf) }
        let note = Array(try #require(log.notes[2026]).utf8)
        for index in note.indices {
            var (copy, changed) = (verifier, note)
            changed[index] ^= 0x02
            copy.checkpoint(shard: 2026, note: String(decoding: changed, as: UTF8.self))
            #expect(copy.finish().faults.contains { $0.code == .checkpointInvalid })
        }
    }

    @Test("rows taken out, doubled, swapped or put in are found")
    func rows() throws {
        for position in [0, 5, 255, 298, 300, 301, 303] {
            var removed = log
            removed.rows.remove(at: position)
            #expect(codes(removed).contains(.entriesMissing), "row \(position) removed")

            var closed = removed
            for index in closed.rows.indices { closed.rows[index].seq = Int64(index + 1) }
            #expect(codes(closed).contains(.sizeDiffers), "row \(position) removed, the rest renumbered")

            var doubled = log
            doubled.rows.insert(doubled.rows[position], at: position)
            #expect(codes(doubled).contains(.outOfOrder))
            for index in doubled.rows.indices { doubled.rows[index].seq = Int64(index + 1) }
            #expect(codes(doubled).contains(.sizeDiffers))
        }
        for position in [0, 100, 255, 298] {
            var swapped = log
            swapped.rows.swapAt(position, position + 1)
            #expect(codes(swapped).contains(.outOfOrder))
            (swapped.rows[position].seq, swapped.rows[position + 1].seq) = (Int64(position + 1), Int64(position + 2))
            #expect(codes(swapped).contains(.rootDiffers), "rows \(position) and the next swapped")
        }
        var last = log
        last.rows.removeLast()
        #expect(codes(last) == [.sizeDiffers])
    }

    @Test("missing, surplus and doubled tiles and checkpoints are found")
    func tilesAndNotes() throws {
        var changed = log
        changed.tiles = []
        #expect(codes(changed) == [.tileMissing])
        let tile = try #require(log.tiles.first)
        for surplus in [
            tile, .init(shard: 2027, tile: tile.tile), .init(shard: 2026, tile: AuditTile(level: 0, index: 1, hashes: tile.tile.hashes)),
            .init(shard: 2026, tile: AuditTile(level: 1, index: 0, hashes: tile.tile.hashes)),
        ] {
            changed.tiles = log.tiles + [surplus]
            #expect(codes(changed) == [.tileSurplus])
        }
        changed = log
        changed.notes[2028] = nil
        #expect(codes(changed) == [.checkpointInvalid])
        changed.notes[2028] = log.notes[2027]
        #expect(codes(changed) == [.checkpointInvalid])
        var short = try SmallLog(key: log.key, counts: [300, 3])
        short.notes[2028] = log.notes[2028]
        #expect(codes(short) == [.checkpointSurplus])
    }

    @Test("a shard must begin with the last checkpoint of the one before")
    func links() throws {
        var changed = log
        changed.rows.removeAll { $0.shard == 2026 }
        changed.tiles = []
        changed.notes[2026] = nil
        for index in changed.rows.indices { changed.rows[index].seq = Int64(index + 1) }
        #expect(codes(changed) == [.shardNotLinked])

        changed = log
        changed.notes[2026] = log.heldAt200
        #expect(codes(changed).isSuperset(of: [.sizeDiffers, .shardNotLinked]))

        var moved = log
        moved.rows[302].shard = 2028
        #expect(codes(moved).isSuperset(of: [.shardNotLinked, .sizeDiffers]))
        var back = log
        back.rows[303].shard = 2026
        #expect(codes(back).contains(.wrongShard))
    }

    @Test("an event that opens a shard stands nowhere else")
    func opensTwice() throws {
        var changed = log
        let entry = AuditEntry(
            id: "0199f3a2-0000-7000-8000-000000000305", at: 1_830_297_600_001, event: .shardOpened, actor: AuditActor(kind: .daemon),
            facts: ["checkpoint": .text(log.notes[2027] ?? "")]
        ).encoded()
        (changed.rows[304].bytes, changed.rows[304].leaf) = (entry.bytes, entry.leaf)
        try changed.sign(2028)
        #expect(codes(changed) == [.shardNotLinked])
    }

    @Test("a tail that was cut and signed again is found by whoever holds a checkpoint, and by nobody else")
    func cutTail() throws {
        let cut = try SmallLog(key: log.key, counts: [300, 3, 1])
        #expect(cut.verify().isIntact)
        #expect(codes(cut, outside: [log.notes[2028] ?? ""]) == [.tailCut])
        let without = try SmallLog(key: log.key, counts: [300, 3])
        #expect(codes(without, outside: [log.notes[2028] ?? ""]) == [.tailCut])
        #expect(codes(without, outside: [log.notes[2026] ?? "", log.heldAt200]) == [])
    }

    @Test("a log that was written anew and signed again is found by whoever holds a checkpoint")
    func rewritten() throws {
        let other = try SmallLog(key: log.key, flavour: "x")
        #expect(other.verify().isIntact)
        let faults = other.verify(outside: [log.heldAt200]).faults
        #expect(faults.map(\.code) == [.rewritten])
        #expect(faults.first?.seqs == 1...200)
        #expect(codes(other, outside: [log.notes[2028] ?? ""]) == [.rewritten])
    }

    @Test("a checkpoint of a stranger, of another log or of a simulation proves nothing and is refused")
    func foreignCheckpoints() throws {
        let stranger = try SmallLog()
        #expect(codes(log, outside: [stranger.notes[2026] ?? ""]) == [.outsideInvalid])
        #expect(codes(log, outside: ["no note"]) == [.outsideInvalid])
        let root = MerkleFrontier().root
        for origin in [
            checkpointOrigin(oin: SmallLog.oin, year: 2026, simulated: true),
            checkpointOrigin(oin: "00000099000000002000", year: 2026, simulated: false),
        ] {
            let note = try Checkpoint(origin: origin, size: 0, root: root).sign(with: log.key)
            #expect(codes(log, outside: [note]) == [.outsideInvalid])
        }
    }

    @Test("a retired key still vouches for the checkpoints that it signed")
    func retiredKey() {
        let verifierKeys = [Curve25519.Signing.PrivateKey().publicKey, log.key.publicKey]
        var verifier = TrailVerifier(oin: SmallLog.oin, simulated: false, publicKeys: verifierKeys, outside: [log.heldAt200])
        for row in log.rows where row.shard == 2026 { verifier.entry(seq: row.seq, shard: row.shard, bytes: row.bytes, leaf: row.leaf) }
        for tile in log.tiles { verifier.tile(shard: 2026, level: 0, index: 0, hashes: tile.tile.hashes) }
        verifier.checkpoint(shard: 2026, note: log.notes[2026] ?? "")
        #expect(verifier.finish().isIntact)
    }
}
