// The tests of downloads once more, as they run where a proxy is set: files come through undici, here around that proxy.
import { NETWORK } from '../core/session.ts';

NETWORK.proxy = { httpProxy: 'http://127.0.0.1:9', noProxy: '*' };
await import('./download.test.ts');
await import('./resume.test.ts');
