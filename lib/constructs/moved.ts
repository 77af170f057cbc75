/** Renames as a stack declares them, checked against the tree that the program makes. */
import type { Construct } from 'constructs';
import { follow, isAtOrBelow, type Move } from '../base/moves.ts';
import type { Finding } from '../finding.ts';
import { inProject } from '../program/context.ts';
import { shown } from '../settings/shown.ts';
import type { Stack } from './stack.ts';

type Problem = Pick<Finding, 'id' | 'message' | 'fix' | 'given'>;

const line = ({ from, to }: Move) => `moved({ from: '${from}', to: '${to}' })`;

function isPath(value: unknown): value is string {
  return typeof value === 'string' && /^[^/\p{Cc}]+(\/[^/\p{Cc}]+)*$/u.test(value);
}

function constructAt(stack: Stack, path: string): Construct | undefined {
  return path
    .split('/')
    .reduce<Construct | undefined>((at, id) => at?.node.tryFindChild(id) as Construct | undefined, stack);
}

/** Whether one declaration, followed by the others, comes back to where it began. */
function isLoop(move: Move, all: readonly Move[]): boolean {
  const others = all.filter((other) => other !== move);
  const end = follow(move.to, others);
  return move.from === move.to || (end !== move.to && isAtOrBelow(end, move.from));
}

function problemOf(move: Move, all: readonly Move[], stack: Stack, runs: readonly string[]): Problem | undefined {
  const { from, to } = move;
  if (isLoop(move, all))
    return { id: 'moved/loop', message: `${line(move)} leads back to where it began.`, fix: 'Take one of them out.' };
  const other = all.find((one) => one !== move && one.from === from);
  if (other)
    return {
      id: 'moved/twice',
      message: `${from} is declared as renamed to ${to} and to ${other.to}.`,
      fix: 'Keep the one that is true.',
    };
  // What was moved into a folder of the old name is not what the old name meant.
  const still = runs.find((run) => isAtOrBelow(run, from) && !(isAtOrBelow(to, from) && isAtOrBelow(run, to)));
  if (still !== undefined)
    return {
      id: 'moved/from-exists',
      message: `${from} is declared as renamed to ${to}, and ${still} is still in the program.`,
      fix: 'Rename it there too, or take the line out.',
    };
  const goesOn = all.some((one) => one !== move && isAtOrBelow(to, one.from));
  if (!goesOn && !constructAt(stack, to))
    return {
      id: 'moved/to-missing',
      message: `${from} is declared as renamed to ${to}, which is not in the program.`,
      fix: 'Correct the name, or take the line out.',
    };
  return undefined;
}

/** `runs`: addresses of all runs that the stack has. */
export function checkMoves(stack: Stack, runs: readonly string[]): { moves: readonly Move[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const told = (problem: Problem, position: string | undefined) =>
    findings.push({
      ...problem,
      severity: 'error',
      where: { construct: stack.node.path, ...(position === undefined ? {} : { at: inProject(position) }) },
    });
  const written = stack.moves.flatMap(({ given, position }) => {
    const { from, to } = (given ?? {}) as { from?: unknown; to?: unknown };
    if (isPath(from) && isPath(to)) return [{ move: { from, to }, position }];
    const fix = `Write stack.moved({ from: 'old/path', to: 'new/path' }), without the stack's own name.`;
    told({ id: 'moved/invalid', given: shown(given), message: 'This is no rename.', fix }, position());
    return [];
  });
  const moves = written.map(({ move }) => move);
  for (const { move, position } of written) {
    const problem = problemOf(move, moves, stack, runs);
    if (problem) told(problem, position());
  }
  return { moves, findings };
}
