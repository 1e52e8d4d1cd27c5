import Exchange

extension MetricsRegistry {
    /// Every figure in the Prometheus text exposition format 0.0.4, in the order of names.
    public func prometheusText() -> String { prometheusText(describing: .none, with: []) }

    /// The same with what each figure is, those without a value included, and with gauges that hold for this moment only.
    func prometheusText(describing catalogue: FigureCatalogue, with momentary: [DeskFigure]) -> String {
        var figures = figures.withLock { $0 }
        for figure in momentary {
            let gauge = GaugeFigure()
            gauge.set(figure.value)
            figures.gauges[Key(figure.label, figure.dimensions)] = gauge
        }
        var families: [String: (kind: String, lines: [(order: [String], text: String)])] = [:]
        func add(_ name: String, _ kind: String, _ key: Key, _ text: String) {
            families[name, default: (kind, [])].lines.append((key.dimensions, text))
        }
        for (key, figure) in figures.counters {
            let name = metricName(key.label)
            add(name, "counter", key, "\(name)\(labels(key)) \(number(figure.value))\n")
        }
        for (key, figure) in figures.gauges {
            let name = metricName(key.label)
            add(name, "gauge", key, "\(name)\(labels(key)) \(number(figure.value))\n")
        }
        for (key, figure) in figures.histograms {
            let name = metricName(key.label)
            let seen = figure.seen
            var text = ""
            var total = 0
            for (bound, count) in zip(figure.buckets.map(number) + ["+Inf"], seen.counts) {
                total += count
                text += "\(name)_bucket\(labels(key, also: ("le", bound))) \(total)\n"
            }
            text += "\(name)_sum\(labels(key)) \(number(seen.sum))\n\(name)_count\(labels(key)) \(total)\n"
            add(name, "histogram", key, text)
        }
        var help: [String: String] = [:]
        for entry in catalogue.entries {
            help[entry.name] = "# HELP \(entry.name) \(entry.help)\n"
            if families[entry.name] == nil { families[entry.name] = (entry.kind, []) }
        }
        return families.sorted { $0.key < $1.key }.map { name, family in
            let lines = family.lines.sorted { $0.order.lexicographicallyPrecedes($1.order) }.map(\.text).joined()
            return (help[name] ?? "") + "# TYPE \(name) \(family.kind)\n" + lines
        }.joined()
    }
}

/// A label as a Prometheus name: letters, digits and underscores, no digit in front.
private func metricName(_ label: String) -> String {
    var name = String(
        label.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
        })
    if let first = name.unicodeScalars.first, ("0"..."9").contains(first) { name = "_" + name }
    return name.isEmpty ? "_" : name
}

private func labels(_ key: MetricsRegistry.Key, also: (String, String)? = nil) -> String {
    var pairs = stride(from: 0, to: key.dimensions.count - 1, by: 2).map { (key.dimensions[$0], key.dimensions[$0 + 1]) }
    if let also { pairs.append(also) }
    guard !pairs.isEmpty else { return "" }
    return "{" + pairs.map { "\(metricName($0.0))=\"\(escaped($0.1))\"" }.joined(separator: ",") + "}"
}

private func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
        switch character {
        case "\\": text += "\\\\"
        case "\"": text += "\\\""
        case "\n": text += "\\n"
        default: text.append(character)
        }
    }
}

/// Whole numbers without a fraction, as people expect of counters.
private func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
}
