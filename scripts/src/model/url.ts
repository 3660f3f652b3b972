/**
 * Returns the address that a text is; undefined where it is none.
 *
 * Not `URL.canParse`: once V8 has compiled the code that calls it, after some thousand calls, that of Node 20 and 22
 * refuses every address with a letter such as ü (seen with Node 20.20.2 and 22.23.3; not with 24 and 26).
 */
export function urlOf(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
