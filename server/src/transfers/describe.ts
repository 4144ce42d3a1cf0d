import type { StartTransfer, Transfer, TransferFile, TransferState } from '#contract';
import type { Operation } from '../store/operation-store.ts';
import type { ChecksumSource } from '../datasets/port.ts';
import type { FileTotals, StoredFile } from './file-store.ts';

/** What was asked for; never changes. */
export interface TransferRequest {
  readonly pid?: string;
  readonly catalogue?: string;
  readonly url?: string;
  readonly only?: string;
  readonly title: string;
  readonly to: string;
  readonly root: string;
}

/** A request with the place that was found for it. */
export function requestOf(
  { catalogue, only, pid, url }: StartTransfer,
  place: { title: string; to: string; root: string }
): TransferRequest {
  return {
    ...(pid === undefined ? {} : { pid }),
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(url === undefined ? {} : { url }),
    ...(only === undefined ? {} : { only }),
    ...place
  };
}

/** What has been learned since. */
export interface TransferData {
  readonly mode: 'pull' | 'verify';
  readonly isListed: boolean;
  readonly bytesTotal: number | null;
  readonly checksums: ChecksumSource;
  /** Tries in a row that ended by a passing fault. */
  readonly attempts: number;
}

export type TransferOperation = Operation<TransferRequest, TransferData>;

/** A transfer as it goes on the wire. */
export function describeTransfer(
  operation: TransferOperation,
  totals: FileTotals,
  { notice, rate }: { readonly rate: number | null; readonly notice: string | null }
): Transfer {
  const { data, request } = operation;
  const { bytes } = totals;
  const left =
    data.bytesTotal === null || rate === null ? null : Math.max(0, data.bytesTotal - bytes) / rate;
  return {
    id: operation.id,
    createdAt: operation.createdAt,
    updatedAt: operation.updatedAt,
    problem: operation.problem,
    state: operation.state as TransferState,
    title: request.title,
    source: request.pid ?? request.url ?? '',
    to: request.to,
    bytes,
    bytesTotal: data.bytesTotal,
    files: {
      total: data.isListed ? totals.total : null,
      done: totals.done,
      verified: totals.verified,
      failed: totals.failed,
      here: totals.here
    },
    rate,
    secondsLeft: left,
    notice
  };
}

/** One file as it goes on the wire. */
export function describeFile(
  file: StoredFile,
  bytes: ReadonlyMap<number, number> | undefined
): TransferFile {
  const { checksum, path, sizeBytes, state, url } = file;
  const moving = bytes?.get(file.position);
  return {
    path,
    url,
    sizeBytes,
    bytes: moving ?? file.bytes,
    state: state === 'waiting' && moving !== undefined ? 'running' : state,
    checksum,
    problem: file.problem
  };
}
