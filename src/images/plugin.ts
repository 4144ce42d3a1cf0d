import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICompanion } from '../companion/tokens.ts';
import { addOpenCommand } from '../shell/open-command.ts';
import { IMainArea, ISidebar } from '../shell/tokens.ts';
import { IImages } from './tokens.ts';

/** Adds the section *Software* and the tab of an image; provides the search to other forms. */
export const imagesPlugin: JupyterFrontEndPlugin<IImages> = {
  id: 'jupyterlab-panosc:images',
  description: "Finds images in the facility's verified repositories.",
  autoStart: true,
  requires: [ICompanion, ISidebar, IMainArea],
  optional: [ITranslator],
  provides: IImages,
  activate: (
    app: JupyterFrontEnd,
    companion: ICompanion,
    sidebar: ISidebar,
    mainArea: IMainArea,
    translator: ITranslator | null
  ): IImages => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    const images: IImages = {
      createSearch: async rows => {
        const { createImageSearch } = await import(
          /* webpackChunkName: "panosc-images" */ './image-search.ts'
        );
        return createImageSearch(companion, rows);
      }
    };
    sidebar.addSection({
      id: 'software',
      title: trans.__('Software'),
      rank: 400,
      domain: 'images',
      isFolded: true,
      load: async () => {
        const { createSoftwareSection } = await import(
          /* webpackChunkName: "panosc-images" */ './section.tsx'
        );
        return createSoftwareSection(await images.createSearch(20), commands);
      }
    });
    addOpenCommand(commands, mainArea, {
      command: 'panosc-images:open',
      label: trans.__('Open Image'),
      argument: 'ref',
      description: trans.__('REPO:PATH of the image'),
      kind: 'image',
      titleOf: ref => ref.slice(ref.lastIndexOf('/') + 1),
      load: async (imageRef, tab) => {
        const { createImageTab } = await import(
          /* webpackChunkName: "panosc-images" */ './image-tab.tsx'
        );
        const onTitle = (title: string): void => {
          tab.title.label = title;
        };
        return createImageTab({ imageRef, onTitle, companion, commands });
      }
    });
    return images;
  }
};
