/// Version 2 of `convenant.sqlite`: time. Ladders, meetings, plans, visits, aftercare, telling the resident, and outages.
///
/// A deadline falls due at `due_at`; what it does to people happens at `act_at`, the next office hour. `fell_due_at` is null until that
/// was found; the sweep goes through indexes of exactly those rows.
let schema2 = """
    -- Whom the desk calls: a role with its number, never a person.
    ALTER TABLE partner ADD COLUMN telephone TEXT;
    ALTER TABLE partner ADD COLUMN mandated_role TEXT;

    ALTER TABLE casefile ADD COLUMN ladder TEXT NOT NULL DEFAULT '';
    ALTER TABLE casefile ADD COLUMN coordinator BLOB REFERENCES account;
    ALTER TABLE casefile ADD COLUMN visited_at INTEGER;
    ALTER TABLE casefile ADD COLUMN outcome TEXT;
    ALTER TABLE casefile ADD COLUMN follows BLOB REFERENCES casefile;
    CREATE INDEX casefile_without_coordinator ON casefile (id)
        WHERE state = 'open' AND coordinator IS NULL AND triage IN ('multipleUnrelated', 'multipleInterrelated');

    -- A casefile shows the persons of its parts: of one that a signal was joined from, or of the one that it follows.
    CREATE TABLE casefile_part (
        casefile BLOB NOT NULL REFERENCES casefile, part BLOB NOT NULL REFERENCES casefile, because TEXT NOT NULL CHECK (because IN ('joined', 'follows')),
        signal BLOB UNIQUE REFERENCES signal, at INTEGER NOT NULL, PRIMARY KEY (casefile, part),
        CHECK (casefile <> part), CHECK ((because = 'joined') = (signal IS NOT NULL))) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX casefile_joined_once ON casefile_part (part) WHERE because = 'joined';
    CREATE INDEX casefile_part_whole ON casefile_part (part, casefile);

    ALTER TABLE task ADD COLUMN rung INTEGER NOT NULL DEFAULT 0 CHECK (rung >= 0);
    ALTER TABLE task ADD COLUMN promised_on TEXT;
    ALTER TABLE open_task ADD COLUMN act_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE open_task ADD COLUMN fell_due_at INTEGER;
    ALTER TABLE open_task ADD COLUMN counts_from INTEGER NOT NULL DEFAULT 0;
    UPDATE open_task SET act_at = due_at, counts_from = (SELECT moved_at FROM task WHERE task.id = open_task.task);
    DROP INDEX open_task_due;
    -- What concerns people stands apart from deliveries: out of office hours it is not even read.
    CREATE INDEX open_task_act ON open_task (act_at) WHERE fell_due_at IS NULL AND due_kind <> 'delivery';
    CREATE INDEX open_task_delivery ON open_task (act_at) WHERE due_kind = 'delivery';
    CREATE INDEX open_task_fallen ON open_task (fell_due_at) WHERE fell_due_at IS NOT NULL;

    CREATE INDEX desk_news_stalled ON desk_news (task, at) WHERE kind = 'stalled';

    CREATE INDEX message_task ON message (task, id) WHERE task IS NOT NULL;

    DROP TABLE deadline;
    CREATE TABLE deadline (
        subject_kind TEXT NOT NULL CHECK (subject_kind IN ('casefile', 'signal', 'meeting', 'planAction')), subject BLOB NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('homeVisit', 'aftercare', 'telling', 'planning', 'action')), casefile BLOB REFERENCES casefile,
        due_at INTEGER NOT NULL, act_at INTEGER NOT NULL, fell_due_at INTEGER, postponed INTEGER NOT NULL DEFAULT 0 CHECK (postponed IN (0, 1)),
        PRIMARY KEY (subject_kind, subject, kind)) STRICT, WITHOUT ROWID;
    CREATE INDEX deadline_act ON deadline (act_at) WHERE fell_due_at IS NULL;
    CREATE INDEX deadline_kind ON deadline (kind, due_at);
    CREATE INDEX deadline_casefile ON deadline (casefile, kind);

    CREATE TABLE outage (from_at INTEGER PRIMARY KEY, until_at INTEGER NOT NULL, CHECK (until_at > from_at)) STRICT;

    CREATE TABLE contact (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, task BLOB REFERENCES task,
        kind TEXT NOT NULL CHECK (kind IN ('helper', 'homeVisit', 'aftercare')), outcome TEXT NOT NULL, by_account BLOB NOT NULL REFERENCES account,
        at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX contact_casefile ON contact (casefile, id);
    CREATE INDEX contact_task ON contact (task, id) WHERE task IS NOT NULL;

    CREATE TABLE home_visit (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, visit_on TEXT NOT NULL,
        partner TEXT REFERENCES partner, account BLOB REFERENCES account, task BLOB REFERENCES task,
        state TEXT NOT NULL CHECK (state IN ('planned', 'held', 'joined', 'cancelled')),
        outcome TEXT CHECK (outcome IN ('spoke', 'declined', 'noResponse')), joined_into BLOB REFERENCES home_visit, made_at INTEGER NOT NULL,
        CHECK ((partner IS NULL) <> (account IS NULL)), CHECK ((state = 'held') = (outcome IS NOT NULL)),
        CHECK ((state = 'joined') = (joined_into IS NOT NULL))) STRICT, WITHOUT ROWID;
    CREATE INDEX home_visit_planned ON home_visit (casefile, visit_on) WHERE state = 'planned';
    CREATE INDEX home_visit_task ON home_visit (task, id) WHERE task IS NOT NULL;
    CREATE INDEX home_visit_joined ON home_visit (joined_into) WHERE joined_into IS NOT NULL;

    CREATE TABLE meeting (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, kind TEXT NOT NULL CHECK (kind IN ('mda', 'followUp')),
        opened_for TEXT NOT NULL CHECK (opened_for IN ('interrelated', 'twoDomainsOrPersons', 'disagreement', 'tasksLeftOpen', 'screening')),
        task BLOB REFERENCES task, state TEXT NOT NULL CHECK (state IN ('toBePlanned', 'dated', 'held', 'cancelled')),
        at INTEGER, minutes INTEGER CHECK (minutes BETWEEN 5 AND 480), chair BLOB REFERENCES account, sequence INTEGER NOT NULL DEFAULT 0,
        resident TEXT, opened_at INTEGER NOT NULL, ended_at INTEGER,
        CHECK (state = 'toBePlanned' OR state = 'cancelled' OR (at IS NOT NULL AND minutes IS NOT NULL AND resident IS NOT NULL)),
        CHECK ((state IN ('held', 'cancelled')) = (ended_at IS NOT NULL))) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX meeting_one_open ON meeting (casefile) WHERE state IN ('toBePlanned', 'dated');
    CREATE INDEX meeting_casefile ON meeting (casefile, id);
    CREATE INDEX meeting_state ON meeting (state, id) WHERE state IN ('toBePlanned', 'dated');
    -- One invited organisation; the id is the meeting as that organisation knows it.
    CREATE TABLE meeting_party (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), meeting BLOB NOT NULL REFERENCES meeting, partner TEXT NOT NULL REFERENCES partner,
        purpose TEXT NOT NULL, ground TEXT NOT NULL, task BLOB REFERENCES task, uid TEXT NOT NULL,
        message BLOB REFERENCES message, answer TEXT CHECK (answer IN ('accepted', 'declined')), refused_because TEXT,
        UNIQUE (meeting, partner)) STRICT, WITHOUT ROWID;
    CREATE TABLE agenda_item (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), meeting BLOB NOT NULL REFERENCES meeting, ordinal INTEGER NOT NULL, domain TEXT NOT NULL,
        subjects TEXT NOT NULL, UNIQUE (meeting, ordinal)) STRICT, WITHOUT ROWID;
    CREATE TABLE agenda_audience (
        item BLOB NOT NULL REFERENCES agenda_item, party BLOB NOT NULL REFERENCES meeting_party, PRIMARY KEY (item, party)) STRICT, WITHOUT ROWID;
    CREATE INDEX agenda_audience_party ON agenda_audience (party);

    CREATE TABLE plan (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, meeting BLOB REFERENCES meeting,
        made_at INTEGER NOT NULL, ended_at INTEGER) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX plan_one_open ON plan (casefile) WHERE ended_at IS NULL;
    CREATE TRIGGER plan_has_coordinator BEFORE INSERT ON plan
        WHEN (SELECT coordinator FROM casefile WHERE id = NEW.casefile) IS NULL
        BEGIN SELECT RAISE(ABORT, 'a plan has a coordinator'); END;
    CREATE TRIGGER plan_keeps_coordinator BEFORE UPDATE OF coordinator ON casefile
        WHEN NEW.coordinator IS NULL AND EXISTS (SELECT 1 FROM plan WHERE casefile = NEW.id AND ended_at IS NULL)
        BEGIN SELECT RAISE(ABORT, 'a plan has a coordinator'); END;
    CREATE TABLE plan_action (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, meeting BLOB NOT NULL REFERENCES meeting,
        action TEXT NOT NULL, domain TEXT NOT NULL, due_on TEXT NOT NULL, account BLOB REFERENCES account, task BLOB REFERENCES task,
        done_at INTEGER, CHECK ((account IS NULL) <> (task IS NULL))) STRICT, WITHOUT ROWID;
    CREATE INDEX plan_action_casefile ON plan_action (casefile, id);

    CREATE TABLE transfer (
        task BLOB PRIMARY KEY REFERENCES task, casefile BLOB NOT NULL REFERENCES casefile, meeting BLOB NOT NULL REFERENCES meeting,
        platform TEXT NOT NULL CHECK (platform IN ('cjg', 'ccp', 'signallingMeeting', 'topTeam', 'other')), at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX transfer_casefile ON transfer (casefile);
    """
