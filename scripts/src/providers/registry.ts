import { AIVIDEOMAKER } from './aivideomaker/definition.ts';
import { APIDOT } from './apidot/definition.ts';
import type { Profile } from './profile.ts';
import type { Definition, Provider, ProviderSettings } from './provider.ts';

/** All services that this program supports. The first one is the default. */
const SERVICES: readonly Definition[] = [AIVIDEOMAKER, APIDOT];

export const PROFILES: readonly Profile[] = SERVICES;

/** Returns the service with this id, the first one where no id is given; undefined for an unknown id. */
export function profileOf(id: string | undefined): Profile | undefined {
  return id === undefined ? PROFILES[0] : PROFILES.find((profile) => profile.id === id);
}

/** Returns a service's requests and the readers of its answers; its code is loaded now. */
export async function createProvider(
  { id }: Profile,
  settings: Omit<ProviderSettings, 'profile'>,
): Promise<Provider> {
  const service = SERVICES.find((one) => one.id === id)!;
  return (await service.load())({ ...settings, profile: service });
}
