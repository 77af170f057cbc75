/** Personal data and secrets: found by their form and their check digits, told by place, never shown. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isIban, isLuhn } from '../../../lib/data/judge/check-digits.ts';
import { hidden } from '../../../lib/data/judge/hidden.ts';
import { judge } from '../../../lib/data/judge/judge.ts';
import { alpaca, only, viewed } from '../../support/judged.ts';

const test = suite('personal');

/** Written in pieces, so that no scanner takes this file for a leak. */
const pieces = (...parts: string[]) => parts.join('');
const letters = (count: number) => 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.repeat(10).slice(0, count);

async function both(id: string, yes: readonly string[], no: readonly string[]): Promise<void> {
  for (const text of yes) {
    const found = await judge([viewed(alpaca('q', `It is ${text}, so.`), 0)]);
    assert.equal(
      found.map((one) => one.id),
      [id],
      text,
    );
    assert.equal(found[0]?.places, [{ file: 'rows.json', row: 1, line: 10, column: 'output' }]);
    assert.not.ok(JSON.stringify(found).includes(text), `${text} is shown`);
    const short = text.slice(0, 9);
    assert.not.ok(JSON.stringify(found).includes(short), `${short} is shown`);
    const shown = hidden(`It is ${text}, so.`);
    assert.is(shown.length, text.length + 11);
    assert.match(
      shown,
      /^It is [^A-Za-z\d]*(?:-----BEGIN [A-Z ]*KEY[A-Z ]*-----[^A-Za-z\d]*)?(?:-----END [A-Z ]*-----)?[^A-Za-z\d]* so\.$/,
    );
  }
  for (const text of no) {
    assert.is(await only(id, [alpaca('q', `It is ${text}, so.`)]), undefined, text);
    assert.is(hidden(text), text);
  }
}

test('e-mail addresses, but not those that belong to nobody', async () => {
  await both(
    'rows/email',
    ['jane.doe@gmail.com', 'a+b@mail.co.jp', 'JANE@FIRM.DE'],
    ['someone@example.com', 'x@mail.example.org', 'a@b', '@handle', 'user@localhost', 'f@x.test', 'me @ home.'],
  );
});

test('telephone numbers, but not those of films, nor other numbers', async () => {
  await both(
    'rows/phone',
    [
      '+44 20 7946 1234',
      '+81-3-1234-5678',
      '(415) 692-2671',
      '415-692-2671',
      '1-415-692-2671',
      '03-1234-5678',
      '090-1234-5678',
      '0120-123-456',
    ],
    [
      '(415) 555-0123',
      '+1 415 555 0199',
      '2023-10-05',
      '1234-5678',
      '555-1234',
      '100-200-3000',
      '1,234,567,890',
      '+12',
      '3.14159265358979',
      '10-20-3000',
    ],
  );
});

test('credit cards with the check digit, of an issuer that is known', async () => {
  await both(
    'rows/card-number',
    [pieces('4111 1111', ' 1111 1111'), pieces('5500-0000', '-0000-0004'), pieces('3400000', '00000009')],
    ['4111 1111 1111 1112', '1234567812345670', '0000 0000 0000 0000', '12345678901234567890', '3.4000000000000009'],
  );
});

test('IBANs with the check digits', async () => {
  await both(
    'rows/iban',
    [pieces('DE89 3704 0044', ' 0532 0130 00'), pieces('GB82WEST', '12345698765432')],
    ['DE88 3704 0044 0532 0130 00', 'AB12 CDEF 1234', 'ISO13616'],
  );
});

test('public IP addresses, but not private ones, those of documents, and versions', async () => {
  await both(
    'rows/ip-address',
    ['142.250.72.14', '2607:f8b0:4005:805:0:0:0:200e', '2a00:1450:4001::200e'],
    [
      '192.168.0.1',
      '10.1.2.3',
      '127.0.0.1',
      '172.16.9.9',
      '203.0.113.77',
      '8.8.8.8',
      '1.2.3.4',
      'version 12.4.0.15',
      'v12.4.0.15',
      '1.22.333.4444',
      '300.1.1.1',
      '2001:db8::1:2',
      'fe80::1:2:3',
      '12:34:56',
      'std::vector::x',
    ],
  );
});

test('keys of services, by their form', async () => {
  await both(
    'rows/secret',
    [
      pieces('AK', 'IA', 'QWERTYUIOPASDFGH'),
      pieces('gh', 'p_', letters(36)),
      pieces('hf', '_', letters(34)),
      pieces('sk', '-proj-', letters(48)),
      pieces('sk', '-ant-api03-', letters(40)),
      pieces('xo', 'xb-', letters(24)),
      pieces('AI', 'za', letters(35)),
      pieces('sk', '_live_', letters(24)),
      pieces('npm', '_', letters(36)),
      pieces('gl', 'pat-', letters(20)),
      pieces('ey', 'J', letters(20), '.ey', 'J', letters(30), '.', letters(30)),
    ],
    [
      pieces('AK', 'IA', 'IOSFODNN7EXAMPLE'),
      pieces('gh', 'p_', 'x'.repeat(36)),
      pieces('sk', '-', 'your-api-key-goes-here-and-nowhere-else-please'),
      'hf_model_name',
      'task-force-of-the-united-nations-on-something',
      'npm_config_registry',
    ],
  );
});

test('private keys, but not a heading alone', async () => {
  const heading = pieces('-----BEGIN ', 'RSA PRIVATE', ' KEY-----');
  const body = letters(64);
  const found = await only('rows/private-key', [alpaca('q', `${heading}\n${body}\n`)]);
  assert.is(found?.count, 1);
  assert.not.ok(JSON.stringify(found).includes(body.slice(0, 9)));
  assert.is(await only('rows/private-key', [alpaca('q', `A file begins with ${heading} and a new line.`)]), undefined);
});

test('check digits: one of ten, and one of 97', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[1-9]\d{14}$/), (start) => {
      const passing = [...'0123456789'].filter((last) => isLuhn(start + last));
      assert.is(passing.length, 1);
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Z0-9]{11,30}$/), (account) => {
      const digits = Array.from({ length: 97 }, (_, number) => String(number + 2).padStart(2, '0'));
      assert.is(digits.filter((two) => isIban(`DE${two}${account}`)).length, 1);
    }),
    { numRuns: 30 },
  );
});

test.run();
