/// Version of `convenant.sqlite` in which tasks on a waiting list are counted by their age, too.
let schemaHeld = """
    CREATE INDEX open_task_held ON open_task (counts_from) WHERE state = 'onHold';
    """
