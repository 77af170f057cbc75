/** Words as bash reads them. */

/** One word: bare where no character means anything to a shell, else in single quotes. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `"${NAME:-value}"`: the variable, or a plain value where it is not set. */
export function variableOr(name: string, value: string | number): string {
  return `"\${${name}:-${value}}"`;
}

/** `"${NAME:?message}"`: the variable; bash ends with the message where it is not set. */
export function variableNeeded(name: string, message: string): string {
  return `"\${${name}:?${message}}"`;
}
