import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Shaping } from '../../lib/cli/data-inspect-shape.ts';

const test = suite('shapes of what is inspected');

test('a dataset of a stack is read under the names that it gives its columns', () => {
  const settings = { format: 'prompt', columns: { prompt: 'question', completion: 'answer' } };
  const shaping = new Shaping({ settings, answersOnly: true });
  const row = { file: 'rows.jsonl', number: 1, line: 1, value: { question: 'a', answer: 'b', prompt: 'c' } };
  assert.equal(shaping.view(row).example, { kind: 'prompt', prompt: 'a', completion: 'b' });
});

test.run();
