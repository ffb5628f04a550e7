import { objectsSql } from './postgres-acl-classes.ts';

/** What the connection sees of itself, of the server and of the roles of an account. */
export interface Facts {
  readonly version: number;
  readonly isStandby: boolean;
  readonly amSuperuser: boolean;
  readonly roles: readonly string[];
  /** One of them came with the server: PostgreSQL keeps no record of what it holds. */
  readonly isBuiltIn: boolean;
}

export const factsSql = `
  select current_setting('server_version_num')::int as version, pg_is_in_recovery() as "isStandby",
         (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as "amSuperuser",
         coalesce(array_agg(rolname::text order by rolname), '{}') as roles,
         coalesce(bool_or(oid < 16384), false) as "isBuiltIn"
    from pg_catalog.pg_roles where rolname = any($1)`;

const mine = `mine as (select oid, rolname from pg_catalog.pg_roles where rolname = any($1))`;
const here = `(select oid from pg_catalog.pg_database where datname = current_database())`;
const ofMine = `pg_catalog.pg_shdepend s join mine m on m.oid = s.refobjid and s.refclassid = 'pg_catalog.pg_authid'::regclass`;

/** One privilege on one object, from one of those who granted it. */
export interface GrantRow {
  readonly role: string;
  readonly kind: string;
  readonly name: string | null;
  readonly oid: string;
  readonly subid: number;
  readonly target: string;
  readonly column: string | null;
  readonly before: string;
  readonly privilege: string;
  readonly grantable: boolean;
  readonly grantor: string;
  readonly grantorOid: string;
  readonly byOwner: boolean;
  readonly byMine: boolean;
  /** Others hold the same privilege because this role gave it to them. */
  readonly passedOn: boolean;
  /** The connection can become the one who granted it, or has its rights. */
  readonly maySet: boolean;
  readonly mayUse: boolean;
}

/** CONNECT is how one logs in. What an owner has by its own grants it has by owning. */
export function grantsSql({ version }: Facts): string {
  return `
  with ${mine},
       held as (select distinct s.classid, s.objid, s.objsubid from ${ofMine}
                 where s.deptype = 'a' and s.dbid in (0, ${here})),
       object as (${objectsSql(version, 'held')})
  select m.rolname as role, o.kind, o.name, o.oid::text, o.subid, o.target, o."column", o.before, a.privilege_type as privilege,
         a.is_grantable as grantable, quote_ident(pg_get_userbyid(a.grantor)) as grantor, a.grantor::text as "grantorOid", a.grantor = o.owner as "byOwner",
         a.grantor in (select oid from mine) as "byMine",
         exists (select from aclexplode(o.acl) x where x.grantor = m.oid and x.privilege_type = a.privilege_type
                    and x.grantee not in (select oid from mine)) as "passedOn",
         pg_has_role(a.grantor, '${version < 160_000 ? 'MEMBER' : 'SET'}') as "maySet", pg_has_role(a.grantor, 'USAGE') as "mayUse"
    from object o cross join lateral aclexplode(o.acl) a join mine m on m.oid = a.grantee
   where a.grantee <> o.owner and a.privilege_type <> 'CONNECT'
   order by o.kind, o.name, o.oid, a.privilege_type, grantor`;
}

export interface MembershipRow {
  readonly role: string;
  readonly group: string;
  readonly oid: string;
  readonly admin: boolean;
  /** Before version 16 a membership has one grantor, who may be gone and does not count. */
  readonly grantor: string | null;
  readonly grantorOid: string;
  readonly byMine: boolean;
  readonly passedOn: boolean;
  readonly able: boolean;
}

/** https://www.postgresql.org/docs/current/role-membership.html */
export function membershipsSql({ version }: Facts): string {
  const counts = version >= 160_000;
  return `
  with ${mine}
  select m.rolname as role, quote_ident(g.rolname) as "group", g.oid::text, a.admin_option as admin,
         ${counts ? 'quote_ident(pg_get_userbyid(a.grantor))' : 'null'} as grantor, a.grantor::text as "grantorOid",
         a.grantor in (select oid from mine) as "byMine", ${counts} and exists (select from pg_catalog.pg_auth_members x where x.roleid = a.roleid and x.grantor = a.member
                                  and x.member not in (select oid from mine)) as "passedOn",
         me.rolsuper or not g.rolsuper and ${
           counts
             ? "pg_has_role(g.oid, 'MEMBER WITH ADMIN OPTION') and pg_has_role(a.grantor, 'USAGE')"
             : "(me.rolcreaterole or pg_has_role(g.oid, 'MEMBER WITH ADMIN OPTION'))"
         } as able
    from pg_catalog.pg_auth_members a join mine m on m.oid = a.member join pg_catalog.pg_roles g on g.oid = a.roleid
         join pg_catalog.pg_roles me on me.rolname = current_user
   order by g.rolname, grantor`;
}

export interface AttributeRow {
  readonly role: string;
  readonly attribute: string;
  readonly able: boolean;
}

/** https://www.postgresql.org/docs/current/role-attributes.html */
export function attributesSql({ version }: Facts): string {
  const old = version < 160_000;
  const alters = old ? 'true' : "pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')";
  return `
  select r.rolname as role, v.attribute,
         me.rolsuper or not r.rolsuper and me.rolcreaterole and v.mine and ${alters} as able
    from pg_catalog.pg_roles r join pg_catalog.pg_roles me on me.rolname = current_user
         cross join lateral (values ('SUPERUSER', r.rolsuper, false), ('CREATEROLE', r.rolcreaterole, true),
           ('CREATEDB', r.rolcreatedb, ${old} or me.rolcreatedb), ('REPLICATION', r.rolreplication, me.rolreplication),
           ('BYPASSRLS', r.rolbypassrls, me.rolbypassrls)) v (attribute, has, mine)
   where r.rolname = any($1) and v.has
   order by r.rolname, v.attribute`;
}

export interface OwnedRow {
  readonly role: string;
  readonly owns: boolean;
  readonly kind: string | null;
  readonly name: string | null;
  readonly oid: string;
}

/** What the roles own here, and what they hold on objects of a kind ($2: all others) that is not known here. */
export const ownedSql = `
  with ${mine}
  select m.rolname as role, s.deptype = 'o' as owns, i.type as kind, i.identity as name, s.objid::text as oid
    from ${ofMine} cross join lateral pg_identify_object(s.classid, s.objid, s.objsubid) i
   where s.dbid in (0, ${here})
     and (s.deptype = 'o' and s.classid <> 'pg_catalog.pg_default_acl'::regclass
          or s.deptype = 'a' and s.classid <> all ($2::text[]::regclass[]))
   order by m.rolname, i.type, i.identity, s.objid`;

export interface ElsewhereRow {
  readonly role: string;
  readonly database: string;
  readonly oid: string;
  readonly things: string;
}

export const elsewhereSql = `
  with ${mine}
  select m.rolname as role, quote_ident(b.datname) as database, b.oid::text, count(*)::text as things
    from ${ofMine} join pg_catalog.pg_database b on b.oid = s.dbid
   where s.dbid <> ${here} and s.deptype in ('a', 'o')
     and (s.deptype = 'a' or s.classid <> 'pg_catalog.pg_default_acl'::regclass)
   group by m.rolname, b.datname, b.oid
   order by m.rolname, b.datname`;
