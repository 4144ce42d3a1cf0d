/** What the sign-in service keeps of one session, code, token or grant. */
interface Entry {
  readonly uid?: string;
  readonly userCode?: string;
  readonly grantId?: string;
  consumed?: number;
}

interface Kept {
  readonly entry: Entry;
  readonly expiresAtMs: number;
}

/** How oidc-provider asks for one kind of its entries (its documentation: "adapter"). */
interface Adapter {
  upsert(id: string, entry: Entry, expiresInS?: number): Promise<void>;
  find(id: string): Promise<Entry | undefined>;
  findByUid(uid: string): Promise<Entry | undefined>;
  findByUserCode(userCode: string): Promise<Entry | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** Everything in memory, until it expires or the demo ends: that is what the demo wants. */
export function makeMemory(): (kind: string) => Adapter {
  const kinds = new Map<string, Map<string, Kept>>();
  return kind => {
    const kept = kinds.get(kind) ?? new Map<string, Kept>();
    kinds.set(kind, kept);
    const dropExpired = (): void => {
      for (const [id, { expiresAtMs }] of kept) {
        if (expiresAtMs <= Date.now()) {
          kept.delete(id);
        }
      }
    };
    const findBy = (fits: (entry: Entry) => boolean): Promise<Entry | undefined> => {
      dropExpired();
      return Promise.resolve([...kept.values()].find(({ entry }) => fits(entry))?.entry);
    };
    return {
      upsert: async (id, entry, expiresInS) => {
        dropExpired();
        const expiresAtMs = expiresInS === undefined ? Infinity : Date.now() + expiresInS * 1000;
        kept.set(id, { entry, expiresAtMs });
      },
      find: async id => {
        dropExpired();
        return kept.get(id)?.entry;
      },
      findByUid: uid => findBy(entry => entry.uid === uid),
      findByUserCode: userCode => findBy(entry => entry.userCode === userCode),
      consume: async id => {
        const entry = kept.get(id)?.entry;
        if (entry !== undefined) {
          entry.consumed = Math.floor(Date.now() / 1000);
        }
      },
      destroy: async id => {
        kept.delete(id);
      },
      revokeByGrantId: async grantId => {
        for (const [id, { entry }] of kept) {
          if (entry.grantId === grantId) {
            kept.delete(id);
          }
        }
      }
    };
  };
}
