/** How bad a compromise is, or what an identity puts at risk: the least first. */
export const severities = ['low', 'medium', 'high', 'critical'] as const;

export type Severity = (typeof severities)[number];
