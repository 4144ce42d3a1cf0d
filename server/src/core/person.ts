import { userInfo } from 'node:os';

/**
 * The name of the uid that this process runs with; null where the machine has none for it, as in some containers.
 * Never from the environment: hubs and spawners leave USER as it was for somebody else.
 */
export function personName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
