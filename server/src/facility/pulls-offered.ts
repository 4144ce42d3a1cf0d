import type { Config } from '../config/schema.ts';
import type { Profile } from './profile.ts';

/** False where the profile or the administrator of the machine has switched pulls off. */
export function arePullsOffered(profile: Profile, config: Pick<Config, 'transfers'>): boolean {
  return profile.transfers.run_on !== 'off' && config.transfers.run_on !== 'off';
}
