/** Which languages rows are in, and those that are not in the language of the rest. */
import type { DataFinding, Detector, PlaceOf, Seen } from './finding.ts';
import { languageOf } from './language.ts';
import { rows, Tally } from './tally.ts';

const names = new Intl.DisplayNames('en', { type: 'language' });
/** Rows in this share or more of a language belong to the set as it is meant. */
const meant = 0.05;

export class Languages implements Detector {
  readonly #tallies = new Map<string, Tally>();
  #known = 0;

  see({ said, ordinal }: Seen): void {
    // An answer in another language than its question is a translation, or a fault that is not seen here.
    const first = said.find(({ side }) => side !== 'asked') ?? said[0];
    const language = first && languageOf(first.text);
    if (language === undefined) return;
    this.#known += 1;
    const tally = this.#tallies.get(language) ?? new Tally();
    tally.add(ordinal);
    this.#tallies.set(language, tally);
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const sorted = [...this.#tallies].sort(([, a], [, b]) => b.count - a.count);
    const [main] = sorted;
    const few = sorted.filter(([, { count }]) => count < meant * this.#known);
    if (!main || few.length === 0) return [];
    const share = (count: number) => count / this.#known;
    const figures = Object.fromEntries(sorted.map(([language, { count }]) => [language, share(count)]));
    const listed = few.slice(0, 5).map(([language, { count }]) => `${names.of(language)} ${count}`);
    const count = few.reduce((sum, [, tally]) => sum + tally.count, 0);
    const places = few.flatMap(([, tally]) => tally.places(placeOf)).slice(0, 10);
    const most = `${names.of(main[0])} (${(share(main[1].count) * 100).toFixed(1)} %)`;
    return [
      {
        id: 'rows/language',
        severity: 'note',
        count,
        places,
        approximate: 'told by script and by frequent words: see docs/judging.md for how often that is right',
        figures,
        message: `${rows(count, 'answers', 'answer')} in another language than most, ${most}: ${listed.join(', ')}.`,
        fix: 'Take them out, unless the model is to learn these languages too.',
      },
    ];
  }
}
