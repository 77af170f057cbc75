/** The language of a text: by its script, and within the Latin and Cyrillic ones by the words that every sentence has. */

/** Words of grammar, the most frequent of each language; those of several languages count for all of them. */
const words: Readonly<Record<string, string>> = {
  en: 'the of and to in is that it for you was with on as are this be at by not or have from an what how which can your their has will would if they we its these when who been more than into also such i my do a explain describe write provide give generate create list',
  de: 'der die und den das von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde ich wir ihr kann',
  fr: 'de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec son à être cette ou comme mais nous aux elle été leur sa ses vous je ont même ces fait était d l qu n c s y',
  es: 'de la que el en y los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante son es ser fue',
  it: 'di e il la che in un per è non una sono da con si come più ma le dei nel della alla lo gli anche al del ha questo i delle dal o se ci essere su mi ho cosa quando loro tutto suo sua degli nella',
  pt: 'de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre são você',
  nl: 'de en van ik te dat die in een hij het niet zijn is was op aan met als voor had er maar om hem dan zou of wat mijn men dit zo door over ze zich bij ook tot je mij uit der daar naar heb hoe heeft hebben deze want nog worden wordt',
  pl: 'i w nie na się z do to że jest jak o po co ale od tym za tak czy przez jego dla są już może tego być które który oraz lub tylko także ich jako',
  ru: 'и в не на я что он с как а то это по но они мы она из у к за вы же от так для о его или бы ты все если есть при который также быть',
  uk: 'і в не на що з та до як це у за від про є але для він його або бути вони ми також який яка які її так',
};

const bySpelling = Object.entries(words).map(([language, list]) => ({ language, list: new Set(list.split(' ')) }));
const ofWord = new Map<string, readonly number[]>();
for (const [index, { list }] of bySpelling.entries())
  for (const word of list) ofWord.set(word, [...(ofWord.get(word) ?? []), index]);

/** What a text of one script alone is taken for. */
const ofScript: Readonly<Partial<Record<Script, string>>> = {
  hangul: 'ko',
  arabic: 'ar',
  greek: 'el',
  hebrew: 'he',
  thai: 'th',
  devanagari: 'hi',
};

type Script = 'greek' | 'cyrillic' | 'hebrew' | 'arabic' | 'devanagari' | 'thai' | 'kana' | 'han' | 'hangul' | 'latin';

function scriptOf(code: number): Script | undefined {
  if (code < 0x250) return code >= 0xc0 ? 'latin' : undefined;
  if (code >= 0x370 && code < 0x400) return 'greek';
  if (code >= 0x400 && code < 0x530) return 'cyrillic';
  if (code >= 0x590 && code < 0x600) return 'hebrew';
  if (code >= 0x600 && code < 0x700) return 'arabic';
  if (code >= 0x900 && code < 0x980) return 'devanagari';
  if (code >= 0xe00 && code < 0xe80) return 'thai';
  if (code >= 0x3041 && code < 0x3100) return 'kana';
  if ((code >= 0x4e00 && code < 0xa000) || (code >= 0x3400 && code < 0x4dc0)) return 'han';
  return code >= 0xac00 && code < 0xd7a4 ? 'hangul' : undefined;
}

/** Letters that are looked at: more tell no more. */
const enough = 400;
/** Fewer letters of an alphabet tell nothing, nor do fewer of a script whose letters are words. */
const least = 20;
const leastWide = 5;

function scriptsOf(text: string): Map<Script, number> {
  const counts = new Map<Script, number>();
  let ascii = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 128) {
      const letter = code | 32;
      if (letter >= 97 && letter <= 122) ascii += 1;
      continue;
    }
    const script = scriptOf(code);
    if (script !== undefined) counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  return ascii === 0 ? counts : counts.set('latin', (counts.get('latin') ?? 0) + ascii);
}

/** Of words of two letters and more: a language leads with a fifth of them, three in all, and more than the next has. */
function bySpelt(text: string): string | undefined {
  const found = text.toLowerCase().match(/\p{L}{2,}/gu) ?? [];
  const scores = bySpelling.map(() => 0);
  for (const word of found) for (const index of ofWord.get(word) ?? []) scores[index] = (scores[index] ?? 0) + 1;
  const [best = 0, next = 0] = scores.toSorted((a, b) => b - a);
  if (best < 3 || best <= next || best < found.length * 0.2) return undefined;
  return bySpelling[scores.indexOf(best)]?.language;
}

/** Letters of grammar, in both ways of writing Chinese: Japanese without kana is a list of names, and has hardly one. */
const chinese = /[的是在了不我你他她它们們这這那个個有和也就都会會说說与與]/g;

/** By ISO 639-1; undefined where it is too short, or none of those that are known. */
export function languageOf(whole: string): string | undefined {
  const text = whole.slice(0, enough);
  const counts = scriptsOf(text);
  const count = (script: Script) => counts.get(script) ?? 0;
  const japanese = count('kana') + count('han');
  const all = [...counts.values()].reduce((sum, one) => sum + one, 0);
  // A letter of these says more than one of an alphabet: names and code in Latin stand among them.
  if (japanese >= leastWide && japanese * 5 > all) {
    if (count('kana') * 10 >= japanese) return 'ja';
    return (text.match(chinese)?.length ?? 0) > 1 ? 'zh' : undefined;
  }
  const [script, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ['latin', 0] as [Script, number]);
  if (most < (script === 'hangul' ? leastWide : least)) return undefined;
  return ofScript[script] ?? (script === 'latin' || script === 'cyrillic' ? bySpelt(text) : undefined);
}
