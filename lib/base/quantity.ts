/** Figures as people read them. Independent of the locale: the same bytes everywhere. */

/** Thousands apart by commas: 10,000. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 21,034, and from a million on 2.1 M and 1.3 G. */
export function amount(value: number): string {
  if (value < 999_950) return grouped(value);
  const [size, letter] = value < 999_950_000 ? [1e6, 'M'] : [1e9, 'G'];
  return `${(value / size).toFixed(1)} ${letter}`;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** 1536 -> 1.5 KiB. */
export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** 5 -> 5 s, 65 -> 1 min 5 s, 7300 -> 2 h 1 min. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Four digits that count: 6.512, 0.0002 as 2e-4. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e6) return String(Number(value.toPrecision(4)));
  return value
    .toExponential(3)
    .replace(/\.?0+e/, 'e')
    .replace('e+', 'e');
}
