import { KeyturnError } from '../contract/errors.ts';

/**
 * How PostgreSQL's entitlements are named, in words:
 * - `orders_a SELECT on table public.invoices`, and so on for every kind of object; `orders_a SELECT on new tables of alice` is a
 *   default privilege
 * - `orders_a member of reporting`
 * - `orders_a attribute CREATEDB`
 * - `orders_a owns table public.invoices`, `orders_a holds something on KIND NAME`, `orders_a holds things in database billing`
 *
 * Names are quoted as PostgreSQL quotes them. A renamed object is another one.
 */
const form = new RegExp(
  [
    /^(?<role>[A-Za-z_][\w$]*) /.source,
    '(?:',
    [
      /attribute (?<attribute>[A-Z]+)/.source,
      /member of (?<group>\S.*)/.source,
      /(?:owns|holds something on|holds things in database) \S.*/.source,
      /(?<privilege>[A-Z]+(?: [A-Z]+)?) on (?<kind>new (?:large )?[a-z]+|(?:large |foreign (?:data )?)?[a-z]+) (?<name>\S.*)/
        .source,
    ].join('|'),
    ')$',
  ].join(''),
  'u',
);

export interface HoldingName {
  readonly role: string;
  readonly attribute?: string;
  readonly group?: string;
  readonly privilege?: string;
  readonly kind?: string;
  readonly name?: string;
}

/** Takes an id apart, which must name one of these roles. Throws `invalid_request`. Whether there is such a thing is not looked at. */
export function parseHolding(id: string, roles: readonly string[]): HoldingName {
  const { role, ...rest } = (isOneLine(id) && form.exec(id)?.groups) || {};
  if (role !== undefined && roles.includes(role)) return { role, ...rest };
  throw new KeyturnError(
    'invalid_request',
    `id: expected the name of something that ${roles.join(' or ')} holds, as list shows it`,
  );
}

/** A name as PostgreSQL quotes it, or the object's number where it does not fit into one line that a person reads. */
export function shown(name: string | null, oid: string): string {
  return name !== null && name.length <= 700 && isOneLine(name) ? name : `oid ${oid}`;
}

function isOneLine(text: string): boolean {
  return /^[^\p{C}\p{Zl}\p{Zp}]{1,1000}$/u.test(text);
}
