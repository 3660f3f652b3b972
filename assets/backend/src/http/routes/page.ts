import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { DEMO_TOKEN, isFromThisMachine } from '../authenticate.ts';

// The same folder from the sources and from the compiled files, which lie as deep.
const FOLDER = new URL('../../../src/page/', import.meta.url);

// Nothing comes from elsewhere, nothing written inside the page runs; blob: are results, fetched with the token.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  'media-src blob:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FILES: [url: string, file: string, type: string][] = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/page/page.css', 'page.css', 'text/css; charset=utf-8'],
  ['/page/cards.css', 'cards.css', 'text/css; charset=utf-8'],
  ['/page/page.js', 'page.js', 'text/javascript; charset=utf-8'],
  ['/page/form.js', 'form.js', 'text/javascript; charset=utf-8'],
  ['/page/cards.js', 'cards.js', 'text/javascript; charset=utf-8'],
  ['/page/api.js', 'api.js', 'text/javascript; charset=utf-8'],
];

/** The page. @param isDemo no tokens are configured: the page offers the demo token on this machine */
export function routePage(app: FastifyInstance, isDemo: boolean): void {
  for (const [url, file, type] of FILES) {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      const isOffered = isDemo && isFromThisMachine(request);
      return reply
        .headers({
          'content-security-policy': POLICY,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-cache',
        })
        .type(type)
        .send(
          url === '/' && isOffered
            ? text.replace('data-demo-token=""', `data-demo-token="${DEMO_TOKEN}"`)
            : text,
        );
    });
  }
}
