/// Version of `convenant.sqlite` in which a meeting whose day passes without minutes comes before the desk again.
///
/// What was dated before has its deadline from here on: a day after it was to begin, which the sweep finds at the next office hour.
let schemaMeetingDay = """
    INSERT INTO deadline (subject_kind, subject, kind, casefile, due_at, act_at)
        SELECT 'meeting', id, 'planning', casefile, at + 86400000, at + 86400000 FROM meeting WHERE state = 'dated'
        ON CONFLICT DO NOTHING;
    """
