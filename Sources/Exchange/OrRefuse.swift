extension Optional {
    /// The value, or this refusal.
    func orRefuse(_ refusal: DeskRefusal) throws(DeskRefusal) -> Wrapped {
        guard let self else { throw refusal }
        return self
    }
}
