/// Version of `convenant.sqlite` in which an open task stands with the instant since which it is in its state: a term that begins anew does not
/// make it look younger.
let schemaStateSince = """
    ALTER TABLE open_task ADD COLUMN moved_at INTEGER NOT NULL DEFAULT 0;
    UPDATE open_task SET moved_at = (SELECT task.moved_at FROM task WHERE task.id = open_task.task);
    DROP INDEX open_task_waiting;
    CREATE INDEX open_task_waiting ON open_task (moved_at) WHERE state = 'received';
    DROP INDEX open_task_held;
    CREATE INDEX open_task_held ON open_task (moved_at) WHERE state = 'onHold';
    """
