/** Which copy of the SDK made a tree. Two in one program do not know each other's classes: said, not left to chance. */
import { fileURLToPath } from 'node:url';
import type { IConstruct } from 'constructs';
import { exit, fail, type UserError } from '../errors.ts';
import { inProject } from '../program/context.ts';
import type { Position } from './position.ts';

/** The same symbol in every copy. */
export const copySymbol = Symbol.for('cdksft.copy');

/** The folder of this copy. */
export const thisCopy = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** The error of a construct of this copy that is put into an App of another one; undefined where all is of one copy. */
export function otherCopy(scope: IConstruct, kind: string, position: Position): UserError | undefined {
  const other = (scope.node.root as { [copySymbol]?: unknown })[copySymbol];
  if (typeof other !== 'string' || other === thisCopy) return undefined;
  const at = position();
  return fail(
    'construct/two-copies',
    `This ${kind} and its App come from two copies of cdksft: ${inProject(thisCopy)} and ${inProject(other)}.`,
    'Have one copy: the same version in every package.json (npm ls cdksft shows them), in libraries as a peer dependency.',
    { where: at === undefined ? {} : { at: inProject(at) }, exit: exit.invalid },
  );
}
