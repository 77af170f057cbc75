/** How runs stand, as text. */
import type { TrainerEvent } from '../base/events.ts';
import { printable } from '../base/printable.ts';
import { bytesText, durationText, figure, grouped } from '../base/quantity.ts';
import { plain, type Style } from '../finding-text.ts';
import type { Found } from '../state/attempt.ts';
import { secondsLeft } from './event-text.ts';

/** One run as `sft status` sees it. */
export interface RunStatus {
  readonly stack: string;
  readonly address: string;
  /** Newest attempt; absent: none was started. `unknown`: the look-up failed. */
  readonly attempt?: Found | 'unknown';
  readonly lastStep?: Extract<TrainerEvent, { kind: 'step' }>;
  readonly evaluation?: Extract<TrainerEvent, { kind: 'evaluate' }>;
}

export function stateWord({ attempt }: RunStatus): string {
  if (attempt === undefined) return 'not started';
  if (attempt === 'unknown') return 'unknown';
  if (attempt.state === 'lost') return 'lost';
  if (attempt.state !== 'ended') return attempt.state;
  return attempt.cause === 'done' ? 'done' : attempt.cause === 'cancelled' ? 'cancelled' : 'failed';
}

function details(run: RunStatus): string[] {
  const { attempt, lastStep, evaluation } = run;
  if (attempt === undefined) return [];
  if (attempt === 'unknown') return ['the target did not answer'];
  const parts = [`attempt ${attempt.n}`];
  parts.push(lastStep ? `step ${attempt.step}/${lastStep.max_steps}` : `step ${attempt.step}`);
  if (lastStep) parts.push(`loss ${figure(lastStep.loss)}`);
  if (evaluation) parts.push(`held-out ${figure(evaluation.eval_loss)}`);
  if (lastStep && attempt.state === 'running')
    parts.push(
      `${grouped(lastStep.tokens_per_second)} tokens/s`,
      bytesText(lastStep.memory_bytes),
      `${durationText(secondsLeft(lastStep))} left`,
    );
  if (attempt.checkpoint > 0) parts.push(`checkpoint at ${attempt.checkpoint}`);
  return parts;
}

const colours: Readonly<Record<string, keyof Style>> = { done: 'green', running: 'cyan', failed: 'red', lost: 'red' };

function line(run: RunStatus, width: number, style: Style): string[] {
  const word = stateWord(run);
  const paint = style[colours[word] ?? 'dim'];
  const head = `${`${run.stack}/${run.address}`.padEnd(width)}  ${paint(word.padEnd(11))}  ${details(run).join('  ')}`;
  const { attempt } = run;
  const failed =
    attempt !== undefined && attempt !== 'unknown' && attempt.state === 'ended' && attempt.cause !== 'done';
  const why = failed ? [attempt.cause, attempt.message].filter((part) => part !== undefined).join(': ') : '';
  return why === '' ? [head.trimEnd()] : [head.trimEnd(), ...why.split('\n').map((text) => `    ${printable(text)}`)];
}

export function statusText(runs: readonly RunStatus[], style: Style = plain): string {
  const width = Math.max(0, ...runs.map((run) => run.stack.length + run.address.length + 1));
  return runs.flatMap((run) => line(run, width, style)).join('\n');
}
