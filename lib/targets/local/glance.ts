/** How an attempt stands, from an event file of any length: its beginning and its end tell all but one thing. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainerEvent } from '../../base/events.ts';
import { openIf } from '../look.ts';
import { eventOf } from './follow.ts';

/** The start is among the first lines, after the notices and samples of loading. */
const headBytes = 1 << 18;
/** Some thousand events: a pace is told by fifty. */
const tailBytes = 1 << 19;
const chunkBytes = 1 << 22;
/** An evaluation that lies further back than this, hundreds of thousands of steps, is not looked for. */
const searchedBytes = 1 << 26;

/** `path`'s bytes from `start` up to `end`. */
function bytesOf(handle: number, start: number, end: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, end - start));
  return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, start));
}

const eventsIn = (bytes: Buffer): TrainerEvent[] => bytes.toString().split('\n').flatMap(eventOf);

/** From a place in the middle of a line, the lines after it. */
const wholeLines = (bytes: Buffer) => bytes.subarray(bytes.indexOf(0x0a) + 1);

/** The newest evaluation before `end`, found by its word: the other lines are not parsed. */
function newestEvaluation(handle: number, end: number): TrainerEvent | undefined {
  const least = Math.max(0, end - searchedBytes);
  for (let until = end; until > least; ) {
    const start = Math.max(least, until - chunkBytes);
    const bytes = bytesOf(handle, start, until);
    for (
      let at = bytes.lastIndexOf('"evaluate"');
      at >= 0;
      at = at === 0 ? -1 : bytes.lastIndexOf('"evaluate"', at - 1)
    ) {
      const from = bytes.lastIndexOf(0x0a, at) + 1;
      const to = bytes.indexOf(0x0a, at);
      const [event] = eventOf(bytes.toString('utf8', from, to < 0 ? bytes.length : to));
      if (event?.kind === 'evaluate') return event;
    }
    // The next chunk overlaps by the line that this one began within.
    const line = bytes.indexOf(0x0a) + 1;
    until = start === least || line === 0 || line === bytes.length ? start : start + line;
  }
  return undefined;
}

function parts(handle: number): TrainerEvent[] {
  const { size } = fstatSync(handle);
  if (size <= headBytes + tailBytes) return eventsIn(bytesOf(handle, 0, size));
  const start = eventsIn(bytesOf(handle, 0, headBytes)).find(({ kind }) => kind === 'start');
  const tail = eventsIn(wholeLines(bytesOf(handle, size - tailBytes, size)));
  const evaluated = tail.some(({ kind }) => kind === 'evaluate');
  const evaluation = evaluated ? undefined : newestEvaluation(handle, size - tailBytes);
  return [...(start ? [start] : []), ...(evaluation ? [evaluation] : []), ...tail];
}

/** Its start, its newest evaluation, its last events, in order. `folder`: the attempt's. */
export function glanceAt(folder: string): TrainerEvent[] {
  const handle = openIf(join(folder, 'events.jsonl'));
  if (handle === undefined) return [];
  try {
    return parts(handle);
  } finally {
    closeSync(handle);
  }
}
