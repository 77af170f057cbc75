/** Every finding's id, in alphabetical order. A test holds the table and the code to each other. */
import { adopt } from './adopt.ts';
import { data } from './data.ts';
import type { Explanation } from './explanation.ts';
import { fix } from './fix.ts';
import { judge } from './judge.ts';
import { machine } from './machine.ts';
import { mix } from './mix.ts';
import { moved } from './moved.ts';
import { override } from './override.ts';
import { pins } from './pins.ts';
import { plan } from './plan.ts';
import { preparing } from './preparing.ts';
import { program } from './program.ts';
import { rules } from './rules.ts';
import { secrets } from './secrets.ts';
import { surroundings } from './surroundings.ts';
import { template } from './template.ts';
import { tokens } from './tokens.ts';
import { trainer } from './trainer.ts';
import { tree } from './tree.ts';

const tables = [
  adopt,
  program,
  tree,
  rules,
  data,
  fix,
  judge,
  mix,
  override,
  plan,
  moved,
  pins,
  machine,
  secrets,
  surroundings,
  preparing,
  template,
  tokens,
  trainer,
];

export const explanations: ReadonlyMap<string, Explanation> = new Map(
  tables.flatMap((table) => Object.entries(table)).sort(([a], [b]) => (a < b ? -1 : 1)),
);
