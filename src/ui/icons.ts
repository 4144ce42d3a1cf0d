import { LabIcon } from '@jupyterlab/ui-components';

/** A beam that meets a sample and is scattered: the extension's own icon. */
export const panoscIcon = new LabIcon({
  name: 'jupyterlab-panosc:panosc',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8" stroke-linecap="round"><path d="M2 12h6"/><circle cx="11.5" cy="12" r="3"/><path d="M16.5 10.2 20 7.5M17 12h4.500M16.500 13.800 20 16.500M19.500 2.500A13.500 13.500 0 0 1 19.500 21.500"/></g></svg>'
});
