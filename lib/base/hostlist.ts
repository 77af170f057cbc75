/** Hostlist expressions as Slurm and pdsh write them: `h200-[01-08,11],login1`. */

/** More hosts than any cluster here has; a slip such as [1-10000000] must not fill the memory. */
const most = 4096;

function splitOutside(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '[') depth++;
    if (character === ']') depth--;
    if (depth < 0 || depth > 1) throw new RangeError('has brackets that do not match');
    if (character === ',' && depth === 0) {
      parts.push(current);
      current = '';
    } else current += character;
  }
  if (depth !== 0) throw new RangeError('has brackets that do not match');
  return [...parts, current];
}

function numbers(range: string): string[] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(range);
  if (!match?.[1]) throw new RangeError(`has "${range}" in brackets, which is no number or range`);
  const [low, high] = [Number(match[1]), Number(match[2] ?? match[1])];
  if (high < low) throw new RangeError(`has a range that runs backwards, ${range}`);
  if (high - low >= most) throw new RangeError(`names more than ${most} hosts`);
  const width = match[1].length;
  return Array.from({ length: high - low + 1 }, (_, index) => String(low + index).padStart(width, '0'));
}

function expandOne(part: string): string[] {
  const match = /^([^[\]]*)\[([^\]]*)\](.*)$/.exec(part);
  if (!match) return [part];
  const [, head = '', ranges = '', tail = ''] = match;
  const tails = expandOne(tail);
  return ranges
    .split(',')
    .flatMap(numbers)
    .flatMap((number) => tails.map((end) => `${head}${number}${end}`));
}

/**
 * Expands an expression, or a list of them, into host names in the order written.
 * Throws RangeError whose message completes "the host list ...": brackets, ranges, too many, twice the same, no name.
 */
export function expandHosts(expression: string | readonly string[]): string[] {
  const parts = (typeof expression === 'string' ? [expression] : expression).flatMap(splitOutside);
  const hosts = parts.flatMap(expandOne);
  if (hosts.length > most) throw new RangeError(`names more than ${most} hosts`);
  const seen = new Set<string>();
  for (const host of hosts) {
    if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host))
      throw new RangeError(`names "${host}", which is no host name`);
    if (seen.has(host)) throw new RangeError(`names ${host} twice`);
    seen.add(host);
  }
  return hosts;
}
