/** A value that JSON has no type for, as tables of columns may hold: named, and never taken for text. */
export class Foreign {
  /** Arrow's word for it: timestamp, binary, decimal. */
  readonly type: string;

  constructor(type: string) {
    this.type = type;
  }

  toJSON(): string {
    return `(${this.type})`;
  }
}
