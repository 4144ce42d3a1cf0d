import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, TabPanel, type Widget } from '@lumino/widgets';
import type { IFacility } from '../facility/tokens.ts';
import type { IMainArea, IMainAreaOptions } from './tokens.ts';
import { panoscIcon } from '../ui/icons.ts';

/** Command that opens a tab again; its arguments hold the real command. */
const RESTORE = 'panosc-shell:restore-tab';

/** Lumino's message, named without one more shared package. */
type Message = Parameters<Panel['processMessage']>[0];

/** A tab that may ask before it closes. */
class Tab extends MainAreaWidget<Panel> {
  mayClose: (() => Promise<boolean>) | null = null;

  protected override onCloseRequest(message: Message): void {
    if (this.mayClose === null) {
      super.onCloseRequest(message);
    } else {
      void this.mayClose().then(may => may && this.dispose());
    }
  }
}

/** What tabs are made with. */
interface IParts {
  readonly app: JupyterFrontEnd;
  /** Part of the window that has room for more than one tab. */
  readonly area: 'main' | 'down';
  readonly facility: IFacility;
  readonly trans: TranslationBundle;
  readonly restorer: ILayoutRestorer | null;
}

/** Opens tabs, one per id, and remembers them for the next page load. */
export class MainArea implements IMainArea {
  readonly #app: JupyterFrontEnd;
  readonly #area: IParts['area'];
  readonly #facility: IFacility;
  readonly #trans: TranslationBundle;
  readonly #tracker = new WidgetTracker<Tab>({ namespace: 'jupyterlab-panosc' });
  readonly #options = new Map<string, IMainAreaOptions>();

  constructor(parts: IParts) {
    const { app, area, facility, trans, restorer } = parts;
    this.#app = app;
    this.#area = area;
    this.#facility = facility;
    this.#trans = trans;
    app.commands.addCommand(RESTORE, {
      isVisible: () => false,
      execute: args =>
        app.commands.execute(args['command'] as string, args['args'] as IMainAreaOptions['args'])
    });
    void restorer?.restore(this.#tracker, {
      command: RESTORE,
      args: tab => {
        const options = this.#options.get(tab.id);
        return { command: options?.command ?? '', args: options?.args ?? {} };
      },
      name: tab => tab.id
    });
  }

  open(options: IMainAreaOptions): Widget {
    const id = `jp-panosc-${options.id}`;
    const open = this.#tracker.find(tab => tab.id === id);
    if (open !== undefined) {
      this.#show(open);
      return open;
    }
    const content = new Panel();
    content.addClass('jp-panosc-Tab');
    content.node.tabIndex = -1;
    const tab = new Tab({ content });
    tab.id = id;
    tab.title.label = options.title;
    tab.title.icon = options.icon ?? panoscIcon;
    tab.title.closable = true;
    this.#options.set(id, options);
    tab.disposed.connect(() => this.#options.delete(id));
    this.#fill(options, tab).catch(() => {
      content.node.textContent = this.#trans.__(
        'This tab could not be loaded. Close it and open it again.'
      );
    });
    this.#app.shell.add(tab, this.#area);
    void this.#tracker.add(tab);
    if (this.#area === 'down') {
      this.#show(tab);
    }
    return tab;
  }

  #show(tab: Tab): void {
    this.#app.shell.activateById(tab.id);
    // Notebook 7 opens the area, but leaves the tab that was in front there.
    const area = tab.parent?.parent;
    if (area instanceof TabPanel) {
      area.currentWidget = tab;
    }
  }

  async #fill(options: IMainAreaOptions, tab: Tab): Promise<void> {
    const [{ createTabContent }, element] = await Promise.all([
      import(/* webpackChunkName: "panosc-ui" */ './tab-content.tsx'),
      options.load(tab, {
        remember: args => {
          if (!tab.isDisposed) {
            this.#options.set(tab.id, { ...options, args });
            void this.#tracker.save(tab);
          }
        },
        askBeforeClose: mayClose => {
          tab.mayClose = mayClose;
        }
      })
    ]);
    if (!tab.isDisposed) {
      tab.content.addWidget(createTabContent(element, this.#facility, this.#trans));
    }
  }
}
