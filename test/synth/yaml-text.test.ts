/** Our few lines of YAML are read back, as what they were, by the `yaml` package under both versions of the language. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Json } from '../../lib/base/json.ts';
import { yamlText } from '../../lib/synth/yaml-text.ts';

const versions = ['1.1', '1.2'] as const;

function readBack(value: Json): void {
  const text = yamlText(value);
  for (const version of versions) assert.equal(parse(text, { version }), value, `${version}: ${text}`);
}

test('texts that look like something else stay texts', () => {
  const hostile = [
    ...[
      '',
      ' ',
      'yes',
      'No',
      'on',
      'y',
      'null',
      '~',
      'true',
      '.inf',
      '.NaN',
      '0x1F',
      '012',
      '1e3',
      '1:30',
      '2001-01-01',
    ],
    ...[
      '- a',
      '? a',
      'a: b',
      'a:',
      ':a',
      '# a',
      'a #b',
      'a#b',
      '&a',
      '*a',
      '!a',
      '%a',
      '@a',
      '`a',
      '{a',
      '[a',
      '|',
      '>-',
    ],
    ...[
      '"a"',
      "'a'",
      `'a" b`,
      '"$SFT_PYTHON" -m x',
      'a ',
      ' a',
      'a\nb',
      'a\tb',
      'a\rb',
      '---',
      '...',
      '<<',
      '=',
      '\u2028',
    ],
    ...['\u0085', '\ufeffa', '\u0000', '\u001b[31m', 'ü', '😀', 'a\\b', '"\u2028"', "it's", 'x'.repeat(5000)],
  ];
  for (const text of hostile) {
    readBack([text]);
    readBack({ [text]: text, list: [[text], { [text]: { inner: text } }] });
  }
});

test('any plain data', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('yes', '1', 'a: b', '- c'));
  const scalar = fc.oneof(
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      scalar.filter((value) => !Object.is(value, -0)),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        tie('tree'),
        { maxKeys: 4, noNullPrototype: true },
      ),
    ),
  }));
  fc.assert(fc.property(tree, readBack), { numRuns: 500 });
});

test.run();
