/** One event of a training as one line for people; undefined for those that only programs read. */
import { isTold } from '../base/event-shape.ts';
import type { TrainerEvent } from '../base/events.ts';
import { printable } from '../base/printable.ts';
import { bytesText, durationText, figure, grouped } from '../base/quantity.ts';

type Of<K extends TrainerEvent['kind']> = Extract<TrainerEvent, { kind: K }>;

function start(event: Of<'start'>): string {
  const share = event.parameters > 0 ? ` (${figure((100 * event.trainable_parameters) / event.parameters)} %)` : '';
  const from = event.resumed_from > 0 ? `goes on from step ${event.resumed_from}` : 'begins';
  return `attempt ${event.attempt} ${from}: ${grouped(event.train_rows)} rows, ${event.max_steps} steps, ${grouped(event.trainable_parameters)} of ${grouped(event.parameters)} parameters trained${share}`;
}

/** Seconds that the remaining steps take at the speed of this one. */
export function secondsLeft(event: Of<'step'>): number {
  return Math.max(0, event.max_steps - event.step) * event.step_seconds;
}

function step(event: Of<'step'>): string {
  const width = String(event.max_steps).length;
  return [
    `step ${String(event.step).padStart(width)}/${event.max_steps}`,
    `loss ${figure(event.loss)}`,
    `lr ${figure(event.learning_rate)}`,
    `${grouped(event.tokens_per_second)} tokens/s`,
    bytesText(event.memory_bytes),
    `${durationText(secondsLeft(event))} left`,
  ].join('  ');
}

function end(event: Of<'end'>): string {
  const why = event.message === undefined ? '' : `: ${event.message}`;
  return event.cause === 'done'
    ? `done at step ${event.step}${why}`
    : `ended at step ${event.step}, ${event.cause}${why}`;
}

function text(event: TrainerEvent): string | undefined {
  switch (event.kind) {
    case 'start':
      return start(event);
    case 'step':
      return step(event);
    case 'evaluate':
      return `held-out loss ${figure(event.eval_loss)} at step ${event.step}`;
    case 'checkpoint':
      return `checkpoint at step ${event.step}, ${bytesText(event.bytes)}`;
    case 'notice':
      return event.message;
    case 'end':
      return end(event);
    default:
      return undefined;
  }
}

/** A line may come from another machine: it is made printable. */
export function eventText(event: TrainerEvent): string | undefined {
  const line = isTold(event) ? text(event) : undefined;
  return line === undefined ? undefined : printable(line);
}
