"""What the office keeps: accounts, sign-ins, the audit log and the tables of later work, in SQLite or PostgreSQL.

`transaction()` and `reading()` of navigator.store.engine open it; the schema is migrated at first use.
"""
