import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';
import type { ISection, ISidebar } from './tokens.ts';

/** Lumino's message, named without one more shared package. */
type Message = Parameters<Panel['processMessage']>[0];

/** The light half of the panel: it loads its content when it is first shown. */
export class Sidebar extends Panel implements ISidebar {
  readonly #sectionsChanged = new Signal<ISidebar, void>(this);
  readonly #revealed = new Signal<ISidebar, string>(this);
  readonly #loadContent: () => Promise<void>;
  readonly #activate: () => void;
  #sections: readonly ISection[] = [];
  #isRequested = false;
  #pendingReveal: string | null = null;

  constructor(options: {
    /** Fills the panel. */
    readonly load: (sidebar: Sidebar) => Promise<void>;
    readonly activate: () => void;
  }) {
    super();
    this.id = 'jp-panosc-sidebar';
    this.addClass('jp-panosc-Sidebar');
    this.node.tabIndex = -1;
    this.#loadContent = () => options.load(this);
    this.#activate = options.activate;
  }

  get sections(): readonly ISection[] {
    return this.#sections;
  }

  get sectionsChanged(): ISignal<ISidebar, void> {
    return this.#sectionsChanged;
  }

  get revealed(): ISignal<ISidebar, string> {
    return this.#revealed;
  }

  get pendingReveal(): string | null {
    return this.#pendingReveal;
  }

  addSection(section: ISection): IDisposable {
    this.#publish([...this.#sections, section]);
    return new DisposableDelegate(() =>
      this.#publish(this.#sections.filter(other => other !== section))
    );
  }

  reveal(sectionId?: string): void {
    this.#pendingReveal = sectionId ?? null;
    this.#activate();
    if (sectionId !== undefined) {
      this.#revealed.emit(sectionId);
    }
  }

  protected override onBeforeShow(message: Message): void {
    super.onBeforeShow(message);
    this.#fill();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    // Side areas hide what they hold until it is chosen; anywhere else it is visible at once.
    if (this.isVisible) {
      this.#fill();
    }
  }

  /** Who opened it by a command goes on in it with Tab. */
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.#takeFocus();
    // The command palette gives the focus back to where it was, after the command.
    requestAnimationFrame(() => this.#takeFocus());
  }

  #takeFocus(): void {
    if (this.isVisible && !this.node.contains(document.activeElement)) {
      this.node.focus();
    }
  }

  #fill(): void {
    if (!this.#isRequested) {
      this.#isRequested = true;
      this.#loadContent().catch(() => {
        this.#isRequested = false; // the next show tries again
      });
    }
  }

  #publish(sections: readonly ISection[]): void {
    this.#sections = [...sections].sort((a, b) => a.rank - b.rank);
    this.#sectionsChanged.emit();
  }
}
