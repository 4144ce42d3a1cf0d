import { transferBackendConformance } from '../conformance/transfer-backend.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openHttpBench } from './http-setup.ts';

const root = tempDir('http-backend');

transferBackendConformance('http', async t => {
  const bench = await openHttpBench(t, root, { store: { chunk_bytes: 1024 * 1024 } });
  return {
    ...bench,
    put: (name, bytes) => bench.put(name, { bytes }),
    holdAfter: bytes => {
      bench.faulty.holdAfter = bytes;
    },
    served: () => bench.faulty.served()
  };
});
