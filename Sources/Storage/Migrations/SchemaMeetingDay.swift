/// Version of `convenant.sqlite` in which a meeting whose day passes without minutes comes before the desk again.
///
/// What was dated before has its deadline from here on: a day after it was to begin, which the sweep finds at the next office hour. Facts about
/// one resident in several rows hold what was said in the others from here on, so none that were kept before are looked up again.
let schemaMeetingDay = """
    INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at)
        SELECT 'meeting', id, 'planning', casefile, at + 86400000, at + 86400000 FROM meeting WHERE state = 'dated'
        ON CONFLICT DO NOTHING;
    UPDATE person SET disclosure_revision = disclosure_revision + 1 WHERE bsn_mac IN (
        SELECT bsn_mac FROM person WHERE bsn_mac IS NOT NULL GROUP BY bsn_mac HAVING count(*) > 1);
    """
