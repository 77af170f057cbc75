/** Characters that nobody wrote: controls, letters of a wrong encoding, what is left of HTML. */
import type { Detector, Seen } from './finding.ts';
import { Pattern } from './pattern.ts';
import type { Said } from './row.ts';
import { rows } from './tally.ts';
import { traits } from './traits.ts';

/** Bytes 0x80 to 0xBF as Latin-1 and Windows-1252 show them; `strict` without quotes and dashes, which may follow a letter. */
const strict =
  '\\u0080-\\u00bf\\u0152\\u0153\\u0160\\u0161\\u0178\\u017d\\u017e\\u0192\\u02c6\\u02dc\\u2020\\u2021\\u2030\\u20ac';
const any = `${strict}\\u2013\\u2014\\u2018-\\u201e\\u2022\\u2026\\u2039\\u203a\\u2122`;

const mojibake = new RegExp(
  [
    // UTF-8 read as Windows-1252: a first byte with as many others as it announces.
    `[\\u00c2\\u00c3][${strict}]`,
    `[\\u00e1-\\u00ef][${any}]{2}`,
    `\\u00f0[${any}]{3}`,
    // Its replacement character: a letter is lost.
    '\\ufffd',
    // UTF-8 of Japanese read as Shift_JIS begins each kana with one of these.
    '[縺繧繝][\\u3041-\\u9fff\\uff61-\\uff9f][縺繧繝]',
    // Shift_JIS of Japanese read as Windows-1252.
    '(?:[\\u201a\\u0192][^\\sA-Za-z]){3}',
  ].join('|'),
);

export function isMojibake(text: string): boolean {
  return mojibake.test(text);
}

const tag =
  /<\/?(?:a|b|blockquote|body|br|button|center|code|div|em|font|form|h[1-6]|head|hr|html|i|iframe|img|input|li|link|meta|ol|p|pre|script|small|span|strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]*)?\/?>/i;
const entity =
  /&(?:nbsp|amp|lt|gt|quot|apos|ldquo|rdquo|lsquo|rsquo|mdash|ndash|hellip|copy|#\d{2,6}|#x[\da-f]{2,5});/i;
/** Rows about markup and code have it rightly. */
const aboutMarkup =
  /\b(?:html|xml|xhtml|svg|css|php|jsx|markup|tags?|web ?(?:page|site)s?|javascript|code|snippet|react|vue|regex)\b|```|タグ|コード/i;

function hasHtml({ text, traits: found }: Said): boolean {
  return ((found & traits['<']) !== 0 && tag.test(text)) || ((found & traits['&']) !== 0 && entity.test(text));
}

const isLeftOver = (one: Said, { said }: Seen) => hasHtml(one) && !said.some(({ text }) => aboutMarkup.test(text));

export function letterDetectors(): Detector[] {
  return [
    new Pattern(({ traits: found }) => (found & traits.control) !== 0, {
      id: 'rows/control-character',
      severity: 'warning',
      message: (count) => `${rows(count, 'has', 'have')} control characters or invisible ones.`,
      fix: 'Take them out: the model would learn to write them.',
    }),
    new Pattern(({ text, traits: found }) => (found & traits.wide) !== 0 && isMojibake(text), {
      id: 'rows/mojibake',
      severity: 'warning',
      message: (count) => `${rows(count, 'has', 'have')} letters that come of reading a file in a wrong encoding.`,
      fix: 'Go back to the file from which it was made, and read it in its own encoding.',
    }),
    new Pattern(isLeftOver, {
      id: 'rows/html',
      severity: 'note',
      message: (count) =>
        `${rows(count, 'has', 'have')} tags or entities of HTML, and ${count === 1 ? 'is' : 'are'} not about code.`,
      fix: 'Turn them into text, where they are left over from a web page.',
    }),
  ];
}
