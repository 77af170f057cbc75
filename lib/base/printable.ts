/** Controls but newline and tab, and the marks that turn text around: what could command a terminal or hide text. */
const commands =
  '\\u0000-\\u0008\\u000b-\\u001a\\u001c-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069';
const unprintable = new RegExp(`[\\u001b${commands}]`, 'g');
/** All but colours, which are ours. */
const unwanted = new RegExp(`\\u001b(?!\\[[\\d;]*m)|[${commands}]`, 'g');

const escaped = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text from programs, files or other machines, safe to show: `\u001b` is shown as these six characters. */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

/** The last fence before a stream: colours pass. JSON stays the same value, since it means these six characters too. */
export function harmless(text: string): string {
  return text.replace(unwanted, escaped);
}
