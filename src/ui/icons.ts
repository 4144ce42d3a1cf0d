import { LabIcon } from '@jupyterlab/ui-components';

/** A beam that meets a sample and is scattered: the extension's own icon. */
export const panoscIcon = new LabIcon({
  name: 'jupyterlab-panosc:panosc',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill-opacity="0" stroke="#616161" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"><path d="M1.500 12h6.500"/><circle cx="11" cy="12" r="2.800"/><path d="M15.500 9.800 18 7.800M16 12h2.500M15.500 14.200 18 16.200M19.500 3.500A11.500 11.500 0 0 1 19.500 20.500"/></g></svg>'
});
