/// Look-ups that cost the same however large a case or the queue grows.
let schemaLookups = """
    -- An open task knows its partner: whether a second organisation is involved in a case is the smallest and the largest of one index.
    ALTER TABLE open_task ADD COLUMN partner TEXT NOT NULL DEFAULT '';
    UPDATE open_task SET partner = (SELECT partner FROM task WHERE task.id = open_task.task);
    DROP INDEX open_task_casefile;
    CREATE INDEX open_task_casefile ON open_task (casefile, partner);

    -- Of a case's messages only its invitations are looked for, by whether they left; every referral paid for an index that nothing read.
    DROP INDEX message_live_casefile;
    CREATE INDEX message_invitation ON message (casefile, id) WHERE kind = 'invitation';
    """
