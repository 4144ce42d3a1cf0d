import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';

/** What a section shows; made when the panel is first opened. */
export interface ISectionView {
  /** The body. Rendered inside `TransContext`. */
  render(): ReactElement;
  /** Buttons at the right of the section's title. */
  toolbar?(): ReactElement;
}

/** A part of the sidebar that a domain adds. Only this much exists before the panel is opened. */
export interface ISection {
  readonly id: string;
  /** Translated. */
  readonly title: string;
  /** Data 100, Transfers 200, Jobs 300, Software 400. */
  readonly rank: number;
  /** Folded until somebody opens it. */
  readonly isFolded?: boolean;
  /** Not shown where the facility has switched this off. */
  readonly domain?: 'datasets' | 'images';
  /** Loads the code: `() => import('./section.tsx').then(m => m.createSection(…))`. */
  load(): Promise<ISectionView>;
}

/** The panel in the left sidebar. */
export interface ISidebar extends Widget {
  addSection(section: ISection): IDisposable;
  /** Opens the panel, and unfolds one section. `facility` and `signin` show the chooser and the sign-in. */
  reveal(sectionId?: string): void;
  readonly sections: readonly ISection[];
  readonly sectionsChanged: ISignal<ISidebar, void>;
  /** Emitted with the section to unfold. */
  readonly revealed: ISignal<ISidebar, string>;
  /** The last section that was asked for: the content may come later than the wish. */
  readonly pendingReveal: string | null;
}

export const ISidebar = new Token<ISidebar>(
  'jupyterlab-panosc:ISidebar',
  'Adds a section to the Photon & Neutron sidebar.'
);

/** What a tab can ask of the area that it is in. */
export interface ITabKeeper {
  /** After a reload the tab is opened with these arguments: what a person has done in it so far. */
  remember(args: ReadonlyPartialJSONObject): void;
  /** Is asked when a person closes the tab; `false` keeps it. */
  askBeforeClose(mayClose: () => Promise<boolean>): void;
}

/** A tab in the main area. */
export interface IMainAreaOptions {
  /** One tab per id, such as `transfer-t_1`; opening it again shows the one that is there. */
  readonly id: string;
  readonly title: string;
  readonly icon?: LabIcon;
  /** Command and arguments that open it again after the page was reloaded. */
  readonly command: string;
  readonly args: ReadonlyPartialJSONObject;
  /** Loads the code and gives the content. `tab.title.label` may be changed later. */
  load(tab: Widget, keeper: ITabKeeper): Promise<ReactElement>;
}

/** Opens main-area tabs and brings them back after a reload. */
export interface IMainArea {
  open(options: IMainAreaOptions): Widget;
}

export const IMainArea = new Token<IMainArea>(
  'jupyterlab-panosc:IMainArea',
  'Opens a main-area tab of the Photon & Neutron extension.'
);

/** Category in the command palette and launcher; also the sidebar's name. Not translated here: pass it to `trans.__`. */
export const CATEGORY = 'Photon & Neutron';
