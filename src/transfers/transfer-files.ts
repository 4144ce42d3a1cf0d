import * as React from 'react';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Page } from '../contract/paging.ts';
import type { Problem } from '../contract/problem.ts';
import type { Transfer, TransferFile } from '../contract/transfers.ts';

const PAGE_ROWS = 200;
/** A running transfer tells of itself twice a second; its files need not be asked for so often. */
const RELOAD_MS = 2_000;

/** The files of a transfer as far as they were loaded. */
export interface ITransferFiles {
  readonly items: readonly TransferFile[];
  readonly hasMore: boolean;
  readonly problem: Problem | null;
  readonly more: () => void;
  readonly again: () => void;
}

/** Loads the pages that were asked for, and loads them again while the transfer changes. */
export function useTransferFiles(companion: ICompanion, transfer: Transfer): ITransferFiles {
  const { id, updatedAt } = transfer;
  const [pages, setPages] = React.useState(1);
  const [attempt, setAttempt] = React.useState(0);
  const [loaded, setLoaded] = React.useState<{
    readonly items: readonly TransferFile[];
    readonly pages: number;
    readonly hasMore: boolean;
    readonly problem: Problem | null;
  }>({ items: [], pages: 0, hasMore: false, problem: null });
  const lastLoad = React.useRef(0);
  React.useEffect(() => {
    const running = new AbortController();
    const load = async (): Promise<void> => {
      lastLoad.current = Date.now();
      const items: TransferFile[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < pages; page += 1) {
        const answer: Page<TransferFile> = await companion.get(
          `transfers/${encodeURIComponent(id)}/files`,
          { cursor, limit: PAGE_ROWS },
          running.signal
        );
        items.push(...answer.items);
        cursor = answer.cursor;
        if (cursor === null) {
          break;
        }
      }
      setLoaded({ items, pages, hasMore: cursor !== null, problem: null });
    };
    const timer = setTimeout(
      () => {
        load().catch((error: unknown) => {
          if (!isAbort(error)) {
            const problem = companion.problemOf(error);
            setLoaded(before => ({ ...before, problem }));
          }
        });
      },
      Math.max(0, lastLoad.current + RELOAD_MS - Date.now())
    );
    return () => {
      clearTimeout(timer);
      running.abort();
    };
  }, [companion, id, updatedAt, pages, attempt]);
  return {
    ...loaded,
    // One more than are there: asked for again and again while they are awaited, it stays the same.
    more: () => setPages(loaded.pages + 1),
    again: () => setAttempt(attempt + 1)
  };
}
