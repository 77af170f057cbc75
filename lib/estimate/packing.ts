/**
 * How many sequences rows become when they are packed: TRL 1.16's best-fit decreasing (`_pack_bfd`), which takes a
 * thousand rows at a time, in their order.
 */

/** `batch_size` of `datasets.map`, which TRL leaves at its default. */
const together = 1000;

export class PackedSequences {
  readonly #most: number;
  /** How many sequences of the batch have so much room left. */
  readonly #room: Uint32Array;
  #lengths: number[] = [];
  #done = 0;

  /** `maxLength`: tokens of a sequence. */
  constructor(maxLength: number) {
    this.#most = maxLength;
    this.#room = new Uint32Array(maxLength + 1);
  }

  /** Tokens of the next row: what is over is cut. A row without any takes part in its batch, and in no sequence. */
  add(tokens: number): void {
    this.#lengths.push(Math.min(tokens, this.#most));
    if (this.#lengths.length === together) this.#pack();
  }

  /** Of all rows so far, as if they were all. */
  count(): number {
    this.#pack();
    return this.#done;
  }

  #pack(): void {
    this.#room.fill(0);
    for (const length of this.#lengths.sort((a, b) => b - a)) if (length > 0) this.#put(length);
    this.#lengths = [];
  }

  /** Into the sequence with the least room that is enough. */
  #put(length: number): void {
    let room = length;
    while (room < this.#most && this.#room[room] === 0) room += 1;
    if (room === this.#most) this.#done += 1;
    else this.#room[room] = (this.#room[room] as number) - 1;
    const left = room - length;
    this.#room[left] = (this.#room[left] as number) + 1;
  }
}
