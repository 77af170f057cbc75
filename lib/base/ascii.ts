/** Text for a terminal that knows ASCII alone. */

/** Our own marks, as they are written on such terminals. */
const standIns: Readonly<Record<string, string>> = { '±': '*', '·': '-', '×': 'x', '’': "'", '…': '...', '→': '->' };

const others = /[^\p{ASCII}]/gu;

/** Each letter as `\u00e9`, which says which one it is: in JSON, the same value. */
function escaped(letter: string): string {
  const units = [...Array(letter.length).keys()].map((index) => letter.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Marks get their stand-ins, and any other letter its number; JSON keeps its value. */
export function asciiText(text: string): string {
  const json = /^[[{"]/.test(text);
  return text.replace(others, (letter) => (json ? undefined : standIns[letter]) ?? escaped(letter));
}
