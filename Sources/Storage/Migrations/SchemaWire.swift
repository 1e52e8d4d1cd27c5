/// Version of `convenant.sqlite` in which partners can wait for messages, ask what they were given, be told of them, and follow their trace.
let schemaWire = """
    -- The TLS certificate as registered, PEM, with what lies between it and the root: its end is told in time.
    ALTER TABLE partner ADD COLUMN tls_chain BLOB;
    -- Where the partner is told that something waits. Who is sent the messages themselves is not told of them.
    ALTER TABLE partner ADD COLUMN events TEXT CHECK (events IS NULL OR endpoint IS NULL);
    -- The trace (W3C Trace Context) of the request that caused the message: random, and nobody's.
    ALTER TABLE message ADD COLUMN trace BLOB CHECK (trace IS NULL OR length(trace) = 16);
    CREATE INDEX message_given ON message (partner, id) WHERE left_at IS NOT NULL;
    """
