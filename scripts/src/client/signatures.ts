import { fileKind, SIGNATURE_BYTES } from '../download/signature.ts';
import type { Signatures } from './types.ts';

export const signatures: Signatures = {
  bytes: SIGNATURE_BYTES,
  kindOf: (head, contentType = '') => fileKind(head, contentType),
};
