/** How runs stand, as text. */
import type { RunStatus } from '../apply/status.ts';
import { short } from '../base/hash.ts';
import { printable } from '../base/printable.ts';
import { bytesText, durationText, figure, grouped } from '../base/quantity.ts';
import { plain, type Style } from '../finding-text.ts';
import type { StackRun } from './documents.ts';

const words: Readonly<Record<RunStatus['state'], string>> = {
  absent: 'not started',
  queued: 'queued',
  running: 'running',
  done: 'done',
  failed: 'failed',
  'failed-own': 'failed',
  cancelled: 'cancelled',
  altered: 'altered',
  unknown: 'unknown',
};

const colours: Readonly<Record<string, keyof Style>> = {
  done: 'green',
  running: 'cyan',
  failed: 'red',
  unknown: 'red',
};

function nameOf(run: StackRun): string {
  const name = `${run.stack}/${run.address}`;
  return run.current ? name : `${name}@${short(run.identity)}`;
}

function details(run: StackRun): string {
  const parts = [
    run.attempt === undefined ? undefined : `attempt ${run.attempt}`,
    run.step === undefined ? undefined : `step ${run.step}${run.maxSteps === undefined ? '' : `/${run.maxSteps}`}`,
    run.loss === undefined ? undefined : `loss ${figure(run.loss)}`,
    run.evaluationLoss === undefined ? undefined : `held-out loss ${figure(run.evaluationLoss)}`,
    ...(run.state === 'running'
      ? [
          run.tokensPerSecond === undefined ? undefined : `${grouped(run.tokensPerSecond)} tokens/s`,
          run.memoryBytes === undefined ? undefined : bytesText(run.memoryBytes),
          run.secondsLeft === undefined ? undefined : `${durationText(run.secondsLeft)} left`,
        ]
      : []),
    run.checkpoint > 0 ? `checkpoint at ${run.checkpoint}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join('  ');
}

/** Why a run stands as it does, where that is not plain from its word. */
function reason(run: StackRun): string {
  if (run.state === 'unknown') return 'the target did not answer';
  if (run.state !== 'failed' && run.state !== 'failed-own') return '';
  const parts = [run.cause ?? 'its supervisor is gone', run.message].filter((part) => part !== undefined);
  return parts.join(': ');
}

function lines(run: StackRun, width: number, style: Style): string[] {
  const word = words[run.state];
  const paint = style[colours[word] ?? 'dim'];
  const head = `${nameOf(run).padEnd(width)}  ${paint(word.padEnd(11))}  ${details(run)}`.trimEnd();
  const why = reason(run);
  return why === '' ? [head] : [head, ...why.split('\n').map((text) => `    ${printable(text)}`)];
}

export function statusText(runs: readonly StackRun[], style: Style = plain): string {
  const width = Math.max(0, ...runs.map((run) => nameOf(run).length));
  return runs.flatMap((run) => lines(run, width, style)).join('\n');
}
