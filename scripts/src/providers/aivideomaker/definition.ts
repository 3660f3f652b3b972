import type { Profile } from '../provider.ts';

/** AIVideoMaker API v1, as documented and seen up to 2026-09-17. */
export const AIVIDEOMAKER: Profile = {
  id: 'aivideomaker',
  title: 'AIVideoMaker',
  can: { cancel: true, list: true, quote: true, account: true, signedWebhooks: false },
  // The five documented states, and spellings of them that comparable services use.
  states: {
    submitted: 'SUBMITTED',
    progress: 'PROGRESS',
    completed: 'COMPLETED',
    finished: 'COMPLETED',
    succeeded: 'COMPLETED',
    failed: 'FAILED',
    cancel: 'CANCEL',
    canceled: 'CANCEL',
    cancelled: 'CANCEL',
  },
  rateLimit: {
    queries: 60,
    windowMs: 60_000,
    per: 'address',
    source:
      'OpenAPI 1.0.15 (2026-09-10) and every earlier document: 60 requests a minute for one IP address, shared by list, detail, status and account',
  },
  resultsKeptMs: 24 * 3600_000,
  url: 'https://aivideomaker.ai',
  apiPath: '/api/v1',
  keyVariable: 'AIVIDEO_API_KEY',
  urlVariable: 'AIVIDEO_BASE_URL',
  callbackWord: 'webhookUrl',
  keyPage: 'https://aivideomaker.ai',
  says: {
    key: 'account settings, API keys',
    credits:
      'Credits are bought at https://aivideomaker.ai; API credits are separate from website subscriptions.',
    retention: 'AIVideoMaker keeps results for 24 hours (as documented in September 2026).',
    refund:
      'AIVideoMaker documents that the credits of a failed task come back by themselves; creditsRefunded in its record, or the balance, shows it:',
    cancelled:
      'AIVideoMaker gave back all credits of a cancelled task (seen on 2026-09-10); creditsRefunded in its record shows it.',
    cancel: 'AIVideoMaker cancels a task only while it is SUBMITTED.',
    running: 'One that is PROGRESS runs to its end and is charged.',
    missing: 'AIVideoMaker shows a task only to the key that made it (as documented in September 2026).',
    prices: 'https://aivideomaker.ai',
  },
  create: async (settings) => (await import('./api.ts')).aivideomaker(settings),
};
