import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandHosts } from '../../lib/base/hostlist.ts';

test('ranges keep their zeros, lists their order', () => {
  assert.equal(expandHosts('h200-[08-11]'), ['h200-08', 'h200-09', 'h200-10', 'h200-11']);
  assert.equal(expandHosts('a[1,3-4],login.example'), ['a1', 'a3', 'a4', 'login.example']);
  assert.equal(expandHosts(['r[1-2]n[1-2]', 'x']), ['r1n1', 'r1n2', 'r2n1', 'r2n2', 'x']);
});

test('what is no host list is refused with the reason', () => {
  const refused: [string, RegExp][] = [
    ['a[1-', /brackets/],
    ['a]1', /brackets/],
    ['a[[1]]', /brackets/],
    ['a[3-1]', /backwards/],
    ['a[x]', /no number or range/],
    ['a[1-9999999]', /more than 4096/],
    ['a,a', /a twice/],
    ['a,,b', /""/],
    ['-oProxyCommand=x', /no host name/],
  ];
  for (const [text, reason] of refused) assert.throws(() => expandHosts(text), reason);
});

test('expanding a range gives as many names as it has numbers, all different', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(200), fc.integer({ min: 1, max: 4 }), (low, length, width) => {
      const from = String(low).padStart(width, '0');
      const hosts = expandHosts(`n[${from}-${low + length}]`);
      assert.is(hosts.length, length + 1);
      assert.is(new Set(hosts).size, hosts.length);
      assert.is(hosts[0], `n${from}`);
    }),
  );
});

test.run();
