export const API_KEY_FORM = 'a key without spaces, line breaks or letters beyond ASCII';

/** Whether a text can be an API key: a header carries it, so other characters would be rejected, or read as a second header. */
export function isApiKey(text: unknown): boolean {
  return typeof text === 'string' && /^[\x21-\x7e]+$/.test(text);
}

/** The sandbox takes any key; this one is no secret. */
export const SANDBOX_KEY = 'ak_sandbox';
