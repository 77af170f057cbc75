import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canonical, isSame, jsonText } from '../../lib/base/json.ts';

const test = suite('json');

/** Few keys and values, so that two are often the same, or nearly so. */
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1, '', 'a', '1'),
    fc.array(tie('any'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'aa', '__proto__', '2', '10'), tie('any'), { maxKeys: 3 }),
  ),
})).any;

test('two values are the same where their canonical JSON is', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      assert.is(isSame(a, b), canonical(a) === canonical(b));
      assert.ok(isSame(a, JSON.parse(canonical(a))));
    }),
    { numRuns: 3000 },
  );
  assert.ok(isSame({ a: undefined, b: 1 }, { b: 1 }));
  assert.not(isSame({ a: undefined }, { a: null }));
  assert.not(isSame([1], { 0: 1 }));
});

test('keys are sorted by code units, those of the head before them at the top level only', () => {
  assert.is(
    canonical({ b: { z: 1, B: 2 }, a: [{ y: 1, x: undefined }], ä: 0, Z: 0 }),
    '{"Z":0,"a":[{"y":1}],"b":{"B":2,"z":1},"ä":0}',
  );
  assert.is(
    jsonText({ b: { h: 1, a: 2 }, a: 0, h: 0 }, ['none', 'h']),
    '{\n  "h": 0,\n  "a": 0,\n  "b": {\n    "a": 2,\n    "h": 1\n  }\n}\n',
  );
});

test.run();
