/// Version of `convenant.sqlite` in which it is known what a notice told of a message: whoever was told of an erasure, or of a meeting that does
/// not take place, was not told of somebody's no.
let schemaNotice = """
    -- NULL for those before this version, which may have told anything.
    ALTER TABLE notice_about ADD COLUMN code TEXT;
    """
