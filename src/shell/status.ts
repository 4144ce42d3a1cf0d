import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { ICompanion } from '../companion/tokens.ts';
import type { Health } from '../contract/health.ts';

/** Between two looks while nothing is told by events. */
const LOOK_MS = 60_000;
/** Events come in bursts; one look after each burst is enough. */
const SETTLE_MS = 1_000;

/**
 * Counts what runs without waking the companion: `?wake=no` is answered by the relay itself when there is none,
 * and `no_track_activity` keeps an idle server idle.
 */
async function look(companion: ICompanion): Promise<Health['unfinished'] | null> {
  try {
    const health = await companion.get<Health | undefined>('health', {
      wake: 'no',
      no_track_activity: 1
    });
    return health?.unfinished ?? null;
  } catch {
    return null;
  }
}

function words(running: Health['unfinished'], trans: TranslationBundle): string {
  const parts = [
    running.transfers === 0 ? '' : trans._n('%1 transfer', '%1 transfers', running.transfers),
    running.jobs === 0 ? '' : trans._n('%1 job', '%1 jobs', running.jobs)
  ];
  return parts.filter(part => part !== '').join(' · ');
}

/** One item in the status bar: what runs. Hidden when nothing does; a click opens the panel. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:status',
  description: 'Shows in the status bar how many transfers and jobs run.',
  autoStart: true,
  requires: [ICompanion],
  // Notebook 7 has none.
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    companion: ICompanion,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    if (statusBar === null) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-panosc-Status jp-StatusBar-TextItem';
    // One rule is not worth a stylesheet at boot.
    button.style.cssText =
      'height:100%;padding:0 8px;border:0;background:none;color:inherit;cursor:pointer';
    button.title = trans.__('Open the Photon & Neutron panel');
    button.addEventListener('click', () => void app.commands.execute('panosc-shell:open'));
    const item = new Widget();
    item.node.append(button);
    item.hide();
    statusBar.registerStatusItem('jupyterlab-panosc:status', { item, align: 'left', rank: 20 });

    const refresh = async (): Promise<void> => {
      const running = await look(companion);
      const text = running === null ? '' : words(running, trans);
      button.textContent = text;
      item.setHidden(text === '');
      if (text !== '') {
        // It is awake and busy: from here on events tell.
        companion.events.start();
      }
    };
    let settling: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      settling ??= setTimeout(() => {
        settling = undefined;
        void refresh();
      }, SETTLE_MS);
    };
    for (const event of ['transfer', 'transfer-removed', 'job', 'job-removed', 'reset'] as const) {
      companion.events.on(event).connect(soon);
    }
    setInterval(() => {
      if (document.visibilityState === 'visible') {
        void refresh();
      }
    }, LOOK_MS);
    void app.restored.then(refresh);
  }
};
