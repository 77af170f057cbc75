/** Files whose encoding is said: the trainer, which is told it, reads the letters that the plan has read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encode, tableOf } from '../support/japanese.ts';
import { planSays, trainerSays } from '../support/readers.ts';

const test = suite('encodings, in both languages');
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-encodings-'));
});
test.after(() => rmSync(folder, { recursive: true }));

test('every letter by itself, without a word of Japanese around it, and bytes that are none', () => {
  const written = (['shift_jis', 'euc-jp'] as const).flatMap((encoding) => {
    const letters = [...tableOf(encoding).keys()].filter((letter) => letter > ' ' && !'"\\\x7f'.includes(letter));
    const whole = encode(letters.map((text) => JSON.stringify({ text })).join('\n'), encoding);
    const strange = [0x80, 0x81, 0x8f, 0x9f, 0xa0, 0xa1, 0xfc, 0xfd, 0xfe, 0xff].map((byte) =>
      Buffer.from([...Buffer.from('{"text": "'), byte, 0xb0, ...Buffer.from('"}')]),
    );
    return [whole, ...strange].map((content) => ({ encoding, content }));
  });
  const files = written.map(({ encoding, content }, index) => {
    const path = join(folder, `${index}.jsonl`);
    writeFileSync(path, content);
    return { path, encoding };
  });
  const plans = files.map(({ path, encoding }) => planSays(path, encoding));
  const trained = trainerSays(files);
  let read = 0;
  for (const [index, plan] of plans.entries()) {
    // What a plan refuses no trainer is asked to read.
    if (plan.broken !== undefined) {
      assert.is(plan.broken, 'data/encoding');
      continue;
    }
    read += plan.values?.length ?? 0;
    assert.equal(trained[index]?.values, plan.values, `file ${index}`);
  }
  assert.ok(read > 13_000, String(read));
});

test.run();
