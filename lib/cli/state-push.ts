/** `sft state push FILE`: a state that was pulled elsewhere, or kept as a backup. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pushState } from '../apply/push.ts';
import { isObject } from '../base/json.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import { readState, type State } from '../state/state.ts';
import { FileStore } from '../state/store.ts';
import { confirm } from './ask.ts';
import type { Context } from './context.ts';
import { type DeskOptions, deskOf } from './desk.ts';
import { printJson } from './print.ts';
import { stateFolder } from './recorded.ts';
import { recordedTarget } from './target.ts';

export interface PushOptions extends DeskOptions {
  readonly yes?: boolean;
  /** Also a state that is older. */
  readonly force?: boolean;
}

function invalid(file: string, reason: string) {
  return fail(
    'state/push-invalid',
    `${file} is no state that can be pushed: ${reason}.`,
    'Pull it again: sft state pull.',
  );
}

/** A stack's name becomes a folder's. */
const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

function isWhole({ stack, lineage, serial, recorded }: State): boolean {
  const records: unknown = recorded;
  const isRecord = (value: unknown) =>
    isObject(value) && typeof value.address === 'string' && isObject(value.resource) && Array.isArray(value.attempts);
  return (
    name.test(stack) &&
    typeof lineage === 'string' &&
    Number.isSafeInteger(serial) &&
    serial > 0 &&
    Array.isArray(records) &&
    records.every(isRecord)
  );
}

function stateIn(file: string, text: string): State {
  const read = readState(text);
  if (read.kind === 'corrupt') throw invalid(file, read.reason);
  if (read.kind === 'newer')
    throw fail(
      'state/newer',
      `${file} has format ${read.format}, written by cdksft ${read.tool}.`,
      `Use cdksft ${read.tool} or newer.`,
    );
  if (!isWhole(read.state)) throw invalid(file, 'it names no stack, lineage, serial or runs');
  return read.state;
}

function textOf(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (caught) {
    throw invalid(file, `it cannot be read (${(caught as { code?: string }).code ?? String(caught)})`);
  }
}

export async function push(context: Context, [file]: readonly string[], options: PushOptions): Promise<ExitCode> {
  if (file === undefined)
    throw fail('usage/arguments', 'sft state push needs a file.', 'Give one that sft state pull has written.', {
      exit: exit.usage,
    });
  const { project, signal } = context;
  const pushed = stateIn(file, textOf(resolve(context.cwd, file), file));
  const { stack } = pushed;
  const now = await new FileStore(stateFolder(project, stack)).read();
  const job = (pushed.recorded[0] ?? now?.recorded[0])?.resource;
  if (!job) throw invalid(file, 'no run is recorded in it');
  const here = now ? `state ${now.serial} with ${now.recorded.length} runs` : 'no state';
  context.note(`${stack}: ${here} here; the file is state ${pushed.serial} with ${pushed.recorded.length} runs.`);
  if (options.yes !== true && !(await confirm('Record that instead?', context, 'Give --yes.'))) {
    context.note('Nothing was done.');
    return exit.error;
  }
  const target = recordedTarget(stack, job, project);
  const serial = await pushState({
    pushed,
    force: options.force === true,
    target,
    desk: deskOf(project, options),
    signal,
  });
  if (context.json)
    printJson<'state-push'>(context, { format_version: '1.0', stack, ...(serial === undefined ? {} : { serial }) });
  context.note(serial === undefined ? 'It is what is recorded already.' : `It is state ${serial} now.`);
  return exit.done;
}
