import { describeCases, onStage, type Opened, type Staged } from './suite.ts';

/** A system with something between it and the port that can be made to fail. */
export type Hostile<System> = System & {
  /** From now on the port meets this fault, and with `undefined` none. */
  disturb(fault: string | undefined): Promise<void>;
};

export interface HostileSuite<System> {
  readonly name: string;
  /** Called once per case and fault. */
  readonly open: () => Promise<Hostile<System>>;
  readonly faults: readonly HostileFault[];
}

export interface HostileFault {
  readonly name: string;
  /** `writes`: the fault waits for a change to be sent, and questions pass. */
  readonly hits: 'everything' | 'writes';
}

/** When the fault that a case is run under begins and ends. */
export interface Disturbance {
  begin(): Promise<void>;
  end(): Promise<void>;
}

export interface HostileCase<Stage> {
  readonly name: string;
  /** The case asks questions only, so a fault that waits for a write would not be met. */
  readonly asks: boolean;
  readonly run: (stage: Stage, fault: Disturbance) => Promise<void>;
}

/**
 * Runs each case that a fault would meet under that fault, on a system of its own; what is held around the plain cases is held here
 * as well.
 */
export function describeHostile<System extends Opened, Stage extends Staged, Case extends HostileCase<Stage>>(
  name: string,
  { open, faults }: Pick<HostileSuite<System>, 'open' | 'faults'>,
  cases: readonly Case[],
  setStage: (system: System) => Promise<Stage>,
  concerns: (each: Case, system: System) => boolean = () => true,
): void {
  const trials = faults.flatMap((fault) =>
    cases
      .filter(({ asks }) => !asks || fault.hits === 'everything')
      .map((each) => ({ name: `${fault.name}: ${each.name}`, fault: fault.name, each })),
  );
  describeCases(
    name,
    open,
    trials,
    ({ each }, system) => concerns(each, system),
    ({ each, fault }) =>
      onStage(open, setStage, async (stage, system) => {
        const end = () => system.disturb(undefined);
        await each.run(stage, { begin: () => system.disturb(fault), end });
        await end();
      }),
  );
}
