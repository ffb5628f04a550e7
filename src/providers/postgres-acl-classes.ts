/** One kind of object that PostgreSQL keeps privileges on: where they stand, and how a statement names the object. */
interface AclClass {
  /** The word for it in an id and for people: SQL. */
  readonly kind: string;
  readonly catalog: string;
  /** The class under which `pg_shdepend` knows it, where that is not the catalogue. */
  readonly knownAs?: string;
  /** The oid of the object, where that is not `o.oid`. */
  readonly oid?: string;
  readonly joins?: string;
  readonly where?: string;
  /** SQL of its name, quoted as a statement needs it. */
  readonly name: string;
  readonly owner: string;
  readonly acl: string;
  /** SQL of what follows ON in a statement. */
  readonly target: string;
  /** SQL of the quoted column. */
  readonly column?: string;
  /** SQL of what stands before GRANT or REVOKE. */
  readonly before?: string;
  /** The first version of the server that has it. */
  readonly since?: number;
}

const schemaOf = (field: string) => `join pg_catalog.pg_namespace n on n.oid = ${field}`;
const relation = `format('%I.%I', n.nspname, o.relname)`;
const routine = `(pg_catalog.pg_identify_object('pg_catalog.pg_proc'::regclass, o.oid, 0)).identity`;
const parameter = `(select string_agg(quote_ident(part), '.' order by nr) from unnest(string_to_array(o.parname, '.')) with ordinality as p (part, nr))`;
const newObjects = `case o.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
  when 'T' then 'types' when 'n' then 'schemas' else 'large objects' end`;

function named(kind: string, catalog: string, prefix: string, name = `quote_ident(o.${prefix}name)`): AclClass {
  const words = kind.toUpperCase();
  const [owner, acl] = [`o.${prefix}owner`, `o.${prefix}acl`];
  return { kind: `'${kind}'`, catalog, name, owner, acl, target: `'${words} ' || ${name}` };
}

function relations(kind: string, where: string): AclClass {
  return { ...named(kind, 'pg_class', 'rel', relation), joins: schemaOf('o.relnamespace'), where };
}

/** https://www.postgresql.org/docs/current/ddl-priv.html */
const classes: readonly AclClass[] = [
  relations('table', "o.relkind <> 'S'"),
  relations('sequence', "o.relkind = 'S'"),
  {
    kind: `'column'`,
    catalog: 'pg_attribute',
    knownAs: 'pg_class',
    oid: 'o.attrelid',
    joins: `join pg_catalog.pg_class c on c.oid = o.attrelid ${schemaOf('c.relnamespace')}`,
    where: 'not o.attisdropped',
    name: `format('%I.%I.%I', n.nspname, c.relname, o.attname)`,
    owner: 'c.relowner',
    acl: 'o.attacl',
    target: `format('TABLE %I.%I', n.nspname, c.relname)`,
    column: 'quote_ident(o.attname)',
  },
  named('schema', 'pg_namespace', 'nsp'),
  { ...named('database', 'pg_database', 'dat'), owner: 'o.datdba' },
  named('routine', 'pg_proc', 'pro', routine),
  { ...named('type', 'pg_type', 'typ', `format('%I.%I', n.nspname, o.typname)`), joins: schemaOf('o.typnamespace') },
  named('language', 'pg_language', 'lan'),
  named('tablespace', 'pg_tablespace', 'spc'),
  named('foreign data wrapper', 'pg_foreign_data_wrapper', 'fdw'),
  named('foreign server', 'pg_foreign_server', 'srv'),
  { ...named('large object', 'pg_largeobject_metadata', 'lom', 'o.oid::text'), knownAs: 'pg_largeobject' },
  { ...named('parameter', 'pg_parameter_acl', 'par', parameter), owner: '10::oid', since: 150_000 },
  {
    kind: `'new ' || ${newObjects}`,
    catalog: 'pg_default_acl',
    joins: 'left join pg_catalog.pg_namespace n on n.oid = o.defaclnamespace',
    name: `'of ' || quote_ident(pg_get_userbyid(o.defaclrole)) || coalesce(' in ' || quote_ident(n.nspname), '')`,
    owner: 'o.defaclrole',
    acl: 'o.defaclacl',
    target: `upper(${newObjects})`,
    before: `format('ALTER DEFAULT PRIVILEGES FOR ROLE %I', pg_get_userbyid(o.defaclrole))
      || coalesce(' IN SCHEMA ' || quote_ident(n.nspname), '') || ' '`,
  },
];

/** The classes that PostgreSQL of this version has, under the names that `pg_shdepend` has for them. */
export function aclClassNames(version: number): string[] {
  const known = classes.filter(({ since = 0 }) => since <= version);
  return [...new Set(known.map(({ knownAs, catalog }) => `pg_catalog.${knownAs ?? catalog}`))];
}

/**
 * SQL of all objects that carry privileges: kind, name, oid, subid, owner, acl, target, column and before. `among` is a relation
 * of (classid, objid, objsubid) that they are looked up in, so that no catalogue is read from end to end; without it all are.
 */
export function objectsSql(version: number, among?: string): string {
  const known = classes.filter(({ since = 0 }) => since <= version);
  return known.map((each) => objectSql(each, among)).join('\nunion all ');
}

function objectSql(each: AclClass, among: string | undefined): string {
  const { kind, catalog, knownAs = catalog, oid = 'o.oid', joins = '', where = 'true', column = 'null' } = each;
  const subid = each.column === undefined ? '0' : 'o.attnum';
  const found = `join ${among} d on d.classid = 'pg_catalog.${knownAs}'::regclass and d.objid = ${oid} and d.objsubid = ${subid}`;
  return `select ${kind} as kind, ${each.name} as name, ${oid} as oid, ${subid} as subid, ${each.owner} as owner, ${each.acl} as acl,
  ${each.target} as target, ${column} as "column", ${each.before ?? "''"} as before
  from pg_catalog.${catalog} o ${among === undefined ? '' : found} ${joins} where ${where}`;
}
