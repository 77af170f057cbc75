import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { follow, origins } from '../../lib/base/moves.ts';

const moves = (...pairs: readonly string[]) =>
  pairs.map((pair) => {
    const [from = '', to = ''] = pair.split(' ');
    return { from, to };
  });

test('a run, all of a folder, a chain; names that only begin alike are others', () => {
  assert.is(follow('a', moves('a b')), 'b');
  assert.is(follow('a/x', moves('a b/c')), 'b/c/x');
  assert.is(follow('ab', moves('a b')), 'ab');
  assert.is(follow('a/x', moves('a b', 'b/x c')), 'c');
  assert.is(follow('a/x', moves('a b', 'a/x y')), 'y', 'the longest counts first');
  assert.is(follow('a', moves('a a/b')), 'a/b', 'into a folder of its own name');
  assert.equal(origins('c', moves('a b', 'b c')), ['b', 'a']);
  assert.equal(origins('b/x', moves('a b', 'a/x y')), [], 'a/x went elsewhere');
});

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const declared = fc.array(fc.record({ from: path, to: path }), { maxLength: 5 });

test('following ends for any declarations, and is found back', () => {
  fc.assert(
    fc.property(path, declared, (address, all) => {
      const end = follow(address, all);
      if (end !== address) assert.ok(origins(end, all).includes(address), `${address} -> ${end}`);
      for (const origin of origins(address, all)) assert.is(follow(origin, all), address);
    }),
  );
});

test.run();
