// What is set for all of SQLite in this process, before its first use: Swift cannot call a function that takes any number of arguments.
#ifndef CSQLITESETUP_SHIM_H
#define CSQLITESETUP_SHIM_H
#include <sqlite3.h>

// No count of SQLite's memory: nobody reads it, and each allocation of each connection would take one lock for it.
static inline int csqlite_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
#endif
