/**
 * The search attributes that operations set, with the types Temporal registers them under: six keywords and one datetime,
 * within the ten keywords that a self-hosted SQL visibility store has. They are stored in clear, whatever codec is in use.
 *
 * @see https://docs.temporal.io/search-attribute
 */
export const searchAttributes = {
  KeyturnIdentity: 'KEYWORD',
  KeyturnOperation: 'KEYWORD',
  KeyturnOwner: 'KEYWORD',
  KeyturnEnvironment: 'KEYWORD',
  KeyturnRisk: 'KEYWORD',
  KeyturnStage: 'KEYWORD',
  KeyturnDueAt: 'DATETIME',
} as const satisfies Record<string, 'KEYWORD' | 'DATETIME'>;
