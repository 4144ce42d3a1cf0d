import { bytesText } from '../../core/bytes-text.ts';
import { whyNotReady, type Readiness } from '../../http/ready.ts';
import { version } from '../../version.ts';
import { ok, type Check } from '../port.ts';

/** The companion itself: that it can write, and that it has gone on with what was unfinished. */
export function companion(readiness: Readiness): Check {
  return {
    id: 'machine.companion',
    title: 'Companion',
    run: () => {
      const why = whyNotReady(readiness);
      return Promise.resolve(
        why === null
          ? ok(
              `Version ${version}, process ${process.pid}, with ${bytesText(process.memoryUsage.rss())} of memory.`
            )
          : { state: 'failed', text: why.sentence, cure: why.cure }
      );
    }
  };
}
