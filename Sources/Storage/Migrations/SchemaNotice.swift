/// Version of `convenant.sqlite` in which it is known what a notice told of a message: whoever was told of an erasure, or of a meeting that does
/// not take place, was not told of somebody's no.
let schemaNotice = """
    -- NULL for those before this version of which nobody knows: whoever was told by one is told again. A recall is known by its deadline or answer.
    ALTER TABLE notice_about ADD COLUMN code TEXT;
    UPDATE notice_about SET code = 'recalled' WHERE notice IN (SELECT notice FROM recall_answer)
        OR notice IN (SELECT subject FROM deadline WHERE subject_kind = 'message' AND kind = 'recall');
    """
