/** Which copy of the SDK made a tree. Two in one program do not know each other's classes: said, not left to chance. */
import { Construct, type IConstruct } from 'constructs';
import { exit, fail, type UserError } from '../errors.ts';
import type { Finding, Where } from '../finding.ts';
import { inProject } from '../program/context.ts';
import { ownFolder, versionOf } from '../program/version.ts';
import type { Position } from './position.ts';

/** The same symbol in every copy. */
export const copySymbol = Symbol.for('cdksft.copy');

/** The folder of the copy that made the tree of a construct, where that is another one than this. */
function otherFolder(construct: IConstruct): string | undefined {
  const other = (construct.node.root as { [copySymbol]?: unknown })[copySymbol];
  return typeof other !== 'string' || other === ownFolder ? undefined : other;
}

const fix =
  'Have one copy: the same version in every package.json (npm ls cdksft shows them), in libraries as a peer dependency.';

/** The error of a construct of this copy that is put into an App of another one; undefined where all is of one copy. */
export function otherCopy(scope: IConstruct, kind: string, position: Position): UserError | undefined {
  const other = otherFolder(scope);
  if (other === undefined) return undefined;
  const at = position();
  return fail(
    'construct/two-copies',
    `This ${kind} and its App come from two copies of cdksft: ${inProject(ownFolder)} and ${inProject(other)}.`,
    fix,
    { where: at === undefined ? {} : { at: inProject(at) }, exit: exit.invalid },
  );
}

/** The error of a tree whose classes are of another version of the package that they extend, and do not fit ours. */
export function otherConstructs(kind: string, position: Position): UserError {
  const at = position();
  const wanted = versionOf('constructs');
  return fail(
    'construct/other-constructs',
    `This ${kind} is put into a construct of another version of the package constructs than cdksft’s, ${wanted}.`,
    `Write "constructs": "${wanted}" into the package.json of the program, and of each package that extends Construct.`,
    { where: at === undefined ? {} : { at: inProject(at) }, exit: exit.invalid },
  );
}

/** The same of a construct that a setting names: it may have been made in an App of its own copy. */
export function ofOtherCopy(given: unknown, setting: string, where: Where): Finding | undefined {
  const other = Construct.isConstruct(given) ? otherFolder(given) : undefined;
  if (other === undefined) return undefined;
  const message = `This run and its ${setting} come from two copies of cdksft: ${inProject(ownFolder)} and ${inProject(other)}.`;
  return { id: 'construct/two-copies', severity: 'error', where: { ...where, path: setting }, message, fix };
}
