import { nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** Translation domain of everything that a person reads. */
const DOMAIN = 'jupyterlab_panosc';

/** Carries the translation bundle to every component. */
export const TransContext = React.createContext<TranslationBundle>(nullTranslator.load(DOMAIN));

/** The translation bundle of the tree that the component is in. */
export function useTrans(): TranslationBundle {
  return React.useContext(TransContext);
}
