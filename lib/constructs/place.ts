/** From a construct's line to the line of the setting that a finding is about, where the source shows it. */
import type { IConstruct } from 'constructs';
import { settingPlace } from '../base/setting-place.ts';
import type { Finding } from '../finding.ts';
import { sourceText } from '../program/sources.ts';
import { Element } from './element.ts';
import { FineTune, Model } from './fine-tune.ts';
import { Cluster, Dataset } from './parts.ts';
import { whereOf } from './resolve.ts';

/** Of a class that extends one of these, the call in the user's program has parameters of its own. */
const ours: readonly object[] = [FineTune, Model, Dataset, Cluster].map((one) => one.prototype);

/** Moves findings that are about a setting; reads each source once. */
export class Places {
  readonly #root: IConstruct;
  readonly #sources = new Map<string, string | undefined>();
  readonly #known = new Map<string, string | undefined>();
  #elements: ReadonlyMap<string, Element> | undefined;

  constructor(root: IConstruct) {
    this.#root = root;
  }

  moved(finding: Finding): Finding {
    const { construct, at, path } = finding.where;
    if (construct === undefined || at === undefined || path === undefined) return finding;
    const element = this.#element(construct);
    // At another line than the construct's: that of a later call which set it.
    if (!element || whereOf(element).at !== at) return finding;
    const place = this.#placeOf(element, path, finding.given);
    return place === undefined
      ? finding
      : { ...finding, where: { ...finding.where, at: at.replace(/\d+:\d+$/, place) } };
  }

  #element(path: string): Element | undefined {
    this.#elements ??= new Map(
      this.#root.node
        .findAll()
        .filter((one) => one instanceof Element)
        .map((one) => [one.node.path, one]),
    );
    const element = this.#elements.get(path);
    return element && ours.includes(Object.getPrototypeOf(element)) ? element : undefined;
  }

  #placeOf(element: Element, path: string, given: Finding['given']): string | undefined {
    const position = element.position() ?? '';
    // A loop makes many constructs of one call.
    const key = JSON.stringify([position, path, given]);
    if (!this.#known.has(key)) this.#known.set(key, this.#search(position, path, given));
    return this.#known.get(key);
  }

  #search(position: string, path: string, given: Finding['given']): string | undefined {
    const [, file = '', line, column] = /^(.+):(\d+):(\d+)$/.exec(position) ?? [];
    if (!this.#sources.has(file)) this.#sources.set(file, sourceText(file));
    const source = this.#sources.get(file);
    const call = { line: Number(line), column: Number(column) };
    const found = source === undefined ? undefined : settingPlace(source, call, path, given);
    return found && `${found.line}:${found.column}`;
  }
}
