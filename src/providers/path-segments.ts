import { KeyturnError } from '../contract/errors.ts';

/** A path that was checked: its parts can be encoded and joined, and lead nowhere else than they say. */
export type PathSegments = readonly string[];

const mostCharacters = 512;

/**
 * Takes a path apart. Throws `invalid_request`, naming the field, for an empty part, `.` and `..`, control characters, half of a
 * surrogate pair, and more than 512 characters; so nobody reaches another place by what they call an identity or a target.
 */
export function pathSegments(text: string, field: string): PathSegments {
  const segments = text.split('/');
  const isPlain = text.length <= mostCharacters && text.isWellFormed() && !/\p{Cc}/u.test(text);
  if (isPlain && segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..')) return segments;
  throw new KeyturnError(
    'invalid_request',
    `${field}: expected a path of 1 to ${mostCharacters} characters without empty parts, ".", ".." and control characters`,
  );
}
