/**
 * How many workflows a worker keeps in memory. What it carries out at one time fits: a hundred activities at once belong to at
 * most a hundred rotations, each with the lifecycle of its identity, and half as many again leave room. What only waits need not
 * be there: a run at a gate is replayed when somebody answers, so thousands of open gates cost no memory. By default the SDK
 * goes by the size of the heap, and keeps thousands at a quarter of a megabyte each: docs/bench.md, (c).
 */
export const mostCachedWorkflows = 300;
