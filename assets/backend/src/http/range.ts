/** The part of a file that a request asks for; both ends are included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Returns the part that a Range header asks for (RFC 9110, 14.1.2): null for the whole file, also where the header is
 * none that has to be honoured (several parts, another unit, malformed), and 'unsatisfiable' for a 416.
 * @param bytes the length of the file
 */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | null | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'unsatisfiable' : { start: bytes - length, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return null;
  return start >= bytes ? 'unsatisfiable' : { start, end };
}
