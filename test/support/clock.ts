/** A clock that a test sets, for the command itself: libfaketime, asked anew at each look. What counts evenly stays as it is. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const day = 86_400;
const places = ['/usr/lib', '/usr/local/lib'];

function libraryOf(): string | undefined {
  const folders = places.filter(existsSync).flatMap((place) => [
    place,
    ...readdirSync(place, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(place, name)),
  ]);
  return folders.map((folder) => join(folder, 'faketime', 'libfaketime.so.1')).find(existsSync);
}

/** Undefined where libfaketime is not installed. */
export const clockLibrary = libraryOf();

export class TestClock {
  readonly #file: string;

  /** `folder`: where its setting lies. */
  constructor(folder: string) {
    this.#file = join(folder, 'clock');
    this.set(0);
  }

  /** Days that the clock is ahead; also of commands that run. */
  set(days: number): void {
    writeFileSync(this.#file, `${days < 0 ? '-' : '+'}${Math.abs(days) * day}\n`);
  }

  get env(): Record<string, string> {
    return {
      LD_PRELOAD: clockLibrary ?? '',
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }
}
