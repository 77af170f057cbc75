import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Shaping } from '../../../lib/data/review/shaping.ts';

const test = suite('shapes of what is reviewed');

test('a dataset of a stack is read under the names that it gives its columns', () => {
  const columns = { prompt: 'question', completion: 'answer' };
  const shaping = new Shaping({ format: 'prompt', columns });
  const { example } = shaping.read({ question: 'a', answer: 'b', prompt: 'c' });
  assert.equal(example, { kind: 'prompt', prompt: 'a', completion: 'b' });
});

test.run();
