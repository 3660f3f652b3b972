import { describe, expect, it } from 'vitest';
import { explain } from '../../scripts/src/http/network-error.ts';
import { Failure } from '../../scripts/src/model/failure.ts';

const request = { method: 'POST', url: new URL('https://api.example.test/x'), headers: {} } as const;
const coded = (code: string) => Object.assign(new Error('said so'), { code });

describe('fault 6: a certificate that is refused', () => {
  it.each(['INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED', 'INVALID_CA', 'UNSPECIFIED', 'CRL_HAS_EXPIRED'])(
    'for %s is named, and no bug',
    (code) => {
      const failure = explain(request, coded(code), false) as Failure;
      expect(failure).toBeInstanceOf(Failure);
      expect(failure.message).toBe(
        `https://api.example.test has a certificate that cannot be trusted (${code}: "said so").`,
      );
      expect(failure.details).toMatchObject({ unclear: false, reason: { kind: 'certificate' } });
      expect(failure.details.transient).toBeUndefined();
    },
  );
});

describe('an unexpected error', () => {
  it('is a bug as long as nothing has left', () => {
    const error = coded('E_NEW');
    expect(explain(request, error, false)).toBe(error);
  });

  it.each(['E_NEW', 'ERR_SSL_BAD_RECORD_TYPE'])('is unclear afterwards: %s', (code) => {
    const failure = explain(request, coded(code), true);
    expect(failure).toMatchObject({ code: 'NETWORK_ERROR', details: { transient: true, unclear: true } });
  });
});
