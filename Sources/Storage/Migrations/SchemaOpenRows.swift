/// Version of `convenant.sqlite` in which open tasks and visits to come are found without the closed and the past ones, and nothing leads from the
/// log to whoever was erased.
///
/// Until now an entry that was prepared before an erasure, or while its keys waited for their destruction, left index rows that outlived them.
/// `casefile.key` stands below 0 from the commit on in which it ends; here for cases of whose household nobody is left.
let schemaOpenRows = """
    CREATE INDEX task_open ON task (partner, state) WHERE state IN ('requested', 'received', 'accepted', 'onHold', 'inProgress');
    CREATE INDEX home_visit_staff ON home_visit (visit_on) WHERE state = 'planned' AND task IS NULL;
    CREATE INDEX home_visit_partner ON home_visit (visit_on) WHERE state = 'planned' AND task IS NOT NULL;

    UPDATE casefile SET key = -key
        WHERE id IN (SELECT casefile FROM person GROUP BY casefile HAVING count(erased_at) = count(*))
            AND id NOT IN (SELECT casefile FROM casefile_part);
    DELETE FROM audit_index WHERE kind = 'casefile' AND subject IN (SELECT id FROM casefile WHERE key < 0);
    DELETE FROM audit_index WHERE kind = 'person' AND subject IN (SELECT id FROM person WHERE erased_at IS NOT NULL);
    """
