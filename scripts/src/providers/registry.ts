import type { Profile } from './profile.ts';
import type { Provider, ProviderSettings } from './provider.ts';

/** AIVideoMaker API v1, as documented and seen up to 2026-09-17. */
const AIVIDEOMAKER: Profile = {
  id: 'aivideomaker',
  title: 'AIVideoMaker',
  can: { cancel: true, list: true, quote: true, account: true, signedWebhooks: false },
  url: 'https://aivideomaker.ai',
  keyVariable: 'AIVIDEO_API_KEY',
  urlVariable: 'AIVIDEO_BASE_URL',
  callbackFlag: 'webhookUrl',
  keyPage: 'https://aivideomaker.ai',
  says: {
    key: 'account settings, API keys',
    credits:
      'Credits are bought at https://aivideomaker.ai; API credits are separate from website subscriptions.',
    retention: 'AIVideoMaker keeps results for 24 hours (as documented in September 2026).',
    refund:
      'AIVideoMaker documents that the credits of a failed task come back by themselves; creditsRefunded in its record, or the balance, shows it:',
    cancel:
      'AIVideoMaker cancels a task only while it is SUBMITTED; one that is PROGRESS runs to its end and is charged.',
    missing: 'AIVideoMaker shows a task only to the key that made it (as documented in September 2026).',
    prices: 'https://aivideomaker.ai',
    tasks: 'Find the task in the list of the service (listTasks).',
  },
};

/** APIDot, as its public documents and examples showed it from April to July 2026; what they do not say it cannot do. */
const APIDOT: Profile = {
  id: 'apidot',
  title: 'APIDot',
  can: { cancel: false, list: false, quote: false, account: false, signedWebhooks: false },
  url: 'https://api.apidot.ai',
  keyVariable: 'APIDOT_API_KEY',
  urlVariable: 'APIDOT_BASE_URL',
  callbackFlag: 'callbackUrl',
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
};

/** All services that this program supports. The first one is the default. */
const SERVICES: readonly (Profile & { load(): Promise<(settings: ProviderSettings) => Provider> })[] = [
  {
    ...AIVIDEOMAKER,
    load: async () => (await import('./aivideomaker.ts')).aivideomaker,
  },
  {
    ...APIDOT,
    load: async () => (await import('./apidot.ts')).apidot,
  },
];

export const PROFILES: readonly Profile[] = SERVICES;

/** Returns the profile of a service by its id, or the default profile without an id. */
export function profileOf(id: string | undefined): Profile | undefined {
  return id === undefined ? PROFILES[0] : PROFILES.find((profile) => profile.id === id);
}

/** Returns the provider of a service, loaded on demand. */
export async function createProvider(
  { id }: Profile,
  settings: Omit<ProviderSettings, 'profile'>,
): Promise<Provider> {
  const service = SERVICES.find((one) => one.id === id)!;
  return (await service.load())({ ...settings, profile: service });
}
