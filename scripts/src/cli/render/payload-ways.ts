import type { Ways } from '../../contracts/schema/ways.ts';

/** How the command line gives what a hint about a payload asks for. */
export const BY_FLAGS: Ways = {
  payload: '--payload',
  imageFile: 'give the picture with --image <file>',
  wholePayload: 'pass the whole payload through standard input with --payload -',
  beside: (part) => `it is said by --${part}`,
};
