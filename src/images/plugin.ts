import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICompanion } from '../companion/tokens.ts';
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
      isFolded: true,
      load: async () => {
        const { createSoftwareSection } = await import(
          /* webpackChunkName: "panosc-images" */ './section.tsx'
        );
        return createSoftwareSection(await images.createSearch(20), commands);
      }
    });
    commands.addCommand('panosc-images:open', {
      label: trans.__('Open Image'),
      describedBy: {
        args: {
          type: 'object',
          required: ['ref'],
          properties: { ref: { type: 'string', description: trans.__('REPO:PATH of the image') } }
        }
      },
      isVisible: args => typeof args['ref'] === 'string',
      execute: args => {
        const ref = args['ref'] as string;
        mainArea.open({
          id: `image-${ref}`,
          title: ref.slice(ref.lastIndexOf('/') + 1),
          command: 'panosc-images:open',
          args: { ref },
          load: async tab => {
            const { createImageTab } = await import(
              /* webpackChunkName: "panosc-images" */ './image-tab.tsx'
            );
            const onTitle = (title: string): void => {
              tab.title.label = title;
            };
            return createImageTab({ imageRef: ref, onTitle, companion, commands });
          }
        });
      }
    });
    return images;
  }
};
