import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();

/** Returns the columns that a text takes on a terminal: 2 for most CJK characters and emoji. */
export const widthOf = (text: string): number => stringWidth(text);

/** Returns as much of a text as fits into so many columns; no character is cut in two. */
export function fitting(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    if (widthOf(kept + segment) > columns) break;
    kept += segment;
  }
  return kept;
}
