/// An open task knows its partner, so that whether a second organisation is involved in a case is two look-ups, however many tasks it has.
let schemaParties = """
    ALTER TABLE open_task ADD COLUMN partner TEXT NOT NULL DEFAULT '';
    UPDATE open_task SET partner = (SELECT partner FROM task WHERE task.id = open_task.task);
    DROP INDEX open_task_casefile;
    CREATE INDEX open_task_casefile ON open_task (casefile, partner);
    """
