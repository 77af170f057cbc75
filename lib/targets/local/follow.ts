/** Reads an attempt's events as they are written. */
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isEvent } from '../../base/event-shape.ts';
import type { TrainerEvent } from '../../base/events.ts';
import { isObject } from '../../base/json.ts';
import { orAbsent } from '../files.ts';
import { supervisorOf } from './attempts.ts';

const pollMs = 200;
/** Looking up a process costs more than a stat, and a supervisor dies rarely. */
const pollsBetweenLooks = 5;
const chunkBytes = 1 << 20;

export interface FollowOptions {
  readonly follow: boolean;
  /** Byte offset of the first line to read; 0 = all. */
  readonly from?: number;
  readonly signal?: AbortSignal;
}

/** None where the line is torn, or no event. */
export function eventOf(line: string): TrainerEvent[] {
  try {
    const value: unknown = JSON.parse(line);
    // A later trainer may write kinds that we do not know: they are handed on as they are.
    return isObject(value) && isEvent(value) ? [value as unknown as TrainerEvent] : [];
  } catch {
    // Torn by a kill; its end was added later, or is still to come.
    return [];
  }
}

/** Whole lines that were added since the last call; half a line waits for its end. */
class Tail {
  readonly #path: string;
  #offset: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string, from: number) {
    this.#path = path;
    this.#offset = from;
  }

  async read(): Promise<TrainerEvent[]> {
    const handle = await orAbsent(open(this.#path));
    if (!handle) return [];
    const events: TrainerEvent[] = [];
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, this.#offset);
        if (bytesRead === 0) return events;
        this.#offset += bytesRead;
        events.push(...this.#split(buffer.subarray(0, bytesRead)));
      }
    } finally {
      await handle.close();
    }
  }

  #split(added: Buffer): TrainerEvent[] {
    const all = Buffer.concat([this.#rest, added]);
    const end = all.lastIndexOf(0x0a);
    this.#rest = all.subarray(end + 1);
    return end < 0 ? [] : all.toString('utf8', 0, end).split('\n').flatMap(eventOf);
  }
}

async function isOver(folder: string, look: boolean): Promise<boolean> {
  if ((await orAbsent(stat(join(folder, 'end.json')))) !== undefined) return true;
  return look && (await supervisorOf(folder)).state === 'lost';
}

/** Ends with the attempt, or once all that is there was read where nothing is to be waited for. */
export async function* followEvents(folder: string, options: FollowOptions): AsyncGenerator<TrainerEvent> {
  const tail = new Tail(join(folder, 'events.jsonl'), options.from ?? 0);
  for (let polls = 0; ; polls++) {
    if (options.signal?.aborted) return;
    // Asked before reading: what was written before the end is read before we leave.
    const over = !options.follow || (await isOver(folder, polls % pollsBetweenLooks === 0));
    yield* await tail.read();
    if (over) return;
    await sleep(pollMs, undefined, options.signal ? { signal: options.signal } : {}).catch(() => {});
  }
}
