import { dialogues } from './dialogues.ts';
import { fixes } from './fixes.ts';
import { hardware } from './hardware.ts';
import type { Broken, Rule, RunFacts } from './rule.ts';
import { schedule } from './schedule.ts';
import { secrets } from './secrets.ts';
import { sharding } from './sharding.ts';

export type { Broken, Rule, RunFacts } from './rule.ts';

/** All rules, in the order in which their findings are told. */
export const rules: readonly Rule[] = [...schedule, ...hardware, ...sharding, ...secrets, ...dialogues, ...fixes];

/** Everything that is wrong with how a run's settings go together. */
export function check(facts: RunFacts): Broken[] {
  return rules.flatMap((rule) => rule(facts) ?? []);
}
