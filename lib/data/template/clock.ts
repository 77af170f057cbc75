/** The date in a template's text: what transformers' strftime_now writes of it, in the C locale. */

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
].concat(['November', 'December']);
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const two = (value: number) => String(value).padStart(2, '0');

const written: Readonly<Record<string, (now: Date) => string>> = {
  Y: (now) => String(now.getFullYear()),
  y: (now) => two(now.getFullYear() % 100),
  m: (now) => two(now.getMonth() + 1),
  B: (now) => months[now.getMonth()] as string,
  b: (now) => (months[now.getMonth()] as string).slice(0, 3),
  d: (now) => two(now.getDate()),
  A: (now) => days[now.getDay()] as string,
  a: (now) => (days[now.getDay()] as string).slice(0, 3),
  H: (now) => two(now.getHours()),
  I: (now) => two(now.getHours() % 12 || 12),
  M: (now) => two(now.getMinutes()),
  S: (now) => two(now.getSeconds()),
  p: (now) => (now.getHours() < 12 ? 'AM' : 'PM'),
  '%': () => '%',
};

/** Throws where the format has a letter that is not known here. */
export function dateText(format: string): string {
  const now = new Date();
  return String(format).replaceAll(/%(.?)/gs, (_, letter: string) => {
    const write = written[letter];
    if (!write) throw new Error(`strftime_now: %${letter} is not known here`);
    return write(now);
  });
}
