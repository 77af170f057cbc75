/** Whether a line of an event file is what it says: another version wrote it, or a training that writes what it likes. */
import type { TrainerEvent } from './events.ts';

const texts = new Set(['message', 'cause', 'path', 'result', 'token']);
const others = new Set(['kind', 'versions']);

/** Fields that are there have the types of our events'. Fields of kinds that we do not know are left alone. */
export function isEvent(value: Readonly<Record<string, unknown>>): boolean {
  if (typeof value.kind !== 'string') return false;
  if (!Object.hasOwn(needed, value.kind)) return true;
  return Object.entries(value).every(([name, field]) => {
    if (others.has(name)) return true;
    return texts.has(name) ? typeof field === 'string' : !numbers.has(name) || typeof field === 'number';
  });
}

/** What a line for people is made of. */
const needed: Readonly<Record<TrainerEvent['kind'], readonly string[]>> = {
  start: ['attempt', 'train_rows', 'max_steps', 'trainable_parameters', 'parameters', 'resumed_from'],
  step: ['step', 'max_steps', 'loss', 'learning_rate', 'tokens_per_second', 'memory_bytes', 'step_seconds'],
  evaluate: ['eval_loss', 'step'],
  checkpoint: ['step', 'bytes'],
  notice: ['message'],
  end: ['step', 'cause'],
  sample: ['memory_bytes', 'cpu'],
};

const numbers = new Set(Object.values(needed).flat());
for (const name of texts) numbers.delete(name);

/** Whether all is there that its line says. */
export function isTold(event: TrainerEvent): boolean {
  return (needed[event.kind] ?? []).every((name) => name in event);
}
