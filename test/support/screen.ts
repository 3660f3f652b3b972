import stringWidth from 'string-width';

/** A terminal's screen: what a user sees after the escape sequences that progress uses. Unknown ones are an error. */
export class FakeTerminal {
  columns: number;
  #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  written = '';

  constructor(columns: number) {
    this.columns = columns;
  }

  write = (text: string): void => {
    this.written += text;
    const tokens = text.match(/\u001b\[\d*[A-Z]|[\r\n]|[^\u001b\r\n]+|./gsu) ?? [];
    for (const token of tokens) this.#obey(token);
  };

  /** The lines on the screen, without those that are empty at the end. */
  get lines(): string[] {
    return this.#rows.map((row) => row.join('').trimEnd());
  }

  /** Makes the window narrower or wider; like most terminals it wraps long lines anew. */
  resize(columns: number): void {
    const lines: string[][] = [];
    for (const row of this.#rows) {
      let left = row;
      do {
        lines.push(left.slice(0, columns));
        left = left.slice(columns);
      } while (left.length > 0);
    }
    this.columns = columns;
    this.#rows = lines;
    this.#row = lines.length - 1;
    this.#column = lines.at(-1)!.length;
  }

  #obey(token: string): void {
    if (token === '\r') this.#column = 0;
    else if (token === '\n') {
      this.#row += 1;
      this.#column = 0;
      this.#rows[this.#row] ??= [];
    } else if (token === '\u001b[K') this.#rows[this.#row]!.length = this.#column;
    else if (token === '\u001b[J') {
      this.#rows[this.#row]!.length = this.#column;
      this.#rows.length = this.#row + 1;
    } else if (/^\u001b\[\d+A$/.test(token))
      this.#row = Math.max(0, this.#row - Number.parseInt(token.slice(2), 10));
    else if (/[\p{Cc}]/u.test(token))
      throw new Error(`an unexpected control character: ${JSON.stringify(token)}`);
    else for (const { segment } of new Intl.Segmenter().segment(token)) this.#put(segment);
  }

  #put(segment: string): void {
    const width = stringWidth(segment);
    if (width > 0 && this.#column + width > this.columns) {
      this.#row += 1;
      this.#column = 0;
      this.#rows[this.#row] = [];
    }
    const row = this.#rows[this.#row]!;
    for (let n = 0; n < width; n += 1) row[this.#column + n] = n === 0 ? segment : '';
    this.#column += width;
  }
}
