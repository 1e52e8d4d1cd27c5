/// Version of `convenant.sqlite` in which a partner changes its certificate or its keys with an overlap.
///
/// What a partner registered before stands beside what it registered last, with the instant from which it counts no more.
let schemaRotation = """
    ALTER TABLE partner ADD COLUMN former_certificate BLOB CHECK (former_certificate IS NULL OR length(former_certificate) = 32);
    ALTER TABLE partner ADD COLUMN certificate_until INTEGER CHECK ((certificate_until IS NULL) = (former_certificate IS NULL));
    ALTER TABLE partner ADD COLUMN former_keys BLOB;
    ALTER TABLE partner ADD COLUMN keys_until INTEGER CHECK ((keys_until IS NULL) = (former_keys IS NULL));
    """
