import type { Profile } from '../provider.ts';

/** APIDot, as its public documents and examples showed it from April to July 2026; what they do not say it cannot do. */
export const APIDOT: Profile = {
  id: 'apidot',
  title: 'APIDot',
  can: { cancel: false, list: false, quote: false, account: false, signedWebhooks: false },
  // Every status that a public source names. There is no word for a cancelled task.
  states: {
    not_started: 'SUBMITTED',
    running: 'PROGRESS',
    // Only the website's own code knows it, as a word for a running task.
    processing: 'PROGRESS',
    finished: 'COMPLETED',
    failed: 'FAILED',
  },
  // A key can carry a limit, says its website (2026), but no document gives a figure, a unit or a Retry-After. Official
  // examples query one task every 10 seconds: sixty a minute for a key is a guess, and a 429 pauses all queries.
  rateLimit: { queries: 60, windowMs: 60_000, per: 'key', source: null },
  resultsKeptMs: 3 * 24 * 3600_000,
  url: 'https://api.apidot.ai',
  keyVariable: 'APIDOT_API_KEY',
  urlVariable: 'APIDOT_BASE_URL',
  callbackWord: 'callbackUrl',
  keyPage: 'https://apidot.ai/dashboard/api-key',
  says: {
    key: 'dashboard, API key',
    credits:
      'APIDot takes credits from a prepaid balance (as documented in April 2026): see https://apidot.ai.',
    retention: 'APIDot keeps media files for 3 days, by a notice on its website of April 2026.',
    refund:
      'APIDot does not document what becomes of the charge of a failed task: its examples (2026) say to check the dashboard.',
    cancel: 'APIDot documents no way to cancel a task (as of July 2026).',
    missing:
      'APIDot does not document what it answers for a task that it does not know or that another key made.',
    prices: 'https://apidot.ai/models',
    tasks:
      'APIDot documents no list of tasks and no replay of a submit. The user finds the task in its dashboard (https://apidot.ai/dashboard/api-key leads there), or asks support@apidot.ai.',
  },
  create: async (settings) => (await import('./api.ts')).apidot(settings),
};
