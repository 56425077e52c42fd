-- The role that the server uses on PostgreSQL: it works with the tables and cannot rewrite the audit trail.
--
-- Run it in the database as the owner of the tables, after each `hemicycle migrate`:
--
--     psql --set role=hemicycle_app --file application-role.sql
--
-- The role must exist (CREATE ROLE hemicycle_app LOGIN PASSWORD '…') and own nothing.

GRANT USAGE ON SCHEMA public TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"role";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"role";

-- Rows are added and read. Of a row, only the personal part can be blanked; a trigger refuses anything else.
REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON "change", "change_seal" FROM :"role";
GRANT UPDATE ("personal") ON "change" TO :"role";

-- Migrations are the owner's.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "seaql_migrations" FROM :"role";
