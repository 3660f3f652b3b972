import { AIVIDEOMAKER } from './aivideomaker/definition.ts';
import { APIDOT } from './apidot/definition.ts';
import type { Profile } from './provider.ts';

/** All services that this program supports. The first one is the default. */
export const PROFILES: readonly Profile[] = [AIVIDEOMAKER, APIDOT];

/** Returns the service with this id, the first one where no id is given; undefined for an unknown id. */
export function profileOf(id: string | undefined): Profile | undefined {
  return id === undefined ? PROFILES[0] : PROFILES.find((profile) => profile.id === id);
}
