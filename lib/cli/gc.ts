/** `sft gc`: removes from the workspace what nothing refers to any more, after it has been shown. */
import { collect, findUnused, type GcInput } from '../apply/gc.ts';
import type { Survey } from '../apply/unused.ts';
import { bytesText } from '../base/quantity.ts';
import { type ExitCode, exit } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { ListedWorkspace } from '../report/gc-document.ts';
import { listedWorkspace, surveyText } from '../report/gc-text.ts';
import type { Discarded } from '../targets/stored.ts';
import { confirm } from './ask.ts';
import type { Context } from './context.ts';
import { type DeskOptions, deskOf } from './desk.ts';
import { printJson } from './print.ts';
import { trainer } from './target.ts';
import { tell } from './tell.ts';
import { workspacesOf } from './workspaces.ts';

export interface GcOptions extends DeskOptions {
  readonly yes?: boolean;
}

interface Looked {
  readonly path: string;
  readonly input: GcInput;
  readonly found: Survey;
}

const withoutTerminal = 'Look at the list, then give --yes.';

function notRemoved(discarded: readonly Discarded[], workspace: string): Finding[] {
  return discarded.flatMap((each): Finding[] => {
    if (each.outcome !== 'failed') return [];
    const message = `${workspace}/${each.path} could not be removed (${each.reason}).`;
    const fix = 'Allow writing there, or let its owner run sft gc.';
    return [{ id: 'gc/not-removed', severity: 'error', where: { path: each.path }, message, fix }];
  });
}

function print(context: Context, workspaces: readonly ListedWorkspace[], findings: readonly Finding[] = []): void {
  if (context.json) printJson<'gc'>(context, { format_version: '1.0', workspaces, findings });
}

async function look(context: Context, options: DeskOptions): Promise<Looked[]> {
  const { project, note } = context;
  const { reached, elsewhere } = await workspacesOf(project);
  const looked: Looked[] = [];
  for (const [path, target] of reached) {
    const input = { target, desk: deskOf(project, options), trainer: trainer().sha256 };
    looked.push({ path, input, found: await findUnused(input) });
  }
  for (const { path, found } of looked) note(surveyText(path, found));
  if (elsewhere.length > 0) note(`Not looked at, since this version cannot reach it: ${elsewhere.join(', ')}.`);
  return looked;
}

/** A program that reads JSON gets the list also where nobody can be asked. */
async function isConfirmed(context: Context, looked: readonly Looked[], options: GcOptions): Promise<boolean> {
  if (options.yes === true) return true;
  print(
    context,
    looked.map(({ path, found }) => listedWorkspace(path, found)),
  );
  return confirm('Remove these?', context, withoutTerminal);
}

export async function gc(context: Context, _: string[], options: GcOptions): Promise<ExitCode> {
  const looked = await look(context, options);
  const { signal } = context;
  if (looked.every(({ found }) => found.unused.length === 0)) {
    print(
      context,
      looked.map(({ path, found }) => listedWorkspace(path, found)),
    );
    if (!context.json) context.out('Nothing to remove.');
    return exit.done;
  }
  if (!(await isConfirmed(context, looked, options))) {
    context.note('Nothing was done.');
    return exit.error;
  }
  const listed: ListedWorkspace[] = [];
  const findings: Finding[] = [];
  for (const { path, input, found } of looked) {
    const shown = new Set(found.unused.map((thing) => thing.path));
    const { discarded } = await collect({ ...input, shown, signal });
    listed.push(listedWorkspace(path, found, discarded));
    findings.push(...notRemoved(discarded, path));
  }
  print(context, listed, findings);
  const removed = listed.flatMap(({ unused }) => unused).filter(({ outcome }) => outcome === 'removed').length;
  const freed = listed.reduce((sum, one) => sum + one.freed, 0);
  if (!context.json) context.out(`Removed ${removed}, ${bytesText(freed)}.`);
  tell(findings, context);
  return findings.length > 0 ? exit.error : exit.done;
}
