-- Runs once, when the data folder is made: one server for Temporal's databases and for the one whose password is rotated.
\set temporal_password `cat /run/keys/temporal.password`
\set keyturn_password `cat /run/keys/keyturn.password`
\set orders_a_password `cat /run/keys/orders_a.password`

create role temporal login password :'temporal_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;

-- Two login roles take turns; their rights come from a third, which owns the objects.
create role orders_owner nologin;
create role orders_a login password :'orders_a_password' in role orders_owner;
create role orders_b nologin in role orders_owner valid until '-infinity';

-- Keyturn's own role: it alters the two, ends their sessions, and is no superuser.
create role keyturn login createrole password :'keyturn_password';
grant orders_a, orders_b to keyturn with admin true, inherit false, set false;
grant pg_signal_backend to keyturn;

create database orders owner orders_owner;
\connect orders
create table orders as select generate_series(1, 1000) as id;
alter table orders owner to orders_owner;
