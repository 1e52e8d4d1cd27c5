/// Version 1 of `convenant.sqlite`. Tables grow by adding migrations; nothing here is ever edited after it has landed.
///
/// CHECK constraints state the machines of `Casework`, so that a row which no legal move can produce cannot be stored.
let schema1 = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE policy_state (
        id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, revision TEXT NOT NULL, loaded_at INTEGER NOT NULL) STRICT;

    CREATE TABLE partner (
        oin TEXT PRIMARY KEY CHECK (length(oin) = 20), name TEXT NOT NULL, certificate_sha256 BLOB NOT NULL UNIQUE CHECK (length(certificate_sha256) = 32),
        keys BLOB NOT NULL, endpoint TEXT, added_at INTEGER NOT NULL, removed_at INTEGER) STRICT, WITHOUT ROWID;

    CREATE TABLE account (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, organisation TEXT NOT NULL,
        password BLOB NOT NULL, salt BLOB NOT NULL, cost INTEGER NOT NULL CHECK (cost >= 16384),
        failures INTEGER NOT NULL DEFAULT 0, locked_until INTEGER, added_at INTEGER NOT NULL, disabled_at INTEGER) STRICT, WITHOUT ROWID;
    CREATE TABLE session (
        token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32), account BLOB NOT NULL REFERENCES account, expires_at INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE INDEX session_expiry ON session (expires_at);

    CREATE TABLE idempotency (
        owner TEXT NOT NULL, route TEXT NOT NULL, key TEXT NOT NULL, body_mac BLOB NOT NULL CHECK (length(body_mac) = 32),
        status INTEGER NOT NULL, answer BLOB NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (owner, route, key)) STRICT, WITHOUT ROWID;
    CREATE INDEX idempotency_expiry ON idempotency (expires_at);

    CREATE TABLE casefile (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
        triage TEXT CHECK (triage IN ('single', 'multipleUnrelated', 'multipleInterrelated')),
        terms TEXT NOT NULL, key INTEGER NOT NULL UNIQUE, opened_at INTEGER NOT NULL, closed_at INTEGER,
        CHECK ((state = 'closed') = (closed_at IS NOT NULL))) STRICT, WITHOUT ROWID;
    CREATE TABLE assignment (
        casefile BLOB NOT NULL REFERENCES casefile, account BLOB NOT NULL REFERENCES account, role TEXT NOT NULL, assigned_at INTEGER NOT NULL,
        PRIMARY KEY (casefile, account)) STRICT, WITHOUT ROWID;
    CREATE INDEX assignment_account ON assignment (account, casefile);

    CREATE TABLE signal (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB REFERENCES casefile,
        filer_organisation TEXT NOT NULL, filer_account BLOB REFERENCES account,
        channel TEXT NOT NULL CHECK (channel IN ('meldcode', 'consultation', 'email', 'phone')),
        knows_whom_to_call INTEGER NOT NULL CHECK (knows_whom_to_call IN (0, 1)),
        outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'acceptedWithoutIdentity')),
        status TEXT NOT NULL CHECK (status IN ('received', 'pickedUp', 'closed')),
        area TEXT CHECK (area GLOB '[0-9][0-9][0-9][0-9]'), domains TEXT NOT NULL, decision BLOB, filed_at INTEGER NOT NULL,
        CHECK ((outcome = 'accepted') = (casefile IS NOT NULL))) STRICT, WITHOUT ROWID;
    CREATE INDEX signal_casefile ON signal (casefile) WHERE casefile IS NOT NULL;
    CREATE INDEX signal_waiting ON signal (id) WHERE status = 'received';

    CREATE TABLE person (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, ordinal INTEGER NOT NULL,
        key INTEGER NOT NULL UNIQUE, disclosure_revision INTEGER NOT NULL DEFAULT 0,
        deceased INTEGER CHECK (deceased IN (0, 1)), secrecy_indicator INTEGER CHECK (secrecy_indicator BETWEEN 0 AND 7),
        bsn_mac BLOB CHECK (length(bsn_mac) = 32), erased_at INTEGER,
        CHECK (erased_at IS NULL OR bsn_mac IS NULL), UNIQUE (casefile, ordinal)) STRICT, WITHOUT ROWID;
    CREATE INDEX person_bsn ON person (bsn_mac) WHERE bsn_mac IS NOT NULL;

    CREATE TABLE content (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, person BLOB REFERENCES person,
        wrapped_key BLOB NOT NULL CHECK (length(wrapped_key) = 40), sealed BLOB NOT NULL, stored_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX content_casefile ON content (casefile);

    CREATE TABLE consent (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), person BLOB NOT NULL REFERENCES person,
        answer TEXT NOT NULL CHECK (answer IN ('given', 'refused', 'notAsked')), recipients TEXT NOT NULL, purposes TEXT, fields TEXT NOT NULL,
        from_at INTEGER NOT NULL, until_at INTEGER, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL, recorded_how TEXT NOT NULL,
        reason TEXT, language TEXT, text_version TEXT, CHECK (until_at IS NULL OR until_at > from_at)) STRICT, WITHOUT ROWID;
    CREATE INDEX consent_person ON consent (person);
    CREATE TRIGGER consent_append_only BEFORE UPDATE ON consent BEGIN SELECT RAISE(ABORT, 'consent records only append'); END;
    CREATE TABLE consent_withdrawal (
        consent BLOB PRIMARY KEY REFERENCES consent ON DELETE CASCADE, person BLOB NOT NULL REFERENCES person,
        withdrawn_at INTEGER NOT NULL, withdrawn_how TEXT NOT NULL, recorded_by TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TRIGGER withdrawal_append_only BEFORE UPDATE ON consent_withdrawal BEGIN SELECT RAISE(ABORT, 'withdrawals only append'); END;
    CREATE INDEX consent_withdrawal_person ON consent_withdrawal (person);
    CREATE TABLE objection (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), person BLOB NOT NULL REFERENCES person, recipients TEXT NOT NULL, purposes TEXT NOT NULL,
        made_at INTEGER NOT NULL, recorded_by TEXT NOT NULL, weighed_at INTEGER) STRICT, WITHOUT ROWID;
    CREATE INDEX objection_person ON objection (person);

    CREATE TABLE decision (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB REFERENCES casefile, question TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('permitted', 'refused')), policy_revision TEXT NOT NULL, decided_at INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;

    CREATE TABLE referral (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), casefile BLOB NOT NULL REFERENCES casefile, partner TEXT NOT NULL REFERENCES partner,
        purpose TEXT NOT NULL, made_by BLOB NOT NULL REFERENCES account, made_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE task (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), referral BLOB NOT NULL UNIQUE REFERENCES referral, casefile BLOB NOT NULL REFERENCES casefile,
        partner TEXT NOT NULL REFERENCES partner,
        state TEXT NOT NULL
            CHECK (state IN ('requested', 'received', 'accepted', 'onHold', 'inProgress', 'completed', 'rejected', 'failed', 'cancelled')),
        reason TEXT, created_at INTEGER NOT NULL, moved_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX task_partner ON task (partner, id);
    CREATE INDEX task_casefile ON task (casefile, id);
    CREATE TABLE open_task (
        task BLOB PRIMARY KEY REFERENCES task, casefile BLOB NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('requested', 'received', 'accepted', 'onHold', 'inProgress')),
        due_at INTEGER NOT NULL, due_kind TEXT NOT NULL,
        CHECK (due_kind = CASE state WHEN 'requested' THEN 'delivery' WHEN 'received' THEN 'pickUp' WHEN 'onHold' THEN 'expected' ELSE 'progress' END))
        STRICT, WITHOUT ROWID;
    CREATE INDEX open_task_due ON open_task (due_at);
    CREATE INDEX open_task_casefile ON open_task (casefile);
    CREATE TRIGGER open_task_follows BEFORE UPDATE OF state ON task
        WHEN NEW.state IN ('completed', 'rejected', 'failed', 'cancelled') AND EXISTS (SELECT 1 FROM open_task WHERE task = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'a closed task has no deadline'); END;
    CREATE TABLE deadline (
        subject_kind TEXT NOT NULL, subject BLOB NOT NULL, kind TEXT NOT NULL, due_at INTEGER NOT NULL,
        PRIMARY KEY (subject_kind, subject, kind)) STRICT, WITHOUT ROWID;
    CREATE INDEX deadline_due ON deadline (due_at);

    CREATE TABLE message (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), partner TEXT NOT NULL REFERENCES partner,
        kind TEXT NOT NULL CHECK (kind IN ('referral', 'invitation', 'notice')),
        casefile BLOB REFERENCES casefile, referral BLOB REFERENCES referral, task BLOB REFERENCES task, decision BLOB REFERENCES decision,
        scopes TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('queued', 'left', 'receipted', 'superseded', 'ended')),
        key INTEGER UNIQUE, sealed BLOB, digest BLOB NOT NULL CHECK (length(digest) = 32), queue_seal BLOB NOT NULL CHECK (length(queue_seal) = 32),
        queued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, left_at INTEGER, ended_at INTEGER, replaced_by BLOB,
        CHECK ((state IN ('queued', 'left')) = (sealed IS NOT NULL)), CHECK ((sealed IS NULL) = (key IS NULL)),
        CHECK (state <> 'left' OR left_at IS NOT NULL), CHECK ((kind = 'notice') = (decision IS NULL))) STRICT, WITHOUT ROWID;
    CREATE INDEX message_inbox ON message (partner, id) WHERE state IN ('queued', 'left');
    CREATE INDEX message_live_casefile ON message (casefile) WHERE state IN ('queued', 'left');
    CREATE INDEX message_expiry ON message (expires_at) WHERE state IN ('queued', 'left');
    CREATE TABLE message_subject (
        message BLOB NOT NULL REFERENCES message, person BLOB NOT NULL REFERENCES person, PRIMARY KEY (person, message)) STRICT, WITHOUT ROWID;
    CREATE TABLE notice_about (
        notice BLOB NOT NULL REFERENCES message, message BLOB NOT NULL REFERENCES message, PRIMARY KEY (notice, message)) STRICT, WITHOUT ROWID;
    CREATE INDEX notice_about_message ON notice_about (message);
    CREATE TABLE attempt (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), message BLOB NOT NULL REFERENCES message, started_at INTEGER NOT NULL, ended_at INTEGER,
        result TEXT) STRICT, WITHOUT ROWID;
    CREATE INDEX attempt_message ON attempt (message);
    CREATE TABLE receipt (
        message BLOB PRIMARY KEY REFERENCES message, jws BLOB NOT NULL, result TEXT NOT NULL CHECK (result IN ('opened', 'refused')),
        taken_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE doomed_key (id INTEGER PRIMARY KEY) STRICT;

    CREATE TABLE desk_news (
        id BLOB PRIMARY KEY CHECK (length(id) = 16), kind TEXT NOT NULL, task BLOB NOT NULL REFERENCES task, at INTEGER NOT NULL, seen_at INTEGER)
        STRICT, WITHOUT ROWID;
    CREATE INDEX desk_news_unseen ON desk_news (id) WHERE seen_at IS NULL;

    CREATE TABLE audit_entry (seq INTEGER PRIMARY KEY, shard INTEGER NOT NULL, entry BLOB NOT NULL, leaf BLOB NOT NULL) STRICT;
    CREATE TABLE audit_tile (shard INTEGER NOT NULL, level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL, UNIQUE (shard, level, idx)) STRICT;
    CREATE TABLE audit_checkpoint (shard INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
    CREATE TABLE audit_index (
        kind TEXT NOT NULL CHECK (kind IN ('person', 'casefile', 'message')), subject BLOB NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (kind, subject, seq)) STRICT, WITHOUT ROWID;
    """

/// Version 1 of `keys.sqlite`: wrapped keys and the epochs of the keys that wrap them. Who uses a key stands in `convenant.sqlite`.
let keySchema1 = """
    CREATE TABLE epoch (number INTEGER PRIMARY KEY, made_at INTEGER NOT NULL, retired_at INTEGER, ended_at INTEGER) STRICT;
    CREATE TABLE key (
        id INTEGER PRIMARY KEY AUTOINCREMENT, epoch INTEGER NOT NULL REFERENCES epoch, wrapped BLOB NOT NULL CHECK (length(wrapped) = 40)) STRICT;
    CREATE INDEX key_epoch ON key (epoch);
    """
